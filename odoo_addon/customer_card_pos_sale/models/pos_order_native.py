from odoo import api, models
from odoo.addons.customer_card_pos.lib.settlement import Settlement

from .sale_order_native import at_the_till


class PosOrder(models.Model):
    """What a till sends and pays, in the order in which quotations hear of it."""

    _inherit = "pos.order"

    @api.model
    def sync_from_ui(self, orders):
        with at_the_till():
            return super().sync_from_ui(orders)

    def action_pos_order_paid(self):
        lines, found = self.sudo().lines, Settlement()
        if not self.card_settled:
            self._never_refuse(found, lines._take_down_payments)
            self._never_refuse(found, lines._take_redemptions)
        result = super().action_pos_order_paid()
        if found.told:
            self._tell_settlement(found.told)
        settled = lines.sale_order_line_id | lines.refunded_orderline_id.sale_order_line_id
        # Whoever took the same down payment off earlier is concerned, too.
        again = settled.filtered("is_downpayment").pos_order_line_ids.order_id
        settled |= again.lines.sale_order_line_id
        (settled.order_id | lines.sale_order_origin_id)._settle_paid_at_till()
        return result
