from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.coverage import Offer, covered_units
from odoo.addons.customer_card_sale.lib.covered import covered_value


class PosOrder(models.Model):
    """A receipt and the quotation that it settles are one sale (design, door 1)."""

    _inherit = "pos.order"

    def _line_references(self):
        """A quotation that was cancelled since has no redemption any more, or is gone itself."""
        gone = {"sale_order_line_id": "sale.order.line", "sale_order_origin_id": "sale.order"}
        return {**super()._line_references(), **gone}

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


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    down_payment_used = fields.Monetary(
        readonly=True, copy=False, help="What this line took off a down payment that was paid."
    )

    def _kept_by_server(self):
        return super()._kept_by_server() | {"down_payment_used", "redemption_used"}

    def _is_linked(self):
        return super()._is_linked() or bool(self.sale_order_line_id or self.sale_order_origin_id)

    def _take_down_payments(self, found):
        """Keep what each line takes off down payments: the same money is taken off once."""
        self.sale_order_line_id.filtered("is_downpayment").order_id._lock_for_receipt()
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
