from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    badge_uid_allowed = fields.Boolean(related="company_id.badge_uid_allowed", readonly=False)
    badge_web_login = fields.Selection(related="company_id.badge_web_login", readonly=False)
    badge_web_pin = fields.Boolean(related="company_id.badge_web_pin", readonly=False)
    badge_idle_minutes = fields.Integer(related="company_id.badge_idle_minutes", readonly=False)
    badge_log_months = fields.Integer(related="company_id.badge_log_months", readonly=False)
