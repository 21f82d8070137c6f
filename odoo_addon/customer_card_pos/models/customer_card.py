from odoo import api, models


class CustomerCard(models.Model):
    """Cards come to the point of sale one by one, when they are presented or handed out."""

    _name = "customer.card"
    _inherit = ["customer.card", "pos.load.mixin"]

    @api.model
    def _load_pos_data_domain(self, data, config):
        return False

    @api.model
    def _load_pos_data_fields(self, config):
        return ["number", "partner_id"]
