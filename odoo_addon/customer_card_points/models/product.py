from odoo import fields, models

from .loyalty_points_parameters import SEGMENTS


class ProductTemplate(models.Model):
    _inherit = "product.template"

    points_segment = fields.Selection(
        SEGMENTS,
        string="Segment of points",
        help="Whose points this article earns. Empty: the customer's.",
    )
