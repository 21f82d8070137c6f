"""What tills send that cannot be, and what became of it meanwhile."""

from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .doors import Doors

UNREADABLE = "odoo.addons.customer_card_pos.models.pos_order_native"


@tagged("post_install", "-at_install")
class TestSyncDoors(Doors, TransactionCase):
    """F16: a paid order is booked; what is no order gets a sentence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()

    def redemption(self, amount):
        """Return (account, what the till sends to spend *amount* of it on goods)."""
        account, uuid = self.given(100), str(uuid4())
        self.prepare(uuid, (account, amount), partner=self.hans)
        goods = self.sold(self.case, 1, amount)
        return account, (goods, self.redeemed(account, amount)), uuid

    def test_a_card_that_is_gone(self):
        """It was refused for good: "Another model is using the record"."""
        line = {**self.sold(self.case, price=50), "reward_id": 10**8, "coupon_id": 10**8}
        order = self.send(line, paid=50, customer_card_id=10**8)
        self.assertEqual((order.state, order.amount_paid), ("paid", 50))
        self.told("does not exist any more")

    @mute_logger(UNREADABLE)
    def test_what_is_no_order(self):
        good = self.order_values(self.sold(self.case), partner=self.hans)
        huge = Command.create({**self.sold(self.case), "qty": 1e308, "price_unit": 1e10})
        for wrong in (
            {"amount_total": float("nan")},
            {"date_order": "yesterday"},
            {"lines": [huge]},
            {"partner_id": "Hans"},
            {"session_id": None},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.orders.sync_from_ui([{**good, "uuid": str(uuid4()), **wrong}])

    def test_money_for_what_credit_had_paid(self):
        """N17: only the goods come back, for cash: a manager is told."""
        account, lines, uuid = self.redemption(60)
        order = self.send(*lines, uuid=uuid)
        self.send(self.refund(order.lines[0]), paid=-60)
        self.assertEqual(account.points, 40)
        self.told("was paid out")

    def test_both_lines_come_back(self):
        account, lines, uuid = self.redemption(60)
        order = self.send(*lines, uuid=uuid)
        self.send(self.refund(order.lines[0]), self.refund(order.lines[1]))
        self.assertEqual(account.points, 100)
        self.assertFalse(self.activities())

    def test_credit_comes_back_first(self):
        """2 × 10.00, 5.00 of it by credit: 5.00 and 10.00 in cash are what was paid in cash."""
        account, uuid = self.given(100), str(uuid4())
        self.prepare(uuid, (account, 5), partner=self.hans)
        lines = self.sold(self.case, 2, 10), self.redeemed(account, 5)
        goods, redeemed = self.send(*lines, paid=15, uuid=uuid).lines
        piece = self.sold(self.case, -1, 10, refunded_orderline_id=goods.id)
        self.send(piece, self.refund(redeemed), paid=-5)
        self.send(piece, paid=-10)
        self.assertEqual(account.points, 100)
        self.assertFalse(self.activities())

    def test_reserved_long_ago(self):
        """N18: a reservation of weeks ago was good for today's order."""
        account, lines, uuid = self.redemption(60)
        hold = self.env["loyalty.card.hold"].search([("card_id", "=", account.id)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_card_hold SET create_date = create_date - interval '8 days',"
            " expires_at = create_date - interval '8 days' WHERE id = %s",
            [hold.id],
        )
        self.env.invalidate_all()
        account._close_hold(hold.key, "released")
        self.send(*lines, uuid=uuid)
        self.assertEqual(account.points, 100)
        self.told("was not reserved")
