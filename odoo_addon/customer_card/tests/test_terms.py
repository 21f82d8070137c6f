from datetime import date

from freezegun import freeze_time

from odoo.addons.customer_card.exceptions import BalanceTooLow, CardNotUsable
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestTerms(CardCase):
    """How long a program lasts, period by period, and what selling it again does."""

    def _split_program(self, months, lines, quantity=12, **values):
        return self._counter_program(
            term_months=months,
            split_lines=True,
            line_ids=[
                Command.create(
                    {"product_id": self.battery.id, "quantity": quantity, "sequence": at}
                )
                for at in range(lines)
            ],
            **values,
        )

    def _take(self, card, quantity=1, **values):
        """Issue from whatever counter is open today."""
        today = card._today(card.company_id)
        counter = card.allowance_ids._usable_on(today)[:1] or card.allowance_ids[:1]
        entry = card._issue(
            counter, self.battery, quantity, key=f"take:{card.id}:{card.entry_seq}", **values
        )
        self.assertLedger()
        return entry

    def test_twelve_packs_a_year_for_six_years(self):
        """AP-39: 12 in year 1, the 13th refused; month 13: 12 again; 72 in all; then the end."""
        program = self._split_program(12, 6)
        with freeze_time("2026-03-10 12:00"):
            card = program._enrol(self.berg)
        self.assertEqual(card.expiration_date, date(2032, 3, 10))
        self.assertEqual(card.points, 72)
        for year in range(6):
            with freeze_time(f"{2026 + year}-03-11 12:00"):
                card.invalidate_recordset()
                self._take(card, 11)
            # The last day of the period still belongs to it.
            with freeze_time(f"{2027 + year}-03-10 12:00"):
                card.invalidate_recordset()
                self._take(card)
                with self.assertRaises(BalanceTooLow):
                    self._take(card)
        self.assertEqual(card.points, 0)
        self.assertEqual(sum(card.allowance_ids.mapped("used")), 72)
        with freeze_time("2032-03-11 12:00"):
            card.invalidate_recordset()
            with self.assertRaises(CardNotUsable):
                self._take(card)

    def test_quarters_and_months(self):
        """AP-40, AP-41: 4 quarters make a year, 72 months make six years; caps in each period."""
        for months, lines, end in ((3, 4, date(2027, 3, 10)), (1, 72, date(2032, 3, 10))):
            program = self._split_program(months, lines, quantity=1)
            with freeze_time("2026-03-10 12:00"):
                card = program._enrol(self.berg)
                self.assertEqual(card.expiration_date, end)
                self._take(card)
                with self.assertRaises(BalanceTooLow):
                    self._take(card)
            with freeze_time("2026-06-11 12:00"):
                card.invalidate_recordset()
                self._take(card)
                with self.assertRaises(BalanceTooLow):
                    self._take(card)

    def test_what_is_left_does_not_carry_over(self):
        """AP-38, I13: the rest of a period is lost; with the option it stays until the end."""
        for carry, allowed in ((False, 12), (True, 24)):
            program = self._split_program(12, 2, carry_over=carry)
            with freeze_time("2026-03-10 12:00"):
                card = program._enrol(self.berg)
            with freeze_time("2027-03-11 12:00"):
                card.invalidate_recordset()
                usable = card.allowance_ids._usable_on(card._today(card.company_id))
                self.assertEqual(sum(usable.mapped("remaining")), allowed)

    def test_the_preview_names_each_period(self):
        """AP-38: the form shows what today's buyer gets in which year."""
        program = self._split_program(12, 6)
        self.assertIn("Year 1", program.period_preview)
        self.assertIn("Year 6", program.period_preview)
        self.assertEqual(program.total_months, 72)

    def test_splitting_needs_a_term(self):
        """AP-38: a split without a term is refused with what to do."""
        with self.assertRaisesRegex(ValidationError, "Enter the term"):
            self._split_program(0, 6)

    def test_end_of_a_term_in_months(self):
        """AP-34: sold 31.01. for one month, valid to 28.02.; without a term no end."""
        program = self._counter_program(term_months=1)
        with freeze_time("2026-01-31 12:00"):
            self.assertEqual(program._enrol(self.berg).expiration_date, date(2026, 2, 28))
        self.assertFalse(self._counter_program()._enrol(self.berg).expiration_date)

    # --- sold again -------------------------------------------------------------------

    def test_sold_again_extends(self):
        """AP-45: ends 31.12.2026 with 5 of 30 left; sold again: ends 31.12.2027, 35 left."""
        program = self._counter_program(30, term_months=12)
        with freeze_time("2025-12-31 12:00"):
            card = program._enrol(self.berg)
        self.assertEqual(card.expiration_date, date(2026, 12, 31))
        with freeze_time("2026-12-01 12:00"):
            card.invalidate_recordset()
            self._take(card, 25)
            self.assertEqual(program._enrol(self.berg), card)
            self.assertEqual((card.expiration_date, card.points), (date(2027, 12, 31), 35))
            self.assertEqual(card.allowance_ids.remaining, 35)
            self._take(card, 35)

    def test_without_an_end_it_is_a_new_program(self):
        """AP-45: a program without end date is not extended."""
        program = self._counter_program(30)
        self.assertNotEqual(program._enrol(self.berg), program._enrol(self.berg))

    def test_always_new(self):
        """AP-46: with the option two programs stand beside each other, 5 and 30 left."""
        program = self._counter_program(30, term_months=12, always_new=True)
        first = program._enrol(self.berg)
        self._take(first, 25)
        second = program._enrol(self.berg)
        self.assertEqual((first.points, second.points), (5, 30))

    def test_each_side_has_its_own_counter(self):
        """AP-42: left and right do not extend each other; left again extends left."""
        program = self._counter_program(30, term_months=12, per_fitting=True)
        left = program._enrol(self.berg, side="left")
        right = program._enrol(self.berg, side="right")
        self._take(left, 4)
        self.assertEqual((left.points, right.points), (26, 30))
        self.assertEqual(program._enrol(self.berg, side="left"), left)
        self.assertEqual((left.points, right.points), (56, 30))

    def test_fitting_needs_the_decrease_action(self):
        """AP-43: the option on other actions is refused."""
        with self.assertRaisesRegex(ValidationError, "Decrease quantity"):
            self._counter_program(insert_action="none", per_fitting=True)

    def test_split_program_sold_again_goes_on_after_its_end(self):
        """AP-45, AP-38: the second sale's first period follows the first sale's last one."""
        program = self._split_program(12, 2)
        with freeze_time("2026-03-10 12:00"):
            card = program._enrol(self.berg)
            program._enrol(self.berg)
        self.assertEqual(card.expiration_date, date(2030, 3, 10))
        bounds = [(one.date_from, one.date_to) for one in card.allowance_ids.sorted("date_from")]
        self.assertEqual(len(bounds), 4)
        self.assertEqual(bounds[2], (date(2028, 3, 11), date(2029, 3, 10)))

    def test_discounts_merge_and_are_extended(self):
        """AP-44, AP-48: sold twice, one program and its end date moves on, whatever the option."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": self.battery.ids}
        )
        program = self.env["loyalty.program"].create(
            {
                "name": "Discount card",
                "kind": "discount",
                "term_months": 12,
                "always_new": True,
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )
        with freeze_time("2026-01-15 12:00"):
            card = program._grant(self.berg).card_id
            self.assertEqual(program._grant(self.berg).card_id, card)
        self.assertEqual(card.expiration_date, date(2028, 1, 15))
        self.assertEqual(len(program.coupon_ids), 1)

    def test_vouchers_are_never_extended(self):
        """AP-47: two sales, two vouchers, two numbers."""
        program = self.env["loyalty.program"].create(
            {"name": "Voucher", "kind": "voucher", "preset_amount": 50, "term_months": 36}
        )
        first, second = (program._grant(self.berg, paid=50).card_id for _unit in range(2))
        self.assertNotEqual(first, second)
        self.assertNotEqual(first.code, second.code)
