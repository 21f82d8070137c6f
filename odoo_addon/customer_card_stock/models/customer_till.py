from odoo import fields, models


class CustomerTill(models.Model):
    _inherit = "customer.till"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Issues of this till leave the stock of this warehouse. Empty: the company's first.",
    )
