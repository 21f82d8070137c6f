from odoo import api, models


class LoyaltyProgram(models.Model):
    """The point of sale must know which programs are gated, and which it sells."""

    _inherit = "loyalty.program"

    @api.model
    def _load_pos_data_fields(self, config):
        return [
            *super()._load_pos_data_fields(config),
            "kind",
            "sale_product_id",
            "sale_from",
            "sale_to",
            "per_fitting",
            "preset_amount",
        ]
