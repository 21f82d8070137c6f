from odoo import models
from odoo.addons.customer_card.lib.exact import exact


class SaleOrder(models.Model):
    """A quotation that a till settles: its lines book, the till's lines only bring the money."""

    _inherit = "sale.order"

    def _settle_paid_at_till(self):
        """Give what a till has been paid for, take back what it has refunded."""
        for order in self.filtered(lambda order: order.state == "sale"):
            lines = order.order_line.filtered("product_id.is_card_program")
            order._never_block(lines._settle_programs)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _received_units(self, *, covered=True):
        """Add what tills were paid for this line, less what they paid back."""
        units = super()._received_units(covered=covered)
        for line in self._till_lines().filtered(lambda line: line.qty > 0):
            paid = line.order_id._covered_sale_lines().get(line, exact(0))
            units += paid if covered else exact(line.qty)
        return units - self._returned_at_till()

    def _overpaid(self):
        """Add what tills were paid above the order's price, unless it came back."""
        over = super()._overpaid()
        for line in self._till_lines().filtered(lambda line: line.qty > 0):
            if not line._paid_refunds():
                over += self._above_price(line, line._server_total(), exact(line.qty))
        return over

    def _sold_quantity(self):
        lines = self._till_lines().filtered(lambda line: line.qty > 0)
        return super()._sold_quantity() + exact(sum(lines.mapped("qty"))) - self._returned_at_till()

    def _credited_quantity(self):
        """Add what came back at a till: it takes back as a credit note does."""
        back = float(self._returned_at_till())
        return super()._credited_quantity() + exact(self._convert_qty(self, back, "p2s"))

    def _till_lines(self):
        """Return the lines of counter sales that settle this line, once they are booked.

        A down payment is the article that its till has for it: goods are none.
        """
        lines = self.sudo().pos_order_line_ids
        return lines.filtered(
            lambda line: (
                line.order_id._is_booked()
                and line.product_id
                == (
                    line.order_id.config_id.down_payment_product_id
                    if self.is_downpayment
                    else self.product_id
                )
            )
        )

    def _returned_at_till(self):
        """Return the units that tills have taken back, in the article's own unit."""
        lines = self._till_lines()
        back = lines.refund_orderline_ids.filtered(
            lambda line: line._is_return() and line.order_id._is_booked()
        )
        back |= lines.filtered(lambda line: line.qty < 0)
        return -exact(sum(back.mapped("qty")))

    def _down_payment_left(self, line):
        till = self._till_lines().filtered(lambda one: one.currency_id == self.currency_id)
        paid = sum((one._paid_in_advance() for one in till), exact(0))
        others = self.sudo().pos_order_line_ids.filtered(lambda one: one != line)
        used = exact(sum(others.mapped("down_payment_used")))
        return super()._down_payment_left(line) + paid - used
