from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    card_value_given = fields.Selection(
        [("paid", "When they are paid"), ("confirmed", "When the quotation is confirmed")],
        string="Credit and vouchers sold in quotations are given",
        default="paid",
        required=True,
        help="When it is confirmed, nobody has paid yet: a customer could spend it and not pay.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    card_value_given = fields.Selection(related="company_id.card_value_given", readonly=False)
