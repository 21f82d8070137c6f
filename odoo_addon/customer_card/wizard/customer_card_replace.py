from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerCardReplace(models.TransientModel):
    """A card is lost: the old one stops working at once, the customer keeps everything.

    :source: seed 004, verlorene Karte
    """

    _name = "customer.card.replace"
    _description = "Replace a lost card"

    card_id = fields.Many2one("customer.card", required=True, readonly=True)
    holder = fields.Char(compute="_compute_holder")
    how = fields.Selection(
        [
            ("medium", "Same card number, new chip or code"),
            ("card", "New card with a number of its own"),
        ],
        string="Replace by",
        required=True,
        default="medium",
    )
    number = fields.Char(
        string="New card number", help="As printed on the new card. Empty: the next free number."
    )
    needs_number = fields.Boolean(compute="_compute_holder")
    kept = fields.Char(compute="_compute_holder", string="The customer keeps")
    other_card_ids = fields.Many2many(
        "customer.card", compute="_compute_holder", string="Other cards of this customer"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        card = self.env["customer.card"].browse(values.get("card_id"))
        if card.number_prefix:
            values["how"] = "card"  # what is printed on the lost card must not work any more
        return values

    @api.depends("card_id")
    def _compute_holder(self):
        for wizard in self:
            card = wizard.card_id
            wizard.holder = card._holder_name()
            wizard.needs_number = bool(card.number_prefix)
            wizard.kept = ", ".join(
                f"{one.program_id.name} ({one.balance_text})"
                if one.balance_text
                else one.program_id.name
                for one in card._all_enrolments()
                if one.state == "active"
            )
            others = (
                card.search([("partner_id", "=", card.partner_id.id)]) if card.partner_id else card
            )
            wizard.other_card_ids = others - card

    def action_replace(self):
        """Stop the lost card and open what comes next: writing the new chip, or the new card.

        :raises AccessError: such cards are a manager's to replace
        :raises UserError: the new number is somebody else's; nothing was changed
        """
        self.ensure_one()
        self.env["customer.till"]._check_seller()
        card = self.card_id
        card.check_access("write")
        card._check_may_hand_out()
        if self.how == "medium":
            card._replace_media()
            return card.action_after_replace()
        new_card = card._replace_by(self.number)
        return new_card.action_after_replace()


class CustomerCard(models.Model):
    _inherit = "customer.card"

    replaced_by_id = fields.Many2one(
        "customer.card", readonly=True, copy=False, ondelete="set null"
    )

    def action_open_replace(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_customer_card_replace"
        )
        return {**action, "context": {"default_card_id": self.id}}

    def _replace_media(self):
        """Let nothing open this card that was handed out so far; number and programs stay."""
        self.ensure_one()
        if refusal := self._unusable_sentence():
            raise UserError(refusal)
        self.sudo().medium_ids.filtered(lambda medium: not medium.revoked_at).action_revoke()
        self.encoding_ids.action_discard()
        self.sudo().message_post(body=self.env._("Lost: chips and codes so far no longer work."))

    def _replace_by(self, number):
        """Block this card and return a new one of its holder, with everything that hung on it."""
        self.ensure_one()
        if self.replaced_by_id:
            raise UserError(
                self.env._(
                    "Card %(old)s was replaced by card %(new)s already.",
                    old=self.number,
                    new=self.replaced_by_id.number,
                )
            )
        number = (number or "").strip()
        if number and (refusal := self.refusal_as_new_card(number)):
            raise UserError(refusal)
        if fresh := number and self._of_number(number):
            raise UserError(
                self.env._(
                    "Card %s exists already. Give it to the customer on its own form.", fresh.number
                )
            )
        old = self.sudo()
        new_card = old.with_context(without_programs=True).create(
            {
                "card_type_id": old.card_type_id.id,
                "company_id": old.company_id.id,
                "valid_until": old.valid_until,
                **({"number": number} if number else {}),
                **{name: old[name].id for name in old._holder_fields()},
            }
        )
        old.enrolment_ids.customer_card_id = new_card
        old.encoding_ids.action_discard()
        old.write({"state": "blocked", "replaced_by_id": new_card.id})
        for card, sentence in (
            (old, self.env._("Lost, replaced by card %s.", new_card.number)),
            (new_card, self.env._("Replaces the lost card %s.", old.number)),
        ):
            card.message_post(body=sentence)
        return new_card.with_env(self.env)

    def action_after_replace(self):
        """Write the new chip now; without the right to, or for a digital card, show the card."""
        self.ensure_one()
        if self.is_digital or not self.company_id.sudo().card_medium_chip:
            return {
                "type": "ir.actions.act_window",
                "res_model": "customer.card",
                "res_id": self.id,
                "views": [(False, "form")],
            }
        action = self.action_write_card()
        action["params"]["open_card"] = True
        return action
