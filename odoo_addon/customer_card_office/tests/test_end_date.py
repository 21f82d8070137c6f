from datetime import date

from freezegun import freeze_time

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestEndDate(CardCase):
    """EX-11: a manager changes the end of one customer's program, and says why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        years = [Command.create({"product_id": cls.battery.id, "quantity": 12})] * 3
        cls.yearly = cls._counter_program(term_months=12, split_lines=True, line_ids=years)
        with freeze_time("2026-03-10 12:00"):
            cls.years = cls.yearly._enrol(cls.berg)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2027-06-01 12:00"))
        self.env.invalidate_all()

    def _change(self, card, end, note="Was ill", user=None):
        action = card.with_user(user or self.manager).action_change_end()
        dialog = self.env["loyalty.card.end"].with_user(user or self.manager)
        values = {"card_id": card.id, "new_end": end, "note": note}
        dialog = dialog.with_context(**action["context"]).create(values)
        dialog.action_change()
        return dialog

    def _bounds(self):
        counters = self.years.allowance_ids.sorted("id")
        return [(one.date_from, one.date_to) for one in counters]

    def test_the_end_moves_and_the_old_one_stays_in_the_history(self):
        """EX-11: the dialog shows the old end; the entry says both, why and who."""
        card = self._counter_program(term_months=24)._enrol(self.berg)
        action = card.with_user(self.manager).action_change_end()
        form = Form(
            self.env["loyalty.card.end"].with_user(self.manager).with_context(**action["context"])
        )
        self.assertEqual(form.old_end, date(2029, 6, 1))
        form.new_end, form.note = "2029-12-31", "Goodwill"
        dialog = form.save()
        dialog.action_change()
        dialog.action_change()
        self.assertEqual((card.expiration_date, card.points), (date(2029, 12, 31), 72))
        entry = card.entry_ids[0]
        self.assertEqual((entry.reason, entry.delta, entry.user_id), ("term", 0, self.manager))
        self.assertEqual(entry.note, "06/01/2029 → 12/31/2029: Goodwill")
        self.assertFalse(entry.can_take_back)
        self.assertEqual(len(card.entry_ids), 2)

    def test_periods_move_with_it(self):
        """EX-11: three months more: the running year lasts longer, the next one begins later."""
        self._change(self.years, "2029-06-10")
        self.assertEqual(
            self._bounds(),
            [
                (date(2026, 3, 10), date(2027, 3, 10)),
                (date(2027, 3, 11), date(2028, 6, 10)),
                (date(2028, 6, 11), date(2029, 6, 10)),
            ],
        )
        self.assertEqual(self.years.balance_text, "12 now, 12 later")
        self.yearly._enrol(self.berg)
        self.assertEqual(self.years.expiration_date, date(2032, 6, 10))
        self.assertEqual(self._bounds()[3], (date(2029, 6, 11), date(2030, 6, 10)))
        self.assertEqual(self._bounds()[5], (date(2031, 6, 11), date(2032, 6, 10)))

    def test_an_earlier_end(self):
        """EX-11: two months less; so much less that the running year would be over: refused."""
        with self.assertRaisesRegex(UserError, "03/10/2028"):
            self._change(self.years, "2028-05-01")
        self._change(self.years, "2029-01-10")
        self.assertEqual(self._bounds()[1], (date(2027, 3, 11), date(2028, 1, 10)))
        self.assertEqual(self._bounds()[2], (date(2028, 1, 11), date(2029, 1, 10)))

    def test_what_is_over_can_go_on(self):
        """EX-11: the last period is the one that goes on."""
        with freeze_time("2029-04-01 12:00"):
            self.env.invalidate_all()
            self.assertEqual(self.years.state, "expired")
            self._change(self.years, "2029-06-30")
            self.assertEqual((self.years.state, self.years.balance_text), ("active", "12 pieces"))
            self.years._issue(self.years.allowance_ids[-1], self.battery, 1, key="late")

    def test_refused(self):
        """EX-11: a seller, no reason, the same day, an end before the begin, another's program."""
        for values, error in (
            ({"end": "2029-12-31", "user": self.seller}, AccessError),
            ({"end": "2029-12-31", "note": " "}, UserError),
            ({"end": "2029-03-10"}, UserError),
            ({"end": "2026-03-09"}, UserError),
        ):
            with self.subTest(**values), self.assertRaises(error), self.env.cr.savepoint():
                self._change(self.years, **values)
        self.assertEqual(self.years.expiration_date, date(2029, 3, 10))
        self.assertEqual(len(self.years.entry_ids), 1)
