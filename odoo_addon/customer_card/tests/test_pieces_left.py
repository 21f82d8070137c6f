from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestPiecesLeft(CardCase):
    """EX-08: what a customer can take now, and what later; what lapsed is not left."""

    def _years(self, count=6):
        return self._counter_program(
            term_months=12,
            split_lines=True,
            line_ids=[
                Command.create({"product_id": self.battery.id, "quantity": 12})
                for _year in range(count)
            ],
        )

    def test_now_and_later(self):
        """EX-08, AP-12: 6 x 12, in year 2 with 5 of year 1 unused: 12 now, 48 later, never 65."""
        with freeze_time("2026-03-10 12:00"):
            card = self._years()._enrol(self.berg, self.card)
            self.assertEqual(card.balance_text, "12 now, 60 later")
            card._issue(card.allowance_ids[0], self.battery, 7, key="year 1")
            self.assertEqual(card.balance_text, "5 now, 60 later")
        with freeze_time("2027-06-01 12:00"):
            self.env.invalidate_all()
            self.assertEqual(card.balance_text, "12 now, 48 later")
            self.assertEqual(card.points, 65)
            self._screen()
            claim = self._claim(self._present())
            self.assertEqual(claim["enrolments"][0]["left"], "12 now, 48 later")
        with freeze_time("2031-06-01 12:00"):
            self.env.invalidate_all()
            self.assertEqual(card.balance_text, "12 pieces")
        with freeze_time("2032-06-01 12:00"):
            self.env.invalidate_all()
            self.assertEqual(card.balance_text, "0 pieces")

    def test_two_quotas_are_two_numbers(self):
        """EX-08: 29 batteries and 4 sets, never "33 pieces"; nor in the customer's history."""
        program = self._counter_program(30, products=self.battery | self.other)
        counters = program.line_ids
        counters[1].quantity = 4
        card = program._enrol(self.berg)
        card._issue(card.allowance_ids[0], self.battery, 1, key="one")
        self.assertEqual(card.balance_text, "Battery 10: 29 pieces, Cleaning set: 4 pieces")
        rows = card._portal_rows(card.entry_ids.sorted("id", reverse=True))
        self.assertEqual([row["left"] for row in rows], ["29 pieces", ""])
        self.assertEqual([row["change"] for row in rows], ["-1 pieces", ""])

    def test_a_flat_rate_beside_pieces(self):
        """EX-08: each says its own."""
        program = self._counter_program(0, products=self.battery | self.other)
        program.line_ids[1].quantity = 4
        card = program._enrol(self.berg)
        self.assertEqual(card.balance_text, "Battery 10: flat, Cleaning set: 4 pieces")
