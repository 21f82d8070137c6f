from odoo import fields, models


class CustomerCardType(models.Model):
    _inherit = "customer.card.type"

    holder_type = fields.Selection(
        selection_add=[("employee", "Employee")],
        ondelete={"employee": lambda card_types: card_types._retire()},
    )
