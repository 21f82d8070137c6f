from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerCardOrderLine(models.Model):
    """So many cards of a type for one customer, and the programs that come with them."""

    _name = "customer.card.order.line"
    _description = "Card order line"
    _rec_name = "order_id"
    _order = "order_id, id"

    order_id = fields.Many2one("customer.card.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    state = fields.Selection(related="order_id.state")
    partner_id = fields.Many2one("res.partner", string="Customer", index=True)
    card_type_id = fields.Many2one(
        "customer.card.type",
        string="Card type",
        required=True,
        domain=[
            ("issuable", "=", True),
            ("number_prefix", "=", False),
            ("holder_type", "in", ("customer", "bearer")),
        ],
        default=lambda self: self.env["customer.card"]._default_card_type(),
    )
    program_ids = fields.Many2many(
        "loyalty.program",
        string="Programs",
        compute="_compute_program_ids",
        store=True,
        readonly=False,
        domain=[("kind", "!=", False), ("parent_program_id", "=", False)],
    )
    quantity = fields.Integer(default=1, required=True)
    card_ids = fields.One2many("customer.card", "order_line_id", string="Cards", readonly=True)

    _quantity_positive = models.Constraint(
        "CHECK (quantity BETWEEN 1 AND 10000)", "Order at least one card, and at most 10000."
    )

    @api.depends("card_type_id", "partner_id")
    def _compute_program_ids(self):
        """Suggest what the type brings along, without what the customer has already."""
        for line in self:
            has = line.partner_id.enrolment_ids.filtered(
                lambda one: one.state in ("active", "pending")
            )
            line.program_ids = line.card_type_id.program_ids - has.program_id

    @api.constrains("card_type_id", "partner_id")
    def _check_card_type(self):
        for line in self:
            line.card_type_id._check_issuable()
            if line.card_type_id.number_prefix:
                raise ValidationError(
                    self.env._(
                        "Cards of type %s come with numbers of the partner group."
                        " Assign them by their number instead.",
                        line.card_type_id.name,
                    )
                )
            if line.card_type_id.holder_type == "customer" and not line.partner_id:
                raise ValidationError(self.env._("Choose the customer who gets the card."))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        until_received = vals.keys() <= {"program_ids"}
        self._check_open(until_received)
        before = {line.id: line.program_ids for line in self}
        res = super().write(vals)
        self._check_open(until_received)  # nor may a line move into an order that was sent
        for line in self.filtered(lambda one: one.state == "ordered"):
            (line.program_ids - before[line.id])._check_may_give()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_open_only(self):
        self._check_open()

    def _check_open(self, until_received=False):
        """What the printer was told stays; the programs may change until the cards are there."""
        allowed = ("draft", "ordered") if until_received else ("draft", "cancelled")
        if self.filtered(lambda line: line.state not in allowed):
            raise UserError(self.env._("This card order was sent: cancel it and order again."))

    def _check_programs(self):
        """Ask before it is ordered, since whoever receives the cards only unpacks them.

        :raises AccessError: the cards, or a program on them, are for managers to give
        :raises UserError: the card would carry more programs than one card may
        """
        for line in self:
            line.program_ids._check_may_give()
            line.card_type_id._check_may_hand_out()
            limit = line.company_id.sudo().card_program_limit
            if limit and len(line.program_ids) > limit:
                raise UserError(
                    self.env._(
                        "%(count)s programs for one card, max %(limit)s per card."
                        " Remove some of them from the order.",
                        count=len(line.program_ids),
                        limit=limit,
                    )
                )

    def _receive(self):
        """Make the cards that are missing; programs go to the holder once, not once per card."""
        self.ensure_one()
        cards = self.env["customer.card"].sudo().with_context(without_programs=True)
        cards = cards.create(
            [
                {
                    "card_type_id": self.card_type_id.id,
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "order_line_id": self.id,
                }
                for _number in range(self.quantity - len(self.card_ids))
            ]
        )
        own = not self.partner_id or self.quantity == 1
        for card in cards if own else cards[:1]:
            for program in self.program_ids:
                program._enrol(
                    self.partner_id,
                    card if own else None,
                    key=f"card.order.line:{self.id}:{program.id}:{card.id if own else 0}",
                )
