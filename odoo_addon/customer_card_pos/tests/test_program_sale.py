from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.addons.customer_card.models.ledger.loyalty_card import LoyaltyCard
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import PaidOrders


@tagged("post_install", "-at_install")
class TestProgramSale(PaidOrders, TransactionCase):
    """A paid order gives the programs it sold, and refunds take them back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.today = cls.env["loyalty.card"]._today(cls.env.company)

    def on(self, day):
        """The shop's calendar shows *day*."""
        return patch.object(LoyaltyCard, "_today", lambda *args: day)

    def sale_refusal(self, program, price=None, partner=None, **values):
        line = self.sold(program.sale_product_id, price=price, **values)
        uuid = self.orders.create(self.order_values(line, state="draft", payment_ids=[])).uuid
        return self.prepare(uuid, partner=partner, sales=[line])["refusal"]

    def test_selling_the_program_article_creates_the_program_once(self):
        """AP-32: once, also when the order arrives a second time."""
        program = self.new_battery_program()
        order = self.pay(self.sold(program.sale_product_id), partner=self.hans)
        account = self.enrolments(program)
        self.assertEqual((account.partner_id, account.points), (self.hans, 72))
        self.assertEqual(
            (account.grant_ids.origin_model, account.grant_ids.origin_id),
            ("pos.order.line", order.lines.id),
        )
        order.action_pos_order_paid()
        self.assertEqual((len(self.enrolments(program)), account.points), (1, 72))

    def test_an_article_that_is_no_program_creates_nothing(self):
        """AP-32: only the program's own article sells it."""
        program = self.new_battery_program()
        self.pay(self.sold(self.battery_10), partner=self.hans)
        self.assertFalse(self.enrolments(program))

    def test_each_unit_is_given_and_a_partial_refund_takes_one_back(self):
        """AP-32: 3 sold, 1 refunded, then 2 refunded: 216, 144, 0 pieces."""
        program = self.new_battery_program()
        order = self.pay(self.sold(program.sale_product_id, 3), partner=self.hans)
        self.assertEqual(sum(self.enrolments(program).mapped("points")), 216)
        self.pay(self.refund(order.lines), partner=self.hans)
        self.assertEqual(sum(self.enrolments(program).mapped("points")), 144)
        self.pay(self.refund(order.lines, 2), partner=self.hans)
        self.assertEqual(sum(self.enrolments(program).mapped("points")), 0)

    def test_a_refund_of_another_article_takes_nothing_back(self):
        """AP-32: the program stays when only the case of the same order comes back."""
        program = self.new_battery_program()
        order = self.pay(
            self.sold(program.sale_product_id), self.sold(self.case), partner=self.hans
        )
        self.pay(self.refund(order.lines[1]), partner=self.hans)
        self.assertEqual(self.enrolments(program).points, 72)

    def test_used_pieces_stay_used_when_the_program_comes_back(self):
        """AP-32: 10 of 72 issued, then refunded: nothing left, a manager is told of the 10."""
        program = self.new_battery_program()
        order = self.pay(self.sold(program.sale_product_id), partner=self.hans)
        account = self.enrolments(program)
        account._issue(account.allowance_ids, self.battery_10, 10, key="test:issue")
        self.pay(self.refund(order.lines), partner=self.hans)
        self.assertEqual(account.points, 0)
        self.assertIn("10 of 72 Batterien", self.activities()[0][1])

    def test_the_sale_window_is_inclusive(self):
        """AP-33: 01.12. to 24.12.: sold on both days, not on 30.11. and 25.12."""
        program = self.new_battery_program(sale_from=date(2026, 12, 1), sale_to=date(2026, 12, 24))
        for day, sold in ((30, False), (1, True), (24, True), (25, False)):
            month = 11 if day == 30 else 12
            with self.subTest(day=day), self.on(date(2026, month, day)):
                refusal = self.sale_refusal(program, partner=self.hans)
                self.assertEqual(not refusal, sold)

    def test_an_order_made_in_the_window_may_arrive_after_it(self):
        """AP-33: sold offline on the last day, sent on the next: the day of the sale counts."""
        last = self.today - timedelta(days=1)
        program = self.new_battery_program(sale_to=last)
        noon = datetime(last.year, last.month, last.day, 12)
        self.pay(self.sold(program.sale_product_id), partner=self.hans, date_order=str(noon))
        self.assertEqual(self.enrolments(program).valid_from, last)
        self.pay(self.sold(program.sale_product_id), partner=self.anna)
        self.assertFalse(self.enrolments(program, self.anna))
        self.assertIn("sold but not given", self.activities()[0][0])

    def test_two_sides_are_two_programs(self):
        """AP-42: left and right sold on one order: two enrolments with counters of their own."""
        program = self.new_battery_program(per_fitting=True)
        self.pay(
            self.sold(program.sale_product_id, side="left"),
            self.sold(program.sale_product_id, side="right"),
            partner=self.hans,
        )
        left, right = self.enrolments(program).sorted("side")
        self.assertEqual((left.side, right.side), ("left", "right"))
        left._issue(left.allowance_ids, self.battery_10, 2, key="test:left")
        self.assertEqual((left.points, right.points), (70, 72))

    def test_the_fitting_is_optional(self):
        """EX-04: without one: one enrolment without a side; with one: side, line and lot."""
        program = self.new_battery_program(per_fitting=True)
        self.assertFalse(self.sale_refusal(program, partner=self.hans))
        self.pay(self.sold(program.sale_product_id), partner=self.hans)
        plain = self.enrolments(program)
        self.assertEqual((len(plain), plain.side, plain.points), (1, False, 72))
        order = self.pay(self.sold(program.sale_product_id, side="left"), partner=self.hans)
        order.lines.pack_lot_ids = [Command.create({"lot_name": "HG-0815"})]
        left = self.enrolments(program) - plain
        self.assertEqual(left.side, "left")
        self.assertEqual(left.grant_ids.origin_id, order.lines.id)
        self.assertEqual(left.grant_ids.origin_name, order.pos_reference or order.name)
        self.assertEqual(left.grant_ids.lot_names, "HG-0815")
        self.assertFalse(plain.grant_ids.lot_names)

    def test_a_program_needs_a_customer_but_a_voucher_does_not(self):
        program, voucher = self.new_battery_program(), self.new_sold_program("voucher", "Gutschein")
        self.assertIn("Choose the customer", self.sale_refusal(program))
        self.assertFalse(self.sale_refusal(voucher, price=50))

    def test_a_fixed_price_cannot_be_changed(self):
        """AP-60: the article costs 90: 89 and a discount are refused, also when they arrive."""
        program = self.new_battery_program()
        self.assertIn("fixed", self.sale_refusal(program, price=89, partner=self.hans))
        self.assertIn("fixed", self.sale_refusal(program, discount=10, partner=self.hans))
        self.assertFalse(self.sale_refusal(program, partner=self.hans))
        self.pay(self.sold(program.sale_product_id, price=0.01), partner=self.hans)
        self.assertFalse(self.enrolments(program))
        self.assertIn("sold but not given", self.activities()[0][0])

    def test_top_ups_add_up(self):
        """AX-18: 50 and 30 topped up: 80, two load entries."""
        program = self.new_sold_program("stored_value", "Guthabenkarte")
        for amount in (50, 30):
            self.pay(self.sold(program.sale_product_id, price=amount), partner=self.hans)
        account = self.enrolments(program)
        self.assertEqual((account.points, account.paid, account.bonus), (80, 80, 0))
        self.assertEqual(sorted(account.entry_ids.mapped("delta")), [30, 50])
        self.assertEqual(set(account.entry_ids.mapped("reason")), {"grant"})

    def test_a_top_up_bonus_is_kept_apart(self):
        """AX-20: pay 100, get 115: 100 paid and 15 bonus."""
        program = self.new_sold_program("stored_value", "Guthaben 115", 100, preset_amount=115)
        self.pay(self.sold(program.sale_product_id), partner=self.hans)
        account = self.enrolments(program)
        self.assertEqual((account.points, account.paid, account.bonus), (115, 100, 15))

    def test_amounts_of_credit(self):
        """AP-57, AP-58, AP-59: preset 50; 73.20 entered; 100 paid for 120."""
        for name, price, values, paid, buckets in (
            ("Preset", 50, {"preset_amount": 50}, None, (50, 50, 0)),
            ("Entered", 0, {}, 73.2, (73.2, 73.2, 0)),
            ("Bonus", 100, {"preset_amount": 120}, None, (120, 100, 20)),
        ):
            program = self.new_sold_program("stored_value", name, price, **values)
            self.pay(self.sold(program.sale_product_id, price=paid), partner=self.hans)
            account = self.enrolments(program)
            self.assertEqual((account.points, account.paid, account.bonus), buckets, name)

    def test_a_top_up_in_tiers(self):
        """HS-13, HS-14: 50.00 credit 52.50, said on the line; refunded nothing is left."""
        tiers = [Command.create({"from_amount": 50, "percent": 5})]
        program = self.new_sold_program("stored_value", "Aufladung", tier_ids=tiers)
        article, said = program.sale_product_id, self.env["loyalty.program"].get_pos_credit_text
        self.assertIn("52.50", said(article.id, 50))
        self.assertEqual((said(article.id, 49.99), said(self.battery_10.id, 50)), ("", ""))
        order = self.pay(self.sold(article, price=50), partner=self.hans)
        account = self.enrolments(program)
        self.assertEqual((account.points, account.paid, account.bonus), (52.5, 50, 2.5))
        self.pay(self.refund(order.lines), partner=self.hans)
        self.assertEqual((account.points, account.paid, account.bonus), (0, 0, 0))

    def test_an_account_of_another_currency(self):
        """HS-13: francs at a till in euros: neither topped up nor used, and the seller knows."""
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        program = self.new_sold_program(
            "stored_value", "Franken", company_id=False, currency_id=swiss.id
        )
        program._enrol(self.hans, amount=20, paid=20)
        line = self.sold(program.sale_product_id, price=50)
        sale = {"product_id": line["product_id"], "price_unit": 50}
        uuid = self.orders.create(self.order_values(line, state="draft", payment_ids=[])).uuid
        values = {"partner_id": self.hans.id, "config_id": self.config.id, "sales": [sale]}
        self.assertIn(
            "Franken is in CHF", self.orders.prepare_card_payment(uuid, values)["refusal"]
        )
        found = self.env["loyalty.card"].get_pos_enrolments(self.hans.id, False)
        self.assertEqual(found["currencies"], {swiss.id: "Franken is in CHF."})

    def test_a_punch_card_has_its_sessions(self):
        """AS-12: 10 sessions of a service, sold once: 10 visits, the 11th is refused."""
        session = self.new_product("Therapiestunde", 60)
        session.type = "service"
        program = self.new_battery_program("Trainingskarte", 500, 10)
        program.line_ids.product_id = session
        self.pay(self.sold(program.sale_product_id), partner=self.hans)
        account = self.enrolments(program)
        for visit in range(10):
            account._issue(account.allowance_ids, session, 1, key=f"test:visit:{visit}")
        self.assertEqual(account.points, 0)
        with self.assertRaisesRegex(Exception, "Nothing left"):
            account._issue(account.allowance_ids, session, 1, key="test:visit:11")

    def test_a_voucher_is_sold_to_nobody_and_its_code_is_on_the_receipt(self):
        """AS-13: 50.00 sold: balance 50.00, a code that cannot be guessed."""
        program = self.new_sold_program("voucher", "Gutschein")
        order = self.pay(self.sold(program.sale_product_id, price=50))
        voucher = self.enrolments(program)
        self.assertEqual((voucher.points, voucher.partner_id.id), (50, False))
        [row] = order.get_receipt_balances()
        self.assertEqual(row["code"], voucher._clear_code())
        self.assertRegex(row["code"], r"^[2-9A-Z]{4}(-[2-9A-Z]{4}){3}$")
        self.assertIn("50.00", row["left"])

    def test_what_cannot_be_given_does_not_stop_a_paid_order(self):
        """A blocked account: the order is booked, the credit is not, a manager is told."""
        program = self.new_sold_program("stored_value", "Guthabenkarte")
        account = program._enrol(self.hans, amount=10)
        account.blocked = True
        order = self.pay(self.sold(program.sale_product_id, price=50), partner=self.hans)
        self.assertEqual((order.state, account.points), ("paid", 10))
        self.assertIn("Not booked", self.activities()[0][0])
