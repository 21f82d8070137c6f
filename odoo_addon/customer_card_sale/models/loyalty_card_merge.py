from odoo import models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _move_orders(self, kept):
        """Let orders go on with the account that remains: what they give back goes there, too."""
        res = super()._move_orders(kept)
        live = ("order_id.state", "!=", "cancel")
        lines = self.env["sale.order.line"].sudo().search([("coupon_id", "=", self.id), live])
        lines.write({"coupon_id": kept.id})
        points = self.env["sale.order.coupon.points"].sudo()
        points.search([("coupon_id", "=", self.id), live]).write({"coupon_id": kept.id})
        orders = self.env["sale.order"].sudo()
        for order in orders.search([("applied_coupon_ids", "in", self.ids)]):
            order.applied_coupon_ids = order.applied_coupon_ids - self + kept
        return res
