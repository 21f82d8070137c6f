from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    points_all_accounts = fields.Boolean(
        string="All points cards collect",
        help="Off: of a customer with several points cards the presented one collects; without a"
        " card the oldest.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    points_all_accounts = fields.Boolean(related="company_id.points_all_accounts", readonly=False)
