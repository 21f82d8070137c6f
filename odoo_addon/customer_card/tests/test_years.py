from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestYears(CardCase):
    """A customer's years with each kind of program; every law is asked after every step."""

    @contextmanager
    def _on(self, day):
        """Be at the shop on that day; nothing computed on another day is remembered."""
        with freeze_time(f"{day} 12:00"):
            self.env.flush_all()
            self.env.invalidate_all()
            yield
            self.assertLedger()

    def _sell(self, program, units, line, **values):
        return self.env["loyalty.card.grant"]._settle(
            "test.line", line, units, program, partner=self.berg, customer_card=self.card, **values
        )

    def _insert(self, quantity=1, product=None):
        """The customer comes, inserts the card, the seller confirms; False when refused."""
        self.inserts = getattr(self, "inserts", 0) + 1
        self._screen()
        claim = self._claim(self._present(key=f"visit-{self.inserts}"))
        if not claim or not claim["counters"]:
            return False
        try:
            with self.env.cr.savepoint():
                self._issue(claim, quantity, product)
        except UserError:
            return False
        return True

    def test_batteries_for_six_years(self):
        """AS-07, AP-39, AP-45, AP-37: sold, used, a year missed, extended, refunded, over."""
        program = self._counter_program(
            term_months=12,
            split_lines=True,
            once_per_day=True,
            line_ids=[
                Command.create({"product_id": self.battery.id, "quantity": 12, "sequence": year})
                for year in range(6)
            ],
        )
        with self._on("2026-02-01"):
            card = self._sell(program, 1, line=1).card_id
            self.assertTrue(self._insert(6))
            self.assertFalse(self._insert(6), "once per day")
        with self._on("2026-02-02"):
            self.assertTrue(self._insert(6))
        with self._on("2026-12-24"):
            self.assertFalse(self._insert(1), "the thirteenth pack of the year")
        # All of 2027/28 she does not come; what was left then is lost.
        with self._on("2028-02-02"):
            self.assertFalse(self._insert(13))
            self.assertTrue(self._insert(12))
        with self._on("2031-06-01"):
            self._sell(program, 2, line=1)
            self.assertEqual(card.expiration_date, date(2038, 2, 1))
            self._sell(program, 1, line=1)
            self.assertEqual(card.expiration_date, date(2032, 2, 1))
        with self._on("2032-02-01"):
            self.assertTrue(self._insert(12))
        with self._on("2032-02-02"):
            self.assertFalse(self._insert(1), "the day after year 6")
        with self._on("2032-02-03"):
            self.assertEqual(sum(card.allowance_ids.mapped("used")), 36)
            self.assertEqual(card.points, 36)

    def test_training_sessions(self):
        """AS-12: 10 sessions, two visits reversed by the manager, sold again, refunded."""
        session = self._product("Therapy", 40.0, type="service")
        program = self._counter_program(10, products=session, term_months=6)
        with self._on("2026-01-05"):
            card = self._sell(program, 1, line=1).card_id
            for _visit in range(10):
                self.assertTrue(self._insert(1, session))
            self.assertFalse(self._insert(1, session), "the 11th")
            card.action_reverse_last_issue()
            card.action_reverse_last_issue()
            self.assertEqual(card.points, 2)
        with self._on("2026-07-05"):
            self._sell(program, 2, line=1)
            self.assertEqual((card.points, card.expiration_date), (12, date(2027, 1, 5)))
            self.assertTrue(self._insert(3, session))
            self._sell(program, 1, line=1)
            self.assertEqual((card.points, card.expiration_date), (0, date(2026, 7, 5)))
        with self._on("2026-07-06"):
            self.assertFalse(self._insert(1, session))

    def test_credit_over_a_year(self):
        """AX-18, AX-19, AX-20, AP-20: 100 for 115, spent in three steps, topped up, refunded."""
        article = self._product("Credit", 100.0, type="service", is_card_program=True)
        program = self.env["loyalty.program"].create(
            {
                "name": "Credit",
                "kind": "stored_value",
                "sale_product_id": article.id,
                "preset_amount": 115,
                "term_months": 12,
            }
        )

        def pay(amount, order):
            account._reserve(amount, kind="pos", key=f"order:{order}")
            self.assertLedger()
            account._capture_hold(f"order:{order}")
            account._post(
                -amount, key=f"o{order}", reason="sale", origin_model="test", origin_id=order
            )
            self.assertLedger()

        with self._on("2026-01-10"):
            account = self._sell(program, 1, line=1, paid=100).card_id
            pay(95, 1)
            self.assertEqual((account.points, account.paid, account.bonus), (20, 5, 15))
        with self._on("2026-06-30"):
            self._sell(program, 1, line=2, paid=100)
            self.assertEqual((account.points, account.paid, account.bonus), (135, 105, 30))
            self.assertEqual(account.expiration_date, date(2027, 6, 30))
            with self.assertRaises(UserError):
                pay(135.01, 2)
            pay(120, 3)
            self.assertEqual((account.paid, account.bonus), (0, 15))
        with self._on("2026-07-01"):
            # The customer brings everything of order 3 back: each bucket as before.
            account._post(120, key="r3", reason="sale", origin_model="test", origin_id=3)
            self.assertEqual((account.points, account.paid, account.bonus), (135, 105, 30))
            self._sell(program, 0, line=2)
            self.assertEqual((account.points, account.paid, account.bonus), (20, 5, 15))
            # The rest stays usable until the day it was usable before that top-up.
            self.assertEqual(
                (account.state, account.expiration_date), ("active", date(2027, 1, 10))
            )
        with self._on("2027-01-11"):
            self.assertEqual(account.state, "expired")

    def test_voucher_years(self):
        """AP-47, AX-16, AX-17: two vouchers, one spent in part, one taken back, one over."""
        program = self.env["loyalty.program"].create(
            {"name": "Voucher", "kind": "voucher", "term_months": 36}
        )
        with self._on("2026-12-20"):
            first, second = (
                self._sell(program, 1, line=line, paid=paid).card_id
                for line, paid in ((1, 37.50), (2, 50))
            )
            first._post(-20, key="a", reason="sale", origin_model="test", origin_id=1)
            self.assertEqual((first.points, second.points), (17.50, 50))
        with self._on("2027-01-02"):
            self._sell(program, 0, line=2)
            self.assertEqual((second.points, second.state), (0, "expired"))
        with self._on("2029-12-20"):
            self.assertEqual(first.state, "active")
        with self._on("2029-12-21"):
            self.assertEqual(first.state, "expired")

    def test_warranty_and_discount_years(self):
        """AP-44, AP-48, AX-22, AP-19: sold twice is one, ends a day later, refunded is over."""
        discount = self.env["loyalty.discount"].create(
            {"name": "Repairs", "percent": 100, "applies_to": "all"}
        )
        program = self.env["loyalty.program"].create(
            {
                "name": "Warranty",
                "kind": "discount",
                "card_required": True,
                "term_months": 24,
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )

        def opens():
            gate = program._gate_domain(
                self.berg, self.card, program.env["loyalty.card"]._today(None)
            )
            return bool(self.env["loyalty.program"].search_count([*gate, ("id", "=", program.id)]))

        with self._on("2026-03-31"):
            card = self._sell(program, 1, line=1).card_id
            self.assertTrue(opens())
        with self._on("2028-03-31"):
            self.assertTrue(opens(), "the last day")
        with self._on("2028-04-01"):
            self.assertFalse(opens(), "the day after")
            again = self._sell(program, 2, line=2).card_id
            self.assertNotEqual(again, card)
            self.assertEqual(again.expiration_date, date(2032, 4, 1))
            self._sell(program, 1, line=2)
            self.assertEqual(again.expiration_date, date(2030, 4, 1))
            self._sell(program, 0, line=2)
            self.assertFalse(opens(), "refunded")

    def test_points_and_a_discount_voucher_over_a_year(self):
        """TM-17, AS-10, I17: earned, taken back, spent; account renewed; one use of the voucher."""
        points = self.env["loyalty.program"].create(
            {"name": "Points", "kind": "points", "earn_article_percent": 10, "term_months": 12}
        )
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "applies_to": "all"}
        )
        coupon = self.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "kind": "coupon",
                "term_months": 12,
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )

        def document(number, gross, day):
            line = {
                "document": f"account.move:{number}",
                "customer": self.berg.id,
                "product": self.battery.id,
                "date": day,
                "gross": gross,
            }
            self.env["loyalty.card"]._settle_document("account.move", number, [line])
            self.assertLedger()

        with self._on("2026-01-10"):
            account = self._sell(points, 1, line=1).card_id
            voucher = self._sell(coupon, 1, line=2).card_id
            document(1, 20.0, "2026-01-10")
            document(2, -5.0, "2026-01-10")
            self.assertEqual(account.points, 150)
        with self._on("2026-06-01"):
            account._post(-100, key="spent", reason="sale", origin_model="test", origin_id=1)
            voucher._post(-1, key="used", reason="sale", origin_model="test", origin_id=1)
            with self.assertRaises(UserError):
                voucher._post(-1, key="again", reason="sale")
        with self._on("2027-01-11"):
            self.assertEqual((account.state, voucher.state), ("expired", "expired"))
            document(3, 20.0, "2027-01-11")
            self.assertEqual(account.points, 50, "an account that is over earns nothing")
            self.assertEqual(self._sell(points, 1, line=3).card_id, account)
            document(4, 20.0, "2027-01-11")
            self.assertEqual((account.points, account.state), (250, "active"))
