from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_badge_idle_minutes = fields.Integer(
        related="pos_config_id.badge_idle_minutes", readonly=False
    )
    pos_badge_only = fields.Boolean(related="pos_config_id.badge_only", readonly=False)
