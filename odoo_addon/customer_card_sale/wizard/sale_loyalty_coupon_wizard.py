from odoo import models


class SaleLoyaltyCouponWizard(models.TransientModel):
    _inherit = "sale.loyalty.coupon.wizard"

    def action_apply(self):
        """A voucher of ours has one reward: it is redeemed at once, without a second dialog."""
        order = self.order_id
        before = order.applied_coupon_ids
        action = super().action_apply()
        vouchers = (order.applied_coupon_ids - before) & order._code_cards()
        for voucher in vouchers:
            order._redeem(voucher)
        return {"type": "ir.actions.act_window_close"} if vouchers else action
