"""What a quotation has redeemed pays its receipts, once: the till shows its line only."""

from dataclasses import replace

from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card_pos.lib.settlement import Settlement

ZERO = exact(0)
CENT = exact("0.005")


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _take_redemptions(self):
        """Use what quotations have redeemed that were confirmed after this order was booked."""
        found = Settlement()
        waiting = self.sudo().lines.filtered(lambda line: not line.redemption_used)
        self._never_refuse(found, waiting._take_redemptions)
        if found.told:
            self._tell_settlement(found.told)

    def _get_redeemed_in_quotations(self):
        return exact(sum(self.lines.mapped("redemption_used")))

    def _credit_taken(self):
        return super()._credit_taken() + self._get_redeemed_in_quotations()

    def _get_own_funds(self):
        """Add what the quotation's own redemption has paid of this order."""
        funds = super()._get_own_funds()
        return replace(funds, redeemed=funds.redeemed + self._get_redeemed_in_quotations())

    def _get_returns(self):
        """Add what a quotation has redeemed: a refund at the till gives its part back."""
        returns, values, points = super()._get_returns(), {}, {}
        for line in self.sudo().lines.filtered(lambda line: line._is_return()):
            origin, total = line.refunded_orderline_id, line._server_total()
            sold, card = origin.sale_order_line_id, origin.sale_order_line_id.coupon_id
            value = min(total, origin._comes_back_to_quotation() - values.get(origin, ZERO))
            if value <= 0:
                continue
            before = points.get((sold.order_id, card), ZERO)
            cost = min(sold._redeemed_cost(value), sold._redeemed_points() - before)
            if cost > 0:
                values[origin] = values.get(origin, ZERO) + value
                points[sold.order_id, card] = before + cost
                worth = ZERO if card.kind == "points" else value
                returns.append((line, card, cost, worth))
        return returns


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    redemption_used = fields.Monetary(
        readonly=True, copy=False, help="What this line used of what its quotation has redeemed."
    )

    def _take_redemptions(self, found):
        """Keep what each line uses of what its quotation has redeemed: the same is used once.

        What a line takes off beyond that is told. A quotation that is still to be confirmed takes
        its part then.
        """
        lines = self.filtered(
            lambda line: (
                line._shows_redemption() and line.sale_order_line_id.state in ("sale", "cancel")
            )
        )
        lines.sale_order_line_id.order_id._lock_for_receipt()
        for line in lines:
            sold, shown = line.sale_order_line_id, -line._server_total()
            used = max(min(shown, sold._redemption_left()), ZERO) if line._may_redeem() else ZERO
            line.redemption_used = used
            if shown - used > CENT:
                line._tell_taken_off(found, shown - used)

    def _tell_taken_off(self, found, amount):
        note = self.env._(
            "%(amount)s was taken off this order for %(quotation)s, which did not redeem it for"
            " this customer and these goods, or shows it on another document already. It is owed.",
            amount=self.currency_id.format(float(amount)),
            quotation=self.sale_order_line_id.order_id.name,
        )
        found.told.append((self.env._("Redeemed without right"), note))

    def _shows_redemption(self):
        """Tell whether the line takes off what a quotation has redeemed, or says so."""
        sold = self.sudo().sale_order_line_id
        return sold._redeems_money() and self._server_total() < 0 and not self._is_return()

    def _may_redeem(self):
        """Tell whether the order sells the quotation's goods, to its customer."""
        quotation = self.sale_order_line_id.order_id
        if quotation.state != "sale" or self.currency_id != quotation.currency_id:
            return False
        return quotation._is_customer(self.order_id.partner_id) and any(
            line.sale_order_line_id.order_id == quotation
            and line.sale_order_line_id.product_id == line.product_id
            and line.sale_order_line_id._sells_goods()
            and line.qty > 0
            for line in self.order_id.lines
        )

    def _redemption_kept(self):
        """Return what this line uses of its quotation's redemption, less what refunds gave back."""
        sold = self.sale_order_line_id
        keys = {f"return:pos.order.line:{line.id}" for line in self.refund_orderline_ids}
        entries = sold.order_id._entries_on(sold.coupon_id)
        back = entries.filtered(lambda entry: entry.key in keys).mapped("delta")
        back = sold._redeemed_value(sum(map(exact, back), ZERO))
        return max(exact(self.redemption_used) - back, ZERO)

    def _comes_back_to_quotation(self):
        """Return what returns of this line may give back of what its quotation has redeemed.

        Points lower goods as a discount does; credit has paid.
        """
        sold = self.sudo().sale_order_line_id
        if sold.state == "sale" and sold.reward_id.program_id.kind == "points":
            return min(-self._server_total(), -sold._server_total())
        return self._redemption_kept() if sold and self.redemption_used else ZERO

    def _get_redeemed_origin(self):
        if self._comes_back_to_quotation():
            return self.sudo().sale_order_line_id.order_id._ledger_origin()
        return super()._get_redeemed_origin()

    def _pays_with_credit(self):
        return super()._pays_with_credit() or bool(self.redemption_used)
