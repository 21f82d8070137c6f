from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_staff_meal = fields.Boolean(
        string="Staff meal", help="Employees get this article for nothing with their badge."
    )


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "is_staff_meal"]
