from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _redeems_points(self):
        return self.reward_id.program_id.kind == "points"

    def _is_invoiced_in_parts(self):
        """Each invoice has its part of what points took off, as of a discount."""
        return super()._is_invoiced_in_parts() or self._redeems_points()
