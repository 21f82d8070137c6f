from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_card_program = fields.Boolean(
        string="Program article",
        help="Selling this article gives the customer a program of the customer card.",
    )
