from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import CardTours, PaidOrders


class AccountShop:
    """Mixin: a firm, its employee with an on-account card, and a payment method that needs it."""

    @classmethod
    def set_up_account(cls):
        env = cls.env
        cls.firm = env["res.partner"].create({"name": "Bau GmbH", "is_company": True})
        cls.max = env["res.partner"].create({"name": "Max Meyer", "parent_id": cls.firm.id})
        cls.account_card = env["customer.card"].create(
            {
                "number": "95001",
                "card_type_id": env.ref("customer_card.card_type_on_account").id,
                "partner_id": cls.max.id,
            }
        )
        cls.account_method = env["pos.payment.method"].create(
            {"name": "Auf Rechnung", "split_transactions": True, "card_on_account": True}
        )
        cls.toolbox = cls.new_product("Werkzeugkasten", 40)


@tagged("post_install", "-at_install")
class TestOnAccount(AccountShop, PaidOrders, TransactionCase):
    """HS-10: delivered to the firm now, invoiced later, nothing debited; only the card opens it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.set_up_account()
        cls.config.current_session_id.unlink()
        cls.config.payment_method_ids += cls.account_method
        cls.config.open_ui()
        cls.cashier = new_test_user(
            cls.env, "card_cashier", groups="point_of_sale.group_pos_user,customer_card.group_user"
        )
        cls.till = cls.env["customer.till"].create({"name": "Theke 1"})

    def present(self, card=None, user=None):
        now = fields.Datetime.now()
        number = self.env["customer.card.event"].search_count([])
        return self.env["customer.card.event"].create(
            {
                "key": f"test:{number}",
                "till_id": self.till.id,
                "customer_card_id": (card or self.account_card).id,
                "origin": "insert",
                "state": "done",
                "presented_at": now,
                "claimed_at": now,
                "claimed_by_id": (user or self.cashier).id,
            }
        )

    def account_order(self, *lines, partner=None, card=None, age=0, **values):
        """Return the values of an order over *lines* that was paid on account *age* minutes ago."""
        sent = self.order_values(
            *(lines or [self.sold(self.toolbox)]), partner=partner or self.firm
        )
        sent["payment_ids"][0][2]["payment_method_id"] = self.account_method.id
        date = fields.Datetime.now() - timedelta(minutes=age)
        return {
            **sent,
            "customer_card_id": self.account_card.id if card is None else card and card.id,
            "date_order": fields.Datetime.to_string(date),
            **values,
        }

    def send(self, sent, user=None):
        self.orders.with_user(user or self.cashier).sync_from_ui([sent])
        return self.orders.search([("uuid", "=", sent["uuid"])])

    def refused(self, sent, sentence):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self.send(sent)
        self.assertFalse(self.orders.search([("uuid", "=", sent["uuid"])]))

    def close_session(self):
        session = self.config.current_session_id
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")

    def owed(self):
        """Return what the firm owes in the books."""
        self.env.flush_all()
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.firm.id),
                ("account_id", "=", self.firm.property_account_receivable_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("amount_residual"))

    def test_bought_for_40_delivered_now_and_invoiced_later(self):
        """HS-10: 40.00: nothing debited, delivered to the firm, one invoice of 40.00 later."""
        credit = self.env["loyalty.program"].create({"name": "Guthaben", "kind": "stored_value"})
        accounts = [
            credit._enrol(one, amount=100, paid=100, key=f"test:{one.id}")
            for one in (self.max, self.firm)
        ]
        self.present()
        order = self.send(self.account_order())
        self.assertEqual((order.state, order.amount_total), ("paid", 40))
        self.assertEqual((order.partner_id, order.card_holder_id), (self.firm, self.max))
        self.assertEqual([one.points for one in accounts], [100, 100])
        self.assertEqual((order.bought_on_account, order.invoice_status), (True, "to_invoice"))
        self.close_session()
        self.assertEqual(
            (order.picking_ids.partner_id, order.picking_ids.state), (self.firm, "done")
        )
        self.assertAlmostEqual(self.owed(), 40)
        waiting = [("bought_on_account", "=", True), ("account_move", "=", False)]
        waiting.append(("partner_id", "=", self.firm.id))
        self.assertEqual(self.orders.search(waiting), order)
        order.action_pos_order_invoice()
        invoice = order.account_move
        self.assertEqual((invoice.partner_id, invoice.amount_total), (self.firm, 40))
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))
        self.assertAlmostEqual(self.owed(), 40, msg="the firm owes it once")
        self.assertFalse(self.orders.search(waiting))
        self.assertEqual([one.points for one in accounts], [100, 100])
        self.assertEqual(self.activities(), [])

    def test_one_invoice_for_what_the_firms_people_collected(self):
        """HS-10: two holders, one consolidated invoice of 80.00 to the firm; points earned once."""
        points = self.env["loyalty.program"].create(
            {"name": "Punkte", "kind": "points", "earn_article_percent": 100, "points_per_unit": 1}
        )
        account = points._enrol(self.firm)
        other = self.account_card.copy({"number": "95002", "partner_id": self.firm.id})
        self.present()
        self.present(other)
        orders = self.send(self.account_order()) | self.send(self.account_order(card=other))
        for order in orders:
            account._settle_document("pos.order", order.id, self.documents(order))
        self.assertEqual(account.points, 80)
        self.close_session()
        wizard = self.env["pos.make.invoice"].with_context(active_ids=orders.ids).create({})
        wizard.action_create_invoices()
        invoice = orders.account_move
        self.assertEqual((len(invoice), invoice.partner_id), (1, self.firm))
        self.assertAlmostEqual(invoice.amount_total, 80)
        self.assertAlmostEqual(self.owed(), 80)
        # The worker's mapping passes over lines of invoices that have counter sales.
        read = self.env["account.move.line"].search(
            [
                ("move_id", "=", invoice.id),
                ("display_type", "=", "product"),
                ("move_id.pos_order_ids", "=", False),
            ]
        )
        self.assertFalse(read)
        account._settle_document("account.move", invoice.id, [])
        for order in orders:
            account._settle_document("pos.order", order.id, self.documents(order))
        self.assertEqual(account.points, 80)

    def documents(self, order):
        """Return the order's lines as the worker reads them (mapping odoo-19)."""
        return [
            {
                "customer": order.partner_id.id,
                "date": order.date_order.date(),
                "product": line.product_id.id,
                "quantity": line.qty,
                "price": line.price_unit,
                "discount": line.discount,
                "net": line.price_subtotal,
                "gross": line.price_subtotal_incl,
            }
            for line in order.lines
        ]

    def test_without_the_card_no_account(self):
        """HS-10: no card, another kind, another customer, not presented, presented before."""
        self.refused(self.account_order(card=False), "Only with an on-account card")
        ordinary = self.new_card()
        self.present(ordinary)
        self.refused(self.account_order(card=ordinary, partner=self.hans), "no on-account card")
        self.refused(self.account_order(), "was not presented for this order")
        self.present()
        self.refused(self.account_order(partner=self.max), "buys for Bau GmbH")
        self.assertTrue(self.send(self.account_order()))
        self.refused(self.account_order(), "was not presented for this order")
        self.assertEqual(self.activities(), [])

    def test_a_blocked_or_ended_card_buys_nothing(self):
        """HS-10: blocked, over, or lost and replaced since it was presented."""
        self.present()
        self.account_card.state = "blocked"
        self.refused(self.account_order(), "No purchase on account. Card 95001 is blocked")
        self.account_card.state = "active"
        self.account_card.valid_until = fields.Date.today() - timedelta(days=1)
        self.refused(self.account_order(), "No purchase on account. Card 95001 was valid until")
        self.account_card.valid_until = False
        self.account_card._replace_by("95003")
        self.refused(self.account_order(), "No purchase on account. Card 95001 was reported lost")

    def test_the_payment_asks_before(self):
        """HS-10: the till asks the server before it takes the payment, with the same sentences."""
        uuid = self.account_order()["uuid"]
        values = {"partner_id": self.firm.id, "on_account": 40}
        orders = self.orders.with_user(self.cashier)
        answer = orders.prepare_card_payment(uuid, values)
        self.assertIn("Only with an on-account card", answer["refusal"])
        values["customer_card_id"] = self.account_card.id
        self.assertIn("not presented", orders.prepare_card_payment(uuid, values)["refusal"])
        self.present()
        self.assertEqual(orders.prepare_card_payment(uuid, values)["refusal"], "")

    def test_the_credit_limit_of_the_firm_counts(self):
        """HS-10: limit 100.00: two times 40.00 go on account, the third does not, booked or not."""
        self.env.company.account_use_credit_limit = True
        self.firm.credit_limit = 100
        for _purchase in range(2):
            self.present()
            self.send(self.account_order())
        self.present()
        self.refused(self.account_order(), "credit limit of .*100.00, of which .*20.00 are left")
        self.close_session()
        self.config.open_ui()
        self.assertAlmostEqual(self.owed(), 80)
        self.refused(self.account_order(), "of which .*20.00 are left")
        self.firm.credit_limit = 120
        self.assertTrue(self.send(self.account_order()))

    def test_an_order_that_comes_later_is_kept_and_told(self):
        """HS-10: paid without connection, the goods are gone: booked, and a manager is told."""
        order = self.send(self.account_order(card=False, age=5))
        self.assertEqual((order.state, order.amount_total), ("paid", 40))
        [(summary, note)] = self.activities()
        self.assertIn("On account without right", summary)
        self.assertIn("Only with an on-account card", note)

    def test_a_payment_edited_afterwards_needs_the_card_too(self):
        """HS-10: paid in cash first; nobody turns it into an account without the card."""
        sent = self.order_values(self.sold(self.toolbox), partner=self.firm)
        order = self.send(sent)
        self.env.cr.execute("UPDATE pos_order SET create_date = create_date - interval '1 hour'")
        self.env.invalidate_all()
        method = self.account_method.id
        payment = order.payment_ids
        with self.assertRaisesRegex(UserError, "Only with an on-account"), self.env.cr.savepoint():
            payment.payment_method_id = method
        with self.assertRaisesRegex(UserError, "Only with an on-account"), self.env.cr.savepoint():
            order.payment_ids = [Command.create({"amount": 40, "payment_method_id": method})]
        payment.amount = 30
        self.assertEqual(order.payment_ids.payment_method_id, self.cash)

    def test_the_office_needs_the_card_too(self):
        """HS-10: a payment added by hand to an open order."""
        sent = {**self.order_values(self.sold(self.toolbox), partner=self.firm), "state": "draft"}
        order = self.send({**sent, "payment_ids": [], "amount_paid": 0})
        with self.assertRaisesRegex(UserError, "Only with an on-account"), self.env.cr.savepoint():
            order.add_payment(
                {
                    "pos_order_id": order.id,
                    "amount": 40,
                    "payment_method_id": self.account_method.id,
                }
            )
        self.assertEqual(order.state, "draft")

    def test_goods_come_back_without_the_card(self):
        """HS-10: a refund lowers what the firm owes; nothing is paid out."""
        self.present()
        order = self.send(self.account_order())
        back = self.account_order(self.refund(order.lines), card=False)
        self.send(back)
        self.close_session()
        self.assertAlmostEqual(self.owed(), 0)

    def test_the_method_knows_its_customer(self):
        """HS-10: a method with a journal, or without a known customer, cannot be the account."""
        with self.assertRaisesRegex(ValidationError, "Identify Customer"):
            self.env["pos.payment.method"].create({"name": "Karte", "card_on_account": True})

    def test_programs_bought_with_the_card_are_the_firms(self):
        """HS-10: what is sold on account belongs to the firm, not to one of its cards."""
        self.env.company.card_assign_at_sale = True
        program = self.new_battery_program(price=40)
        self.present()
        self.send(self.account_order(self.sold(program.sale_product_id)))
        [enrolment] = self.enrolments(program)
        self.assertEqual((enrolment.partner_id, enrolment.customer_card_id.ids), (self.firm, []))


@tagged("post_install", "-at_install")
class TestOnAccountTours(AccountShop, CardTours):
    """HS-10: the seller's screens, in German."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_account()
        cls.main_pos_config.payment_method_ids += cls.account_method

    def test_card_in_one_click_and_the_delivery_note_is_there(self):
        """HS-10: card in, the firm is the customer; one click, the receipt is the delivery note."""
        self.new_discount_program(self.battery_discount)._enrol(self.firm)
        self.present(self.account_card)
        order = self.run_tour("on_account")
        self.assertEqual((order.partner_id, order.state), (self.firm, "paid"))
        self.assertEqual(order.payment_ids.payment_method_id, self.account_method)
        self.assertEqual((order.amount_total, order.customer_card_id), (49, self.account_card))
        self.assertFalse(order.account_move)

    def test_the_payment_screen_offers_the_account_with_the_card_only(self):
        """HS-10: closed without the card, refused with a blocked one, first with a good one."""
        self.present(self.account_card)
        self.present(self.account_card.copy({"number": "95002"}))
        later = self.run_tour("on_account_payment_screen")
        cash = self.env["pos.order"].search([("id", "<", later.id)], limit=1)
        self.assertEqual((cash.amount_total, cash.bought_on_account), (40, False))
        self.assertEqual((later.amount_total, later.bought_on_account), (10, True))
        self.assertEqual((later.partner_id, later.state), (self.firm, "paid"))
