"""Down payments: money that came before, for its own quotation, and once."""

from odoo import models
from odoo.addons.customer_card.lib.exact import exact

from ..lib.covered import covered_value


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _down_payment_left(self, line):
        """Return what was paid of this down payment and nothing but *line* takes off.

        :param line: of an invoice or of a receipt
        """
        left = exact(0)
        for one in self.sudo().invoice_lines.filtered(lambda one: one.parent_state == "posted"):
            total = exact(one.price_total)
            if one.currency_id != self.currency_id or one == line:
                continue
            if total < 0 and one.move_type == "out_invoice":
                left += min(total + one._taken_off_again(), exact(0))
            elif total > 0:
                left += one._paid_in_advance()
        return left


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _paid_in_advance(self):
        """Return what this line of a down payment brought; a credit note takes it back."""
        move, total = self.move_id, exact(self.price_total)
        if move.move_type == "out_refund":
            return -total
        if move.payment_state == "reversed":
            return total
        if move.move_type != "out_invoice" or not move._is_paid():
            return exact(0)
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        paid = covered_value(
            lines, lambda line: exact(line.price_total), lambda line: exact(int(line == self))
        )
        return total * paid.get(self, exact(0))

    def _taken_off_again(self):
        """Return what credit notes of this invoice have set free of the same down payment."""
        lines = self.move_id.reversal_move_ids.invoice_line_ids.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.sale_line_ids & self.sale_line_ids
                and line.price_total < 0
            )
        )
        return -exact(sum(lines.mapped("price_total")))

    def _paid_before(self):
        """Return the part of a deducted down payment that was paid, for the quotation it is of."""
        sold = self.sale_line_ids.filtered("is_downpayment")[:1]
        lines = self.move_id.invoice_line_ids.sale_line_ids
        orders = lines.filtered(lambda line: not line.is_downpayment).order_id
        if self.price_total >= 0 or not sold or sold.order_id not in orders:
            return exact(0)
        return max(min(-exact(self.price_total), sold._down_payment_left(self)), exact(0))
