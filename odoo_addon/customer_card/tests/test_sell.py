from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CardCase


@tagged("post_install", "-at_install")
class TestSell(CardCase):
    """A document line sells a program: once, and taken back exactly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programs = cls.env["loyalty.program"]
        cls.grants = cls.env["loyalty.card.grant"]

    def _money(self, kind="stored_value", price=0.0, **values):
        article = self._product(f"Article of {kind}", price, type="service", is_card_program=True)
        return self.programs.create(
            {"name": f"Program {kind}", "kind": kind, "sale_product_id": article.id, **values}
        )

    def _sell(self, program, units=1, line=1, **values):
        values.setdefault("partner", self.berg)
        live = self.grants._settle("test.line", line, units, program, **values)
        self.assertLedger()
        return live

    def test_a_line_gives_what_it_sells_once(self):
        """AP-32, AP-10: two units of 30 batteries are 60; the document again changes nothing."""
        program = self._counter_program(30, term_months=12)
        card = self._sell(program, 2).card_id
        self.assertEqual(card.points, 60)
        self._sell(program, 2)
        self.assertEqual((card.points, len(card.grant_ids)), (60, 2))

    def test_taking_units_back(self):
        """AP-32: one of two units is taken back, then all; the program ends with the last one."""
        program = self._counter_program(30, term_months=12)
        with freeze_time("2026-05-01 12:00"):
            card = self._sell(program, 2).card_id
            self.assertEqual(card.expiration_date, date(2028, 5, 1))
            self._sell(program, 1)
            self.assertEqual((card.points, card.expiration_date), (30, date(2027, 5, 1)))
            self._sell(program, 0)
            self.assertEqual((card.points, card.state), (0, "expired"))
            self.assertEqual(card.allowance_ids.quantity, 0)
            again = self._sell(program, 1).card_id
            self.assertEqual((again.points, again.state), (30, "active"))

    def test_used_pieces_stay_used(self):
        """AP-32: 5 of 30 are gone when the sale is cancelled: 25 come back, a manager is told."""
        program = self._counter_program(30)
        card = self._sell(program).card_id
        card._issue(card.allowance_ids, self.battery, 5, key="five")
        self._sell(program, 0)
        self.assertEqual((card.points, card.allowance_ids.remaining), (0, 0))
        self.assertEqual(card.allowance_ids.used, 5)
        self.assertIn("5", card.activity_ids.note)

    def test_the_sale_window(self):
        """AP-33: offered on 01.12. and 24.12., not on 30.11. and 25.12."""
        program = self._money(sale_from=date(2026, 12, 1), sale_to=date(2026, 12, 24))
        answers = {
            day: bool(program._sale_refusal(day, partner=self.berg))
            for day in (
                date(2026, 11, 30),
                date(2026, 12, 1),
                date(2026, 12, 24),
                date(2026, 12, 25),
            )
        }
        self.assertEqual(list(answers.values()), [True, False, False, True])

    def test_fixed_price(self):
        """AP-60: with a price on the article another price is refused; else it is entered."""
        today = date(2026, 12, 1)
        fixed = self._money(price=100.0, preset_amount=120)
        self.assertFalse(fixed._sale_refusal(today, price_unit=100, partner=self.berg))
        self.assertIn("fixed", fixed._sale_refusal(today, price_unit=90, partner=self.berg))
        free = self._money("voucher")
        self.assertFalse(free._sale_refusal(today, price_unit=73.20, partner=self.berg))
        self.assertIn("amount", free._sale_refusal(today, price_unit=0, partner=self.berg))

    def test_who_gets_it(self):
        """AP-42: all but vouchers ask for the customer; EX-04: a fitting may be missing."""
        fitting = self._counter_program(per_fitting=True)
        self.assertFalse(fitting._sale_refusal(date.today(), partner=self.berg))
        self.assertIn("customer", self._money()._sale_refusal(date.today()))
        self.assertFalse(self._money("voucher")._sale_refusal(date.today(), price_unit=5))

    def test_a_program_article_must_be_marked_and_sells_one_program(self):
        """AP-32: one product flagged as program article for each program."""
        with self.assertRaisesRegex(ValidationError, "program article"):
            self._counter_program(sale_product_id=self.battery.id)
        taken = self._money().sale_product_id
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._counter_program(sale_product_id=taken.id)

    # --- money ------------------------------------------------------------------------

    def test_top_ups_add_up(self):
        """AX-18: top-ups 50 then 30: 80.00 and two load entries."""
        program = self._money()
        card = self._sell(program, paid=50, line=1).card_id
        self.assertEqual(self._sell(program, paid=30, line=2).card_id, card)
        self.assertEqual((card.points, card.paid, card.bonus), (80, 80, 0))
        self.assertEqual(card.entry_ids.mapped("reason"), ["grant", "grant"])

    def test_pay_less_get_more(self):
        """AX-20, AP-59: pay 100.00, get 115.00 (120.00): the bonus stands in its own bucket."""
        for credit, line in ((115, 1), (120, 2)):
            program = self._money("voucher", price=100.0, preset_amount=credit)
            program.name = f"Voucher {credit}"
            card = self._sell(program, paid=100, line=line).card_id
            self.assertEqual((card.points, card.paid, card.bonus), (credit, 100, credit - 100))
            self.assertEqual(
                (card.entry_ids.paid_delta, card.entry_ids.bonus_delta), (100, credit - 100)
            )

    def test_preset_and_entered_amounts(self):
        """AP-57, AP-58, AX-16: preset 50.00 gives 50.00; without one, 73.20 paid gives 73.20."""
        preset = self._money("voucher", preset_amount=50)
        self.assertEqual(self._sell(preset, paid=50).card_id.points, 50)
        entered = self._money("stored_value")
        self.assertEqual(self._sell(entered, paid=73.20, line=2).card_id.points, 73.20)
        given = entered._enrol(self.berg, amount=37.50, paid=37.50)
        self.assertEqual(given.points, 110.70)

    def test_spending_and_refunding_keeps_the_buckets(self):
        """AX-19, I3: 80.00 paid + 12.00 bonus; 85.00 spent and refunded: each bucket as before."""
        program = self._money(price=80.0, preset_amount=92)
        card = self._sell(program, paid=80).card_id
        origin = {"origin_model": "test.order", "origin_id": 7}
        card._post(-85, key="spend", reason="sale", **origin)
        self.assertEqual((card.points, card.paid, card.bonus), (7, 0, 7))
        card._post(85, key="refund", reason="sale", **origin)
        self.assertEqual((card.points, card.paid, card.bonus), (92, 80, 12))
        with self.assertRaises(BalanceTooLow):
            card._post(-92.01, key="too much", reason="sale", **origin)

    def test_taking_a_top_up_back(self):
        """AX-20: the sale of 100 for 115 is refunded after 30 were spent: nothing below zero."""
        program = self._money(price=100.0, preset_amount=115)
        card = self._sell(program, paid=100).card_id
        card._post(-30, key="spend", reason="sale")
        self._sell(program, 0)
        self.assertEqual((card.points, card.paid, card.bonus), (0, 0, 0))
        self.assertIn("30", card.activity_ids.note)

    def test_what_was_there_before_the_sale_goes_on(self):
        """AX-18: credit taken over stays usable when a top-up on it is taken back."""
        program = self._money(term_months=12)
        account = program.env["loyalty.card"]._create_enrolment(
            program, self.berg, None, date(2026, 1, 10), False
        )
        account.expiration_date = date(2099, 1, 1)
        account._post(50, key="taken over", reason="opening", paid_delta=50.0, bonus_delta=0.0)
        self.assertEqual(self._sell(program, paid=30).card_id, account)
        self._sell(program, 0)
        self.assertEqual((account.points, account.paid, account.state), (50, 50, "active"))
        self.assertEqual(account.expiration_date, date(2099, 1, 1))

    def test_voucher_numbers_cannot_be_guessed(self):
        """AX-16: 16 random symbols that do not look alike, no two the same."""
        program = self._money("voucher", preset_amount=5)
        cards = self._sell(program, 20, paid=5).card_id.sudo()
        codes = [card._clear_code() for card in cards]
        self.assertEqual(len(set(codes)), 20)
        for code in codes:
            self.assertRegex(code, r"^([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}$")

    def test_renewal_counts_from_today(self):
        """I17: a top-up of credit that ended renews it from today; the balance stays."""
        program = self._money(term_months=12)
        with freeze_time("2026-01-10 12:00"):
            card = self._sell(program, paid=20).card_id
        with freeze_time("2027-06-01 12:00"):
            card.invalidate_recordset()
            self.assertEqual(card.state, "expired")
            self._sell(program, paid=10, line=2)
            self.assertEqual((card.state, card.points), ("active", 30))
            self.assertEqual(card.expiration_date, date(2028, 6, 1))

    def test_a_discount_voucher_is_one_use(self):
        """AS-10: one redemption, no money behind it."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "applies_to": "all"}
        )
        program = self._money("coupon")
        program.line_ids = [(0, 0, {"discount_id": discount.id})]
        card = self._sell(program).card_id
        self.assertEqual((card.points, card.paid, card.bonus), (1, 0, 0))
        self.assertEqual(program.reward_ids.discount, 10)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            program.line_ids = [(0, 0, {"discount_id": discount.copy().id})]

    def test_nobody_to_give_it_to(self):
        """AP-32: a program without holder is refused with what to do."""
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self._counter_program()._grant()

    def test_the_voucher_article_stays_the_shops(self):
        """AP-55: redemption carries the chosen article; native renaming and archiving spare it."""
        article = self._product("Gutschein eingelöst", 0.0, type="service")
        program = self._money("voucher", redeem_product_id=article.id)
        self.assertEqual(program.reward_ids.discount_line_product_id, article)
        program.name = "Another name"
        program.active = False
        self.assertEqual((article.name, article.active), ("Gutschein eingelöst", True))
