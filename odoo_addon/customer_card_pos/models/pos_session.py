from odoo import api, models


class PosSession(models.Model):
    """The point of sale knows the card that was presented for an order."""

    _inherit = "pos.session"

    @api.model
    def _load_pos_data_models(self, config):
        return [*super()._load_pos_data_models(config), "customer.card"]
