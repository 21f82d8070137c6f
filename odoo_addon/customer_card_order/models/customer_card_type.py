from odoo import fields, models


class CustomerCardType(models.Model):
    _inherit = "customer.card.type"

    printer_id = fields.Many2one(
        "res.partner", string="Card printer", help="Card orders are sent to this contact by e-mail."
    )
