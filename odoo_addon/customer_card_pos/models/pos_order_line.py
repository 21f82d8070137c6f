from odoo import api, fields, models


class PosOrderLine(models.Model):
    """A line that sells a program for one side, or redeems one."""

    _inherit = "pos.order.line"

    side = fields.Selection([("left", "Left"), ("right", "Right")], readonly=True)

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "side"]
