"""Money that no closing counts, and bonus that comes back as money."""

from contextlib import suppress
from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .doors import Doors


class Closed(Doors):
    """Mixin: the session of the first orders is closed, another one is open."""

    @classmethod
    def set_up_doors(cls):
        res = super().set_up_doors()
        cls.later = cls.env["pos.payment.method"].create({"name": "Kundenkonto"})
        cls.config.current_session_id.unlink()
        cls.config.payment_method_ids += cls.later
        cls.config.open_ui()
        return res

    def close(self):
        """Close the session as Odoo does it, open the next one, and return the closed one."""
        session = self.config.current_session_id
        session.with_user(self.cashier).action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        self.config.open_ui()
        return session

    def draft(self, *lines, **values):
        lines = lines or (self.sold(self.article),)
        empty = {"state": "draft", "payment_ids": [], "amount_paid": 0}
        sent = self.order_values(*lines, partner=self.hans, **{**empty, **values})
        return self.orders.create(sent)

    def refused(self, method, *arguments):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            method(*arguments)


@tagged("post_install", "-at_install")
class TestClosedSession(Closed, TransactionCase):
    """D2: credit for cash in a session that is closed, which nobody counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()

    def test_no_order_is_made_in_a_closed_session(self):
        """D2: pos.order.create in it, alone, with its payment, by import, on the session."""
        closed = self.close()
        lines = (self.sold(self.article),)
        sent = self.order_values(*lines, partner=self.hans, session_id=closed.id, state="draft")
        self.refused(self.orders.create, sent)
        self.refused(self.orders.create, {**sent, "uuid": str(uuid4()), "payment_ids": []})
        made = {**sent, "uuid": str(uuid4())}
        session = closed.with_user(self.cashier)
        self.refused(session.write, {"order_ids": [Command.create(made)]})
        self.assertEqual(self.credit_of(self.bonus), 0)

    def test_no_order_is_moved_into_a_closed_session(self):
        """D2: a draft, by write, by a command, while it is being closed, too."""
        closed = self.close()
        order = self.draft()
        self.refused(order.write, {"session_id": closed.id})
        session = closed.with_user(self.cashier)
        self.refused(session.write, {"order_ids": [Command.link(order.id)]})
        other = self.env["pos.session"].create({"config_id": self.config.id, "rescue": True})
        other.state = "closing_control"
        self.refused(order.write, {"session_id": other.id})

    def test_a_session_is_opened_again_by_nobody(self):
        """D2: state opened, the order, state closed: no closing has counted it."""
        closed = self.close().with_user(self.cashier)
        for state in ("opened", "opening_control", "closing_control"):
            self.refused(closed.write, {"state": state})
        current = self.config.current_session_id.with_user(self.cashier)
        self.refused(current.write, {"state": "closed"})
        current.write({"state": "closing_control"})
        self.refused(current.write, {"state": "opened"})

    def test_a_new_session_rewrites_no_order(self):
        """D2: Odoo makes sessions with all rights, what is written along with them as well."""
        order = self.send(self.sold(self.article), paid=100)
        forged = {"card_settled": False, "amount_total": 1}
        values = {
            "config_id": self.config.id,
            "rescue": True,
            "order_ids": [Command.update(order.id, forged)],
        }
        sessions = self.env["pos.session"].with_user(self.cashier)
        sessions.create(values)
        del values["order_ids"]
        default = {"default_order_ids": [Command.update(order.id, forged)]}
        sessions.with_context(**default).create(values)
        self.assertEqual((order.card_settled, order.amount_total), (True, 100))

    def test_no_payment_comes_into_a_closed_session(self):
        """D2: cash or pay later, for an order that Odoo left there as a draft."""
        closed = self.close()
        order = self.draft()
        order.sudo().session_id = closed
        payments = self.env["pos.payment"].with_user(self.cashier)
        for method in (self.cash, self.later):
            payment = {"amount": 100, "payment_method_id": method.id, "pos_order_id": order.id}
            self.refused(payments.create, payment)
            self.refused(order.add_payment, payment)
            self.refused(order.write, {"payment_ids": [Command.create(payment)]})
        other = self.draft()
        paid = payments.create({**payment, "pos_order_id": other.id})
        self.refused(paid.write, {"pos_order_id": order.id})

    def test_what_is_paid_without_an_open_session_gives_nothing(self):
        """D2: however it got there: closed, or no session at all; the order itself is booked."""
        closed = self.close()
        for session in (closed, closed.browse()):
            for method in (self.cash, self.later):
                order = self.draft()
                payment = {"amount": 100, "payment_method_id": method.id}
                order.sudo().write({"payment_ids": [Command.create(payment)]})
                order.sudo().session_id = session
                order.action_pos_order_paid()
                self.assertEqual((order.state, self.credit_of(self.bonus)), ("paid", 0))
                self.told("Paid without an open session")
                self.assertLess(sum(one["gross"] for one in order.sudo()._earning_lines()), 1)

    def test_goods_paid_into_a_closed_session_buy_no_credit_later(self):
        order = self.draft(self.sold(self.case, 10))
        payment = {"amount": 100, "payment_method_id": self.cash.id}
        order.sudo().write({"payment_ids": [Command.create(payment)]})
        order.sudo().session_id = False  # as Odoo leaves an order of another day
        order.action_pos_order_paid()
        self.send(self.refund(order.lines, 10), self.sold(self.free, price=100))
        self.assertEqual(self.credit_of(self.any), 0)

    def test_an_order_that_comes_after_the_closing(self):
        """D2, law 6: a till that was offline: Odoo moves it into the open session; it is given."""
        self.send(self.sold(self.case), paid=10)
        closed = self.close()
        order = self.send(self.sold(self.article), paid=100, session_id=closed.id)
        self.assertEqual(order.session_id, self.config.current_session_id)
        self.assertEqual((order.state, self.credit_of(self.bonus)), ("paid", 115))
        self.assertFalse(self.activities())

    def test_what_was_paid_before_the_closing_still_counts(self):
        """D2: goods of a session that was closed since are returned for credit."""
        order = self.send(self.sold(self.case, 10), paid=100)
        self.close()
        self.send(self.refund(order.lines, 10), self.sold(self.free, price=100))
        self.assertEqual(self.credit_of(self.any), 100)
        self.assertFalse(self.activities())


@tagged("post_install", "-at_install")
class TestComesBack(Doors, TransactionCase):
    """D7, L1, L2, L5: what comes back is worth what was paid for it, and says what it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()

    def test_bonus_does_not_become_money(self):
        """D7: 100 for 200, 100 spent, the rest returned for credit: was 50.00 of paid credit."""
        double = self.new_sold_program("stored_value", "Guthaben 200", 100, preset_amount=200)
        bought = self.send(self.sold(double.sale_product_id), paid=100)
        account, uuid = self.enrolments(double), str(uuid4())
        self.prepare(uuid, (account, 100), partner=self.hans)
        self.send(self.sold(self.case, 10), self.redeemed(account, 100), uuid=uuid)
        self.assertEqual((account.paid, account.bonus), (0, 100))
        back = self.refund(bought.lines, price=50)
        self.send({**back, "price_subtotal_incl": 50}, self.sold(self.free, price=50))
        self.assertEqual((self.credit_of(self.any), account.points), (0, 0))

    def test_what_is_left_of_paid_money_comes_back(self):
        """D7: 40 spent of 100 + 15: 60 of money are left, and buy 60."""
        bought = self.send(self.sold(self.article), paid=100)
        account, uuid = self.enrolments(self.bonus), str(uuid4())
        self.prepare(uuid, (account, 40), partner=self.hans)
        self.send(self.sold(self.case, 4), self.redeemed(account, 40), uuid=uuid)
        self.send(self.refund(bought.lines, price=60), self.sold(self.free, price=60))
        self.assertEqual((self.credit_of(self.any), account.points), (60, 0))

    def test_a_tip_says_nothing_of_other_lines(self):
        """L1: a tip that refunds a line was let onto a booked order, and counted as a return."""
        tip = self.new_product("Trinkgeld", 0)
        self.config.sudo().write({"iface_tipproduct": True, "tip_product_id": tip.id})
        dear = self.send(self.sold(self.case, 10), paid=100)
        order = self.send(self.sold(self.case), paid=10)
        lines = self.env["pos.order.line"].with_user(self.cashier)
        values = {**self.sold(tip, -1, 10), "order_id": order.id, "name": "x"}
        linked = ({"refunded_orderline_id": dear.lines.id}, {"combo_parent_id": order.lines.id})
        for link in linked:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                lines.create({**values, **link})
        self.assertTrue(lines.create({**values, "qty": 1}))

    def test_another_article_returns_nothing(self):
        """L2: a battery returned under the line of a kit bought 100.00 of credit."""
        kit = self.new_product("Kit", 100)
        line = self.send(self.sold(kit), paid=100).lines
        back = self.sold(self.battery_10, -1, 100, refunded_orderline_id=line.id)
        self.send(back, self.sold(self.free, price=100))
        self.assertEqual(self.credit_of(self.any), 0)

    def test_no_client_names_the_invoice(self):
        """L5: somebody's invoice on a receipt: it earned nothing, its credit note took back."""
        invoice = self.env["account.move"].create({"move_type": "out_invoice"})
        named = {"account_move": invoice.id}
        order = self.send(self.sold(self.article), paid=100, **named)
        empty = {"state": "draft", "payment_ids": [], **named}
        sent = self.order_values(self.sold(self.case), partner=self.hans, **empty)
        draft = self.orders.create(sent)
        for one in (order.with_user(self.cashier), draft):
            one.write(named)
        payment = order.payment_ids.with_user(self.cashier)
        with suppress(UserError), self.env.cr.savepoint():
            payment.write({"account_move_id": invoice.id})
        made = {"amount": 10, "payment_method_id": self.cash.id, "account_move_id": invoice.id}
        draft.write({"payment_ids": [Command.create(made)]})
        self.env.invalidate_all()
        self.assertFalse(invoice.pos_order_ids)
        self.assertFalse(invoice.pos_payment_ids)

    def test_odoos_own_invoice_is_named(self):
        """L5: Odoo invoices a receipt, and the receipt knows its invoice."""
        order = self.send(self.sold(self.article), paid=100, to_invoice=True)
        self.assertEqual(order.account_move.pos_order_ids, order)
        self.assertFalse(order.account_move._earning_lines())
