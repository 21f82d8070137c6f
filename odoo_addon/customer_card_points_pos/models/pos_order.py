from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _earning_values(self):
        """Name the presented card: of several accounts its own collects (TM-02)."""
        return {**super()._earning_values(), "card": self.sudo().customer_card_id.id}


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _earning_line(self):
        """Name the receipt that a refund takes back: its terms count."""
        line = super()._earning_line()
        if self._is_return():
            original = self.refunded_orderline_id.order_id
            line["reverses"] = (original._name, original.id)
            line["reverses_day"] = original._get_day()
        return line
