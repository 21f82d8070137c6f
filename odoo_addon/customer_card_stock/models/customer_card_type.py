from odoo import fields, models


class CustomerCardType(models.Model):
    _inherit = "customer.card.type"

    holder_type = fields.Selection(
        selection_add=[("branch", "Branch")],
        ondelete={"branch": lambda card_types: card_types._retire()},
    )
