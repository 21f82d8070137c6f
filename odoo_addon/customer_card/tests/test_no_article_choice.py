"""AP-35 beside other programs of the card, and where the program is split (AP-38, AP-39)."""

from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestNoArticleChoice(CardCase):
    def _direct(self, quantity=72, products=None, day=None, **values):
        program = self._counter_program(quantity, products, no_article_choice=True, **values)
        return program._enrol(customer_card=self.card, day=day)

    def _split(self, quantity, years, **values):
        line = {"product_id": self.battery.id, "quantity": quantity}
        return self._counter_program(
            no_article_choice=True,
            term_months=12,
            split_lines=True,
            line_ids=[Command.create({**line, "sequence": year}) for year in range(years)],
            **values,
        )

    def _insert(self, key="insert-1"):
        """The card is inserted; return what the screen gets."""
        self._own_secret()
        return self._claim(self._present(key=key))

    def test_the_position_that_is_usable_today(self):
        """12 packs in each of six years: one piece without a dialog in year 3."""
        program = self._split(12, years=6)
        with freeze_time("2026-03-10 12:00"):
            card = program._enrol(customer_card=self.card)
        with freeze_time("2028-03-12 12:00"):
            self.env.invalidate_all()
            claim = self._insert()
            self.assertEqual(claim["result"]["remaining"], 11)
        allowances = card.allowance_ids.sorted("date_from")
        self.assertEqual(allowances.mapped("remaining"), [12, 12, 11, 12, 12, 12])

    def test_what_is_carried_over_goes_first(self):
        """The rest of year 1 is issued before year 2, and nobody is asked which."""
        program = self._split(1, years=2, carry_over=True)
        with freeze_time("2026-03-10 12:00"):
            card = program._enrol(customer_card=self.card)
        with freeze_time("2027-03-12 12:00"):
            self.env.invalidate_all()
            for key, left in (("one", [0, 1]), ("two", [0, 0])):
                self.assertTrue(self._insert(key)["result"])
                allowances = card.allowance_ids.sorted("date_from")
                self.assertEqual(allowances.mapped("remaining"), left)

    def test_left_and_right(self):
        """One card, a counter for each ear: one piece of both."""
        program = self._counter_program(no_article_choice=True, per_fitting=True)
        left, right = (
            program._enrol(customer_card=self.card, side=side) for side in ("left", "right")
        )
        claim = self._insert()
        self.assertEqual((left.points, right.points), (71, 71))
        self.assertFalse(claim["result"].get("refused"))

    def test_batteries_and_an_article_card(self):
        """Two programs of two articles: one piece of both; both stand in the message."""
        batteries, capsules = self._direct(), self._direct(5, self.other)
        claim = self._insert()
        self.assertEqual((batteries.points, capsules.points), (71, 4))
        for product in (self.battery, self.other):
            self.assertIn(product.name, claim["result"]["message"])

    def test_beside_a_program_with_a_choice(self):
        """The preset article at once; the dialog asks about the other counter only."""
        batteries = self._direct()
        choice = self._counter_program(30, self.other)._enrol(customer_card=self.card)
        claim = self._insert()
        self.assertEqual((batteries.points, choice.points), (71, 30))
        asked = [one for one in claim["counters"] if not one["direct"]]
        self.assertEqual([one["enrolment_id"] for one in asked], choice.ids)

    def test_one_program_twice_takes_turns(self):
        """Bought twice: one piece, of the one that ends first; then the other."""
        later = self._direct(2)
        first = later.program_id._enrol(customer_card=self.card, day=date(2026, 1, 1))
        self.assertNotEqual(later, first)
        first.expiration_date, later.expiration_date = date(2099, 1, 1), date(2099, 6, 1)
        for number, left in enumerate(((1, 2), (0, 2), (0, 1))):
            self.assertTrue(self._insert(str(number))["result"])
            self.assertEqual((first.points, later.points), left)

    def test_two_programs_with_one_article_ask(self):
        """Insurance or bought: nobody but the seller knows which one pays."""
        one, other = self._direct(), self._direct()
        claim = self._insert()
        self.assertFalse(claim["result"])
        self.assertEqual(len(claim["counters"]), 2)
        self.assertEqual((one.points, other.points), (72, 72))

    def test_one_program_with_two_articles_asks(self):
        program = self._direct(products=self.battery | self.other)
        claim = self._insert()
        self.assertFalse(claim["result"])
        self.assertEqual(program.points, 144)
