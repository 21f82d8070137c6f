from odoo import api, models


class ProductProduct(models.Model):
    """The point of sale must know program articles, also those whose program it does not load."""

    _inherit = "product.product"

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "is_card_program"]
