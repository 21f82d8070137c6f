from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .doors import Doors


@tagged("post_install", "-at_install")
class TestRewritten(Doors, TransactionCase):
    """F4, F5: what was booked from is frozen, however it is written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()

    def refused(self, record, values):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            record.with_user(self.cashier).write(values)

    def test_quantity_after_payment(self):
        """F4: qty 10 on a paid order, paid again: was +9 units."""
        order = self.send(self.sold(self.article), paid=100)
        for values in (
            {"qty": 10},
            {"price_unit": 1},
            {"discount": 50},
            {"product_id": self.case.id},
            {"side": "left"},
            {"coupon_id": self.enrolments(self.bonus).id},
        ):
            self.refused(order.lines, values)
            self.refused(order, {"lines": [Command.update(order.lines.id, values)]})
        order.action_pos_order_paid()
        self.assertEqual(self.credit_of(self.bonus), 115)

    def test_goods_do_not_become_credit(self):
        """An order of goods only, rewritten into credit."""
        order = self.send(self.sold(self.case, 10), paid=100)
        self.refused(order.lines, {"product_id": self.article.id, "qty": 1})
        values = {**self.sold(self.article), "name": "x", "order_id": order.id}
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["pos.order.line"].with_user(self.cashier).create(values)
        self.refused(order, {"lines": [Command.create(self.sold(self.article))]})
        draft = self.office.create(
            self.order_values(self.sold(self.article), state="draft", payment_ids=[])
        )
        self.refused(draft.lines, {"order_id": order.id})
        self.refused(order, {"lines": [Command.link(draft.lines.id)]})

    def test_a_second_sync_with_other_lines(self):
        uuid = str(uuid4())
        self.send(self.sold(self.article), paid=100, uuid=uuid)
        self.send(self.sold(self.article, 5), paid=100, uuid=uuid)
        self.assertEqual(self.credit_of(self.bonus), 115)

    def test_back_to_draft_and_copies(self):
        order = self.send(self.sold(self.article), paid=100).with_user(self.cashier)
        self.refused(order, {"state": "draft"})
        self.refused(order, {"uuid": str(uuid4())})
        self.refused(order, {"partner_id": self.anna.id})
        copied = order.copy({"session_id": self.config.current_session_id.id})
        self.assertFalse(copied.sudo().card_settled)
        copied.sudo().write({"amount_total": 0, "amount_paid": 0})
        copied.action_pos_order_paid()
        self.assertEqual(self.credit_of(self.bonus), 115)

    def test_the_payment_stays(self):
        """Paid 100 in cash, credit given, the payment written to 0."""
        order = self.send(self.sold(self.article), paid=100)
        payment = order.payment_ids
        self.refused(payment, {"amount": 0})
        self.refused(order, {"payment_ids": [Command.update(payment.id, {"amount": 0})]})
        self.refused(
            order,
            {"payment_ids": [Command.create({"amount": -100, "payment_method_id": self.cash.id})]},
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["pos.payment"].with_user(self.cashier).create(
                {"amount": -1, "payment_method_id": self.cash.id, "pos_order_id": order.id}
            )
        self.assertEqual(payment.amount, 100)

    def test_give_backs_follow_entries(self):
        """F5: redeem 10, points_cost written to 5000, refund with total 0: was +5000."""
        account = self.given(100)
        uuid = str(uuid4())
        self.prepare(uuid, (account, 10), partner=self.hans)
        order = self.send(self.sold(self.case), self.redeemed(account, 10), uuid=uuid)
        spent = order.lines[1]
        self.refused(spent, {"points_cost": 5000})
        self.refused(spent, {"price_unit": -5000})
        self.assertEqual(account.points, 90)
        # Nothing comes back with it, and nobody pays for it.
        self.send(self.refund(spent), total=0)
        self.assertEqual(account.points, 90)
        back = self.refund(spent, price=-5000)
        self.send(self.refund(order.lines[0]), {**back, "points_cost": 5000}, total=0)
        self.assertEqual(account.points, 100)
        for _time in range(2):
            self.send(self.refund(order.lines[0]), self.refund(spent), total=0)
        self.assertEqual(account.points, 100)

    def test_a_redemption_that_was_never_booked_gives_nothing_back(self):
        account = self.given(100)
        order = self.send(self.sold(self.case, 5), self.redeemed(account, 50), total=0)
        self.send(self.refund(order.lines[0], 5), self.refund(order.lines[1]), total=0)
        self.send(self.refund(order.lines[1]), paid=50)
        self.assertEqual(account.points, 100)
