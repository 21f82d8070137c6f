"""What a quotation has redeemed pays once, over all receipts and invoices (D1, D3)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SettledInPosCase

FROZEN_LOG = "odoo.addons.customer_card_sale.models.sale_order_frozen"


@tagged("post_install", "-at_install")
class TestRedeemedOnce(SettledInPosCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls.new_product("Pflegeset", 100)
        points = {"name": "Punkte", "kind": "points", "earn_article_percent": 10}
        cls.points = cls.env["loyalty.program"].create(points)
        cls.wallet = cls.new_sold_program("stored_value", "Guthabenkarte")

    def _redeeming(self, qty=3, confirm=True, partner=None):
        """A quotation over *qty* kits of 100.00 with 100.00 redeemed; goods and redemption."""
        partner = partner or self.hans
        self.wallet._enrol(partner, amount=100, paid=100)
        order = self._quotation(self.kit, partner=partner)
        order.order_line.product_uom_qty = qty
        order.action_redeem_credit()
        self.assertEqual(order.amount_total, 100 * qty - 100)
        if confirm:
            order.action_confirm()
        goods = order.order_line.filtered(lambda line: not line.reward_id)
        return goods, order.order_line - goods

    def _earned(self, partner=None):
        self.env.flush_all()
        partner = partner or self.hans
        account = self.enrolments(self.points, partner) or self.points._enrol(partner)
        rows = self.env["customer.card.outbox"].search([("stream", "=", "sale")])
        rows.settle_sales()
        return account.points

    def _credit(self, partner=None):
        self.env.flush_all()
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])
        return sum(self.enrolments(self.wallet, partner or self.hans).mapped("points"))

    def _told(self):
        return {summary.split(": ")[-1] for summary, _note in self.activities()}

    def test_one_redemption_pays_one_receipt(self):
        """D1: 100.00 redeemed once, shown on three receipts: 1,000 points, were 3,000."""
        self._earned()
        goods, redemption = self._redeeming()
        for number in range(3):
            self.pay(self._settling(goods), self._settling(redemption), partner=self.hans)
            self.assertEqual(self._earned(), 1000)
            self.assertEqual("Redeemed without right" in self._told(), number > 0)

    def test_goods_are_exchanged_once(self):
        """D1: each receipt's goods come back for a program of 100.00: one, were three."""
        program = self.new_battery_program("Zwölf Stück", price=100, quantity=12)
        goods, redemption = self._redeeming()
        for _again in range(3):
            receipt = self.pay(self._settling(goods), self._settling(redemption), partner=self.hans)
            back = self.refund(receipt.lines.filtered(lambda line: line.product_id == self.kit))
            self.pay(back, self.sold(program.sale_product_id), partner=self.hans)
            self.assertEqual(self._has(program), 12)

    def test_only_for_its_customer_and_goods(self):
        """D1: a stranger's quotation, or other goods than those of the quotation: no points."""
        self._earned(), self._earned(self.anna)
        goods, redemption = self._redeeming()
        self.pay(self._settling(goods), self._settling(redemption), partner=self.anna)
        self.assertEqual(self._earned(self.anna), 0)
        other = {**self._settling(goods), "product_id": self.new_product("Ware", 100).id}
        for line in (self.sold(self.kit), other):
            self.pay(line, self._settling(redemption), partner=self.hans)
            self.assertEqual(self._earned(), 0)
        self.assertIn("Redeemed without right", self._told())
        self.pay(self._settling(goods), self._settling(redemption), partner=self.hans)
        self.assertEqual(self._earned(), 1000, "nobody has used it yet")

    def test_confirmed_by_its_first_receipt(self):
        """D1: the till confirms the quotation; its receipt uses it, the next one does not."""
        self._earned()
        goods, redemption = self._redeeming(qty=1, confirm=False)
        for _again in range(2):
            self.pay(self._settling(goods), self._settling(redemption), partner=self.hans)
            self.assertEqual((redemption.state, self._earned()), ("sale", 1000))
        self.assertEqual(self._credit(), 0)

    def test_settled_in_two_parts(self):
        """D1: 60.00 of it with the first part, 40.00 with the second; each comes back once."""
        self._earned()
        goods, redemption = self._redeeming()
        receipts = self.env["pos.order"]
        for part in (60, 40):
            less = {**self._settling(redemption), "price_unit": -part}
            receipts |= self.pay(self._settling(goods), less, partner=self.hans)
        self.assertEqual(self._earned(), 2000)
        self.assertNotIn("Redeemed without right", self._told())
        back = 0
        for receipt, part in zip(receipts.sorted("id"), (60, 40), strict=True):
            self.pay(*[self.refund(line) for line in receipt.lines], partner=self.hans)
            back += part
            self.assertEqual(self._credit(), back)
        self.assertEqual(self._earned(), 0)

    def test_the_server_keeps_what_was_used(self):
        """D1: a till that sends what a line has used, or writes it later, is not heard."""
        goods, redemption = self._redeeming()
        sent = {**self._settling(redemption), "redemption_used": 100}
        receipt = self.pay(self.sold(self.kit), sent, partner=self.hans)
        self.assertEqual(sum(receipt.lines.mapped("redemption_used")), 0)
        receipt = self.pay(self._settling(goods), self._settling(redemption), partner=self.hans)
        receipt.lines.with_user(self.cashier).write({"redemption_used": 0})
        self.assertEqual(sum(receipt.lines.mapped("redemption_used")), 100)

    def test_receipt_or_invoice(self):
        """D1: used at the till, an invoice over the same lines earns nothing with it."""
        self._earned()
        goods, redemption = self._redeeming()
        self.pay(self._settling(goods), self._settling(redemption), partner=self.hans)
        self.assertEqual(self._earned(), 1000)
        lines = [
            {"product_id": line.product_id.id, "quantity": 1, "price_unit": price}
            | {"tax_ids": False, "sale_line_ids": [Command.link(line.id)]}
            for line, price in ((goods, 100), (redemption, -100))
        ]
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.hans.id,
                "invoice_line_ids": [Command.create(line) for line in lines],
            }
        )
        invoice.action_post()
        self.assertEqual(self._earned(), 1000)

    # --- cancelled after it was settled -------------------------------------------------------

    def _cancelled(self, goods):
        goods.order_id.action_cancel()
        self.assertEqual(goods.state, "cancel")
        self.assertIn("Cancelled after it was paid", goods.order_id.activity_ids.mapped("summary"))
        return self._credit()

    def test_settled_without_its_goods_and_cancelled(self):
        """D3: the till's goods without their link, or of another article: 100.00 stay redeemed."""
        other = self.new_product("Ware", 300)
        for line in (self.sold(self.kit, 3), None):
            goods, redemption = self._redeeming()
            line = line or {**self._settling(goods, 3), "product_id": other.id}
            self.pay(line, self._settling(redemption), partner=self.hans)
            self.assertEqual(self._cancelled(goods), 0)

    def test_refunded_and_cancelled(self):
        """D3: all of the receipt came back: its 100.00 did, too, and cancelling adds nothing."""
        goods, redemption = self._redeeming()
        receipt = self.pay(self._settling(goods, 3), self._settling(redemption), partner=self.hans)
        self.pay(*[self.refund(line, line.qty) for line in receipt.lines], partner=self.hans)
        self.assertEqual(self._credit(), 100)
        goods.order_id.action_cancel()
        self.assertEqual(self._credit(), 100)

    def test_a_refund_of_nothing(self):
        """D3: goods and redemption come back at 0.00: nobody has paid the 100.00 again."""
        goods, redemption = self._redeeming()
        receipt = self.pay(self._settling(goods, 3), self._settling(redemption), partner=self.hans)
        self.pay(*[self.refund(line, line.qty, price=0) for line in receipt.lines])
        self.assertEqual(self._cancelled(goods), 0)

    def test_a_line_does_not_leave_its_order(self):
        """D3: a settled line goes to another order, by itself or by a command of either order."""
        goods, redemption = self._redeeming()
        self.pay(self._settling(goods, 3), self._settling(redemption), partner=self.hans)
        other = self._quotation(partner=self.hans).with_user(self.cashier)
        ways = (
            lambda: goods.with_user(self.cashier).write({"order_id": other.id}),
            lambda: other.write({"order_line": [Command.link(goods.id)]}),
            lambda: other.write({"order_line": [Command.set(goods.ids)]}),
            lambda: other.write({"order_line": [Command.update(goods.id, {"order_id": other.id})]}),
            lambda: (
                self.env["sale.order"]
                .with_user(self.cashier)
                .create({"partner_id": self.hans.id, "order_line": [Command.link(goods.id)]})
            ),
        )
        for way in ways:
            with mute_logger(FROZEN_LOG), self.assertRaises(AccessError), self.env.cr.savepoint():
                way()
                self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(goods.order_id, redemption.order_id)
        self.assertEqual(self._cancelled(goods), 0)

    def test_a_receipt_that_comes_after_the_cancellation(self):
        """D3, D1: settled offline, cancelled meanwhile: the credit is back, a manager is told."""
        self._earned()
        goods, redemption = self._redeeming(qty=1)
        lines = self._settling(goods), self._settling(redemption)
        goods.order_id.action_cancel()
        self.assertEqual(self._credit(), 100)
        receipt = self.pay(*lines, partner=self.hans)
        self.assertEqual(receipt.state, "paid")
        self.assertEqual((self._credit(), self._earned()), (100, 0))
        self.assertIn("Redeemed without right", self._told())
