from odoo import fields, models


class CustomerCardType(models.Model):
    """A kind of card: its number range and the programs a new card brings along."""

    _name = "customer.card.type"
    _description = "Card type"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    holder_type = fields.Selection(
        [("customer", "Customer"), ("bearer", "Bearer")], default="customer", required=True
    )
    sequence_id = fields.Many2one(
        "ir.sequence",
        string="Number range",
        default=lambda self: self.env.ref("customer_card.sequence_customer_card"),
        required=True,
    )
    program_ids = fields.Many2many(
        "loyalty.program",
        string="Programs of a new card",
        domain=[("kind", "!=", False), ("parent_program_id", "=", False)],
    )

    def _retire(self):
        """Their kind of holder goes away with its module: these cards stop working."""
        cards = self.env["customer.card"].search([("card_type_id", "in", self.ids)])
        cards.write({"active": False, "state": "blocked"})
        self.write({"active": False, "holder_type": "bearer"})
