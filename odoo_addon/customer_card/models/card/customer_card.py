from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...lib.codes import normal_number
from ...rules.periods import term_end


class CustomerCard(models.Model):
    """The card in the hand: a number, a holder, and the media a reader can see. Nothing else."""

    _name = "customer.card"
    _description = "Customer card"
    _inherit = ["mail.thread"]
    _rec_name = "number"
    _order = "number, id"

    number = fields.Char(
        required=True,
        copy=False,
        readonly=True,
        default=lambda self: self.env._("New"),
        index="trigram",
    )
    card_type_id = fields.Many2one(
        "customer.card.type",
        string="Card type",
        required=True,
        default=lambda self: self._default_card_type(),
        domain=[("issuable", "=", True)],
    )
    holder_type = fields.Selection(related="card_type_id.holder_type", store=True)
    number_prefix = fields.Char(related="card_type_id.number_prefix")
    partner_id = fields.Many2one("res.partner", string="Customer", index=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    valid_until = fields.Date(
        copy=False, tracking=True, help="Last day, inclusive. Empty: the card does not end."
    )
    expired = fields.Boolean(compute="_compute_expired", search="_search_expired")
    state = fields.Selection(
        [("active", "Active"), ("blocked", "Blocked")],
        default="active",
        required=True,
        tracking=True,
        copy=False,
    )
    medium_ids = fields.One2many("customer.card.medium", "card_id", string="Media", copy=False)
    encoding_ids = fields.One2many(
        "customer.card.encoding", "card_id", string="Writings", copy=False, readonly=True
    )
    open_encoding_ids = fields.One2many(
        "customer.card.encoding",
        "card_id",
        string="Open writings",
        domain=[("state", "in", ("reserved", "aborted")), ("tried", "=", True)],
        readonly=True,
        copy=False,
    )
    enrolment_ids = fields.One2many("loyalty.card", "customer_card_id", string="Programs")
    card_grants = fields.Integer(help="Counts program sales, to keep two at once apart.")

    _number_unique = models.UniqueIndex("(company_id, number)", "This card number exists already.")

    @api.constrains("partner_id", "holder_type")
    def _check_holder(self):
        for card in self:
            if card.holder_type == "customer" and not card.partner_id:
                raise ValidationError(self.env._("Choose the customer who holds this card."))

    @api.constrains("number", "card_type_id")
    def _check_number_prefix(self):
        for card in self.filtered("number_prefix"):
            prefix, number = card.number_prefix, card.number or ""
            if not number.startswith(prefix) or number == prefix:
                raise ValidationError(
                    self.env._(
                        "Cards of type %(type)s have a number that begins with %(prefix)s;"
                        " %(number)s does not. Check the number on the card.",
                        type=card.card_type_id.name,
                        prefix=prefix,
                        number=number,
                    )
                )

    @api.depends("valid_until")
    def _compute_expired(self):
        for card in self:
            today = self.env["loyalty.card"]._today(card.company_id)
            card.expired = bool(card.valid_until) and card.valid_until < today

    def _search_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["loyalty.card"]._today(self.env.company)
        return [("valid_until", "<", today)]

    @api.model
    def _default_card_type(self):
        """Return the first type whose cards we number ourselves."""
        return self.env["customer.card.type"].search(
            [
                ("issuable", "=", True),
                ("number_prefix", "=", False),
                ("holder_type", "=", "customer"),
                ("on_account", "=", False),
                ("company_id", "in", (False, *self.env.company.sudo().parent_ids.ids)),
            ],
            limit=1,
        )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_make(vals_list)
        for vals in vals_list:
            self._complete(vals)
        cards = super().create(vals_list)
        for card in cards:
            card._assign_number_medium()
            if not self.env.context.get("without_programs"):
                card._bring_programs()
        if not self._may_manage():
            cards._check_may_hand_out()
        return cards

    def _bring_programs(self):
        """Give a new card the programs of its type: a firm's card opens what all its cards open."""
        for program in self._brought_programs():
            if self.on_account:
                program._enrol(self.order_partner_id)
            else:
                program._enrol(customer_card=self)

    def _complete(self, vals):
        """Give a new card its number and its last day, as its type says."""
        card_type = self.env["customer.card.type"].browse(
            vals.get("card_type_id") or self._default_card_type().id
        )
        vals["card_type_id"] = card_type.id
        card_type._check_issuable()
        if card_type.number_prefix:
            vals["number"] = normal_number(vals.get("number"))
        elif not vals.get("number"):
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            vals["number"] = card_type._next_number(company)
        if card_type.validity_months and "valid_until" not in vals:
            today = self.env["loyalty.card"]._today(self.env.company)
            vals["valid_until"] = term_end(today, card_type.validity_months)

    def _assign_number_medium(self):
        """The number printed on a partner card is what a scanner reads of it."""
        if self.number_prefix:
            self.env["customer.card.medium"]._assign(self, "number", "number", self.number)

    def write(self, vals):
        self._check_may_change(vals)
        holders = vals.keys() & set(self._holder_fields())
        for name in self._holder_fields():
            if name in holders:
                self._check_holder_change(name, vals[name])
        res = super().write(vals)
        if holders and not self._may_manage():
            self._check_may_hand_out()
        return res

    @api.model
    def _holder_fields(self):
        """Return the fields that name a holder; glue modules add theirs."""
        return ["partner_id"]

    def _check_holder_change(self, name, holder_id):
        """A card in use stays with its holder; only a bearer's card may be given a name later."""
        for card in self:
            used = card.medium_ids or card.enrolment_ids
            if used and card[name] and card[name].id != holder_id:
                raise UserError(
                    self.env._(
                        "Card %(number)s belongs to %(holder)s."
                        " Block it and create a new card for the other customer.",
                        number=card.number,
                        holder=card[name].sudo().display_name,
                    )
                )

    def _holder_name(self):
        """Return who holds this card, as a seller reads it."""
        self.ensure_one()
        holders = (self.sudo()[name].display_name for name in self._holder_fields())
        return next(filter(None, holders), None) or self.env._("Card %s", self.number)

    def action_write_card(self):
        """Open the dialog in which the till's reader writes this card."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "customer_card.encode",
            "params": {"card_id": self.id, "number": self.number, "holder": self._holder_name()},
        }

    def action_open_enrol(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_card.action_loyalty_enrol")
        action["context"] = {
            "default_customer_card_id": self.id,
            "default_partner_id": self.order_partner_id.id,
        }
        return action

    def _masked_number(self):
        """Return the number with its last four characters only, as the customer's pages show it."""
        self.ensure_one()
        return f"•••• {self.number[-4:]}"
