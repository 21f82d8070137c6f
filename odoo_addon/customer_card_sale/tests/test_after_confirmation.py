from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestAfterConfirmation(CardSaleCase):
    """odoo-as-used, case 20: a confirmed order changes, is delivered and invoiced in parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give(10, cls.battery)

    def _confirmed(self, quantity=10, **values):
        self.battery.write(values)
        order = self._quote(self.meier, self.battery)
        self._line(order, self.battery).product_uom_qty = quantity
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 9 * quantity)
        return order

    def test_quantity(self):
        """Case 20: 10 x 10.00 less 10 %: quantity 0, 4 and 12: 0.00, 36.00 and 108.00."""
        order = self._confirmed()
        for quantity, total in ((0, 0), (4, 36), (12, 108)):
            self._line(order, self.battery).product_uom_qty = quantity
            self.assertAlmostEqual(order.amount_total, total)

    def test_delivered_in_parts(self):
        """Case 20: 2 of 10 delivered and invoiced: 18.00; the rest 72.00, then nothing more."""
        order = self._confirmed(invoice_policy="delivery")
        discount = order.order_line.filtered("reward_id")
        for delivered, total in ((2, 18), (10, 72)):
            self._line(order, self.battery).qty_delivered = delivered
            invoice = order._create_invoices()
            self.assertAlmostEqual(invoice.amount_total, total)
            invoice.action_post()
            self.assertAlmostEqual(discount.qty_invoiced, delivered / 10)
            self.assertAlmostEqual(discount.qty_invoiced_posted, delivered / 10)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertAlmostEqual(order.amount_to_invoice, 0)

    def test_more_after_the_invoice(self):
        """Case 20: invoiced, then 2 more: 18.00; then 5 taken back: 45.00 credited."""
        order = self._confirmed()
        order._create_invoices().action_post()
        self._line(order, self.battery).product_uom_qty = 12
        more = order._create_invoices()
        self.assertAlmostEqual(more.amount_total, 18)
        more.action_post()
        self._line(order, self.battery).product_uom_qty = 7
        back = order._create_invoices(final=True)
        self.assertEqual((back.move_type, back.amount_total), ("out_refund", 45))

    def test_all_taken_back_after_the_invoice(self):
        """Case 20: invoiced, then quantity 0: 90.00 credited."""
        order = self._confirmed()
        order._create_invoices().action_post()
        self._line(order, self.battery).product_uom_qty = 0
        back = order._create_invoices(final=True)
        self.assertEqual((back.move_type, back.amount_total), ("out_refund", 90))

    def test_other_goods_first(self):
        """Case 20: only the cloth is delivered, which has no discount: 10.00."""
        self.battery.invoice_policy = self.cloth.invoice_policy = "delivery"
        order = self._quote(self.meier, self.battery, self.cloth)
        order.action_confirm()
        self._line(order, self.cloth).qty_delivered = 1
        self.assertAlmostEqual(order._create_invoices().amount_total, 10)

    def test_thirds(self):
        """Case 20: 3 x 9.99 less 10 % delivered one by one: together 26.97, as ordered."""
        self.battery.list_price = 9.99
        self.battery.invoice_policy = "delivery"
        order = self._quote(self.meier, self.battery)
        line = self._line(order, self.battery)
        line.product_uom_qty = 3
        order.action_confirm()
        invoices = self.env["account.move"]
        for delivered in (1, 2, 3):
            line.qty_delivered = delivered
            invoices |= order._create_invoices()
        self.assertAlmostEqual(order.amount_total, 26.97)
        self.assertAlmostEqual(sum(invoices.mapped("amount_total")), 26.97)

    def test_down_payment(self):
        """Kind 3: half of 90.00 as a down payment, then the rest: 45.00 and 45.00."""
        order = self._confirmed().sudo()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": 50})
        down = wizard._create_invoices(order.with_env(self.env))
        self.assertAlmostEqual(down.amount_total, 45)
        down.action_post()
        self.assertAlmostEqual(order.amount_total, 90)
        self.assertAlmostEqual(order._create_invoices(final=True).amount_total, 45)

    def test_warranty_in_parts(self):
        """Cases 4, 20: 100 % of 3 x 2.49 and 2 x 4.97 net with 19 %: each invoice is 0.00."""
        self._give(100)
        goods = [
            self._product("Teil", price, invoice_policy="delivery", taxes_id=tax.ids)
            for tax in self._tax(19)
            for price in (2.49, 4.97)
        ]
        order = self._quote(self.meier, *goods)
        lines = [self._line(order, one) for one in goods]
        lines[0].product_uom_qty, lines[1].product_uom_qty = 3, 2
        order.action_confirm()
        for delivered in ((1, 0), (2, 2), (3, 2)):
            for line, quantity in zip(lines, delivered, strict=True):
                line.qty_delivered = quantity
            invoice = order._create_invoices()
            self.assertEqual((invoice.amount_untaxed, invoice.amount_tax), (0, 0))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_thirds_with_tax(self):
        """Case 20: 3 x 4.97 with 19 % included less 10 %, one by one: 13.42 as ordered."""
        tax = self._tax(19, price_include_override="tax_included")
        self.battery.write({"list_price": 4.97, "taxes_id": tax.ids, "invoice_policy": "delivery"})
        order = self._quote(self.meier, self.battery)
        line = self._line(order, self.battery)
        line.product_uom_qty = 3
        order.action_confirm()
        invoices = self.env["account.move"]
        for delivered in (1, 2, 3):
            line.qty_delivered = delivered
            invoices |= order._create_invoices()
        self.assertAlmostEqual(order.amount_total, 13.42)
        self.assertAlmostEqual(sum(invoices.mapped("amount_total")), 13.42)

    def test_added_after_confirmation(self):
        """Kind 1: a battery that is added later has its discount; a new program changes nothing."""
        order = self._quote(self.meier, self.cloth)
        order.action_confirm()
        self._give(50, self.cloth)
        order.order_line = [Command.create({"display_type": "line_note", "name": "Eilt"})]
        self.assertAlmostEqual(order.amount_total, 10)
        order.order_line = [Command.create({"product_id": self.battery.id})]
        self.assertAlmostEqual(order.amount_total, 19)

    def test_cancelled_and_confirmed_again(self):
        """Case 20: changed, cancelled, back to draft and confirmed: 36.00."""
        order = self._confirmed()
        self._line(order, self.battery).product_uom_qty = 4
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 36)
