"""What an order has redeemed pays once, over all receipts and invoices that show it."""

from odoo import models
from odoo.addons.customer_card.lib.exact import exact

ZERO = exact(0)
CENT = exact("0.01")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _redeems_money(self):
        """Tell whether this line takes something off an account that pays as money does."""
        return bool(self.coupon_id) and self.reward_id.program_id.sudo().is_payment_program

    def _sells_goods(self):
        """Tell whether this line is something that a redemption of its order was for."""
        return not (self.display_type or self.reward_id or self.is_downpayment)

    def _redemption_left(self):
        """Return what this order has redeemed on this line's account and no document uses.

        In the order's currency; below zero if documents use more than the ledger says was taken.
        """
        alike = self.order_id.order_line.filtered(
            lambda line: line.coupon_id == self.coupon_id and line._redeems_money()
        )
        used = sum((line._redemption_used() for line in alike), ZERO)
        return self._redeemed_value(self._redeemed_points()) - used

    def _redeemed_points(self):
        """Return what the ledger says that this order has taken, less what it gave back."""
        deltas = self.order_id._entries_on(self.coupon_id).mapped("delta")
        return -sum(map(exact, deltas), ZERO)

    def _redeemed_value(self, points):
        """Return what *points* of this line's account took off this order."""
        cost = exact(self.points_cost)
        return points * -self._server_total() / cost if cost else ZERO

    def _redemption_used(self):
        """Return what posted invoices take off by this line, less what credit notes undid."""
        used = ZERO
        for line in self.sudo().invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            if line.currency_id == self.currency_id:
                sign = 1 if line.move_type == "out_refund" else -1
                used += sign * exact(line.price_total)
        return used

    def _stays_redeemed(self):
        """Tell whether a posted invoice takes off what this line redeems, and none undid of it.

        Where a credit note undid a part, its goods tell whether they came back.
        """
        lines = self.sudo().invoice_lines.filtered(lambda line: line.parent_state == "posted")
        return self._redemption_used() > 0 and "out_refund" not in lines.mapped("move_type")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _note_sharing_redemptions(self):
        """Let the points of other invoices over the same redemptions be reckoned anew."""
        redemptions = self.invoice_line_ids.sudo().sale_line_ids.filtered(
            lambda line: line._redeems_money()
        )
        others = redemptions.invoice_lines.move_id - self
        others.filtered(lambda move: move.state == "posted")._note_for_points("posted")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _pays_with_redemption(self):
        """Tell whether this line takes off what the order of its goods and customer has redeemed.

        If invoices take off more than that, none of them counts until one is credited.
        """
        return any(
            line._redeems_money() and self._has_goods_of(line) and line._redemption_left() > -CENT
            for line in self.sudo().sale_line_ids
        )

    def _has_goods_of(self, redemption):
        """Tell whether this invoice sells goods of *redemption*'s order to its customer."""
        order, move = redemption.order_id, self.move_id
        customers = (order.partner_id | order.partner_invoice_id).commercial_partner_id
        if move.commercial_partner_id not in customers or self.currency_id != order.currency_id:
            return False
        goods = move.invoice_line_ids.sudo().filtered(lambda line: line.price_total > 0)
        return any(
            one.order_id == order and one.product_id == line.product_id and one._sells_goods()
            for line in goods
            for one in line.sale_line_ids
        )
