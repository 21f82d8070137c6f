from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    card_bill_until = fields.Datetime(
        string="Issues are billed until",
        readonly=True,
        help="Issues before this moment are being billed in the background; empty: none are.",
    )
