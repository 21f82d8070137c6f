from dataclasses import replace

from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.coverage import Offer, covered_units
from odoo.addons.customer_card_sale.lib.covered import covered_value


class PosOrder(models.Model):
    """A receipt and the quotation that it settles are one sale (design, door 1)."""

    _inherit = "pos.order"

    def _is_booked(self):
        """Tell whether the order is paid and settled: one that is only said to be paid is not."""
        return self.card_settled and self.state in ("paid", "done")

    def _covered_sale_lines(self):
        """Return ``{line: units}`` of value of quotations that this receipt's money pays for."""
        return covered_value(
            self.lines,
            lambda line: line._server_total(),
            lambda line: line._units_of_sale(),
            price=lambda line: line.sale_order_line_id._price_in(line),
            paid_before=lambda line: line._down_payment(),
            money=self._get_received()[0],
            other_value=lambda line: line._sells_credit() or line._tops_up(),
        )

    def _credit_taken(self):
        """Add what the quotation's own redemption has taken: the till shows its line only."""
        return super()._credit_taken() + self._get_redeemed_in_quotations()

    def _get_redeemed_in_quotations(self):
        lines = self.lines.filtered(lambda line: line._redeems_in_quotation())
        return -sum((line._server_total() for line in lines), exact(0))

    def _get_own_funds(self):
        """Add what the quotation's own redemption has paid of this order."""
        funds = super()._get_own_funds()
        return replace(funds, redeemed=funds.redeemed + self._get_redeemed_in_quotations())

    def _get_returns(self):
        """Add what a quotation has redeemed: a refund at the till gives its part back."""
        returns, planned = super()._get_returns(), {}
        for line in self.sudo().lines.filtered(lambda line: line._is_return()):
            origin = line.refunded_orderline_id
            if line._server_total() <= 0 or not origin._comes_back_to_quotation():
                continue
            sold, card = origin.sale_order_line_id, origin.sale_order_line_id.coupon_id
            # By the quotation's own amount: a till could settle a cent of it and have all back.
            whole = -sold._server_total()
            left = -sum(map(exact, sold.order_id._entries_on(card).mapped("delta")), exact(0))
            left -= planned.get((sold.order_id, card), exact(0))
            value = min(line._server_total(), -origin._server_total(), whole)
            points = min(exact(sold.points_cost) * value / whole, left) if value > 0 else exact(0)
            if points > 0:
                planned[sold.order_id, card] = planned.get((sold.order_id, card), exact(0)) + points
                worth = exact(0) if card.kind == "points" else value
                returns.append((line, card, exact(points), worth))
        return returns


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    down_payment_used = fields.Monetary(
        readonly=True, copy=False, help="What this line took off a down payment that was paid."
    )

    def _kept_by_server(self):
        return super()._kept_by_server() | {"down_payment_used"}

    def _take_down_payments(self, found):
        """Keep what each line takes off down payments: the same money is taken off once."""
        for line in self:
            if taken := line._down_payment():
                line.down_payment_used = taken

    def _sells_for_itself(self):
        """A line of a quotation sells what it sells, however it is paid."""
        sold = self.sudo().sale_order_line_id
        is_same = sold.product_id == self.product_id and sold.state != "cancel"
        return super()._sells_for_itself() and not (sold.card_program_id and is_same)

    def _sells_other_value(self):
        return super()._sells_other_value() or self._units_of_sale() > 0

    def _units_of_sale(self):
        """Return the units of value that this line pays for in a quotation."""
        sold = self.sale_order_line_id
        if self.qty <= 0 or self._sells_for_itself() or not sold._sells_value():
            return exact(0)
        return exact(self.qty)

    def _paid_in_advance(self):
        """Return what money has paid for this down payment and no refund has paid out again."""
        order, total = self.order_id, self._server_total()
        if self.qty <= 0 or total <= 0:
            return exact(0)
        offer = Offer(total, exact(1), is_money=True, is_whole=False)
        bill, funds = order._get_bill({self}), order._get_own_funds()
        (paid,) = covered_units([offer], funds, bill, order._get_rounding())
        back = -exact(sum(self._paid_refunds().mapped("qty")))
        return total * paid * max(1 - back / exact(self.qty), exact(0))

    def _down_payment(self):
        """Return what was paid before of a down payment that this line takes off.

        It was paid for its own quotation, and is taken off once. A line that is booked keeps what
        it has taken off, unless the down payment is refunded after that.
        """
        sold = self.sudo().sale_order_line_id
        total = -self._server_total()
        if not sold.is_downpayment or total <= 0 or self._is_return():
            return exact(0)
        lines = self.order_id.lines.filtered(lambda line: line.qty > 0).sudo()
        settled = lines.sale_order_line_id.filtered(lambda line: not line.is_downpayment)
        if sold.order_id not in settled.order_id:
            return exact(0)
        mine = exact(self.down_payment_used) if self.order_id.card_settled else total
        return max(min(mine, sold._down_payment_left(self)), exact(0))

    def _takes_back(self):
        """A down payment that is taken off counts as it did when it was paid."""
        return super()._takes_back() or self._down_payment() >= -self._server_total() > 0

    def _get_redeemed_origin(self):
        if self._comes_back_to_quotation():
            return self.sudo().sale_order_line_id.order_id._ledger_origin()
        return super()._get_redeemed_origin()

    def _pays_with_credit(self):
        return super()._pays_with_credit() or self._redeems_in_quotation()

    def _comes_back_to_quotation(self):
        """Tell whether a return of this line gives back what its quotation took off an account.

        Points lower goods as a discount does; credit has paid.
        """
        sold = self.sudo().sale_order_line_id
        took_points = sold.state == "sale" and sold.reward_id.program_id.kind == "points"
        return took_points or self._redeems_in_quotation()

    def _redeems_in_quotation(self):
        """Tell whether the quotation behind this line took this much off the customer's account."""
        sold = self.sudo().sale_order_line_id
        if sold.state != "sale" or not sold.reward_id.program_id.is_payment_program:
            return False
        return sold._is_captured(-self._server_total())
