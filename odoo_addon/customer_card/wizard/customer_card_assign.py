from odoo import fields, models
from odoo.exceptions import UserError


class CustomerCardAssign(models.TransientModel):
    """Give a partner group's card, by the number printed on it, to a customer (AS-14, I9)."""

    _name = "customer.card.assign"
    _description = "Assign partner card"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    number = fields.Char(
        string="Card number", required=True, help="As printed on the card; scan or type it."
    )

    def action_assign(self):
        """Make the card with its own number and the programs of its type, and open it.

        Repeating it for the same customer opens the card that is there.

        :raises UserError: no card type has this prefix, or the card is somebody else's
        """
        self.ensure_one()
        self.env["customer.till"]._check_seller()
        card = self.env["customer.card.medium"]._resolve("number", self.number).card_id
        card = card.sudo(False).with_env(self.env)
        if card and card.sudo().partner_id != self.partner_id:
            raise UserError(
                self.env._(
                    "The card with number %s belongs to another customer. Check the number.",
                    self.number,
                )
            )
        card = card or self._new_card()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.card",
            "res_id": card.id,
            "views": [(False, "form")],
        }

    def _new_card(self):
        types = self.env["customer.card.type"]
        card_type = types._of_number(self.number, self.env.company)
        if not card_type:
            prefixes = types.search([("number_prefix", "!=", False)]).mapped("number_prefix")
            raise UserError(
                self.env._(
                    "The number %(number)s belongs to no partner group we know"
                    " (prefixes: %(prefixes)s). Check the number on the card.",
                    number=self.number,
                    prefixes=", ".join(sorted(prefixes)) or self.env._("none"),
                )
            )
        return self.env["customer.card"].create(
            {
                "card_type_id": card_type.id,
                "partner_id": self.partner_id.id,
                "number": self.number,
            }
        )
