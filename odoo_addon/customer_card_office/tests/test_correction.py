from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCorrection(CardCase):
    """The manager puts things right, and everybody can see later what was put right and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        cls.counter = cls._counter_program()._enrol(cls.berg)
        cls.allowance = cls.counter.allowance_ids
        cls.issue = cls.counter._issue(cls.allowance, cls.battery, 6, key="issue")
        cls.credit = cls.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        cls.account = cls.credit._enrol(cls.berg, amount=115, paid=100)

    def _correction(self, card, **values):
        return (
            self.env["loyalty.card.correction"]
            .with_user(self.manager)
            .create({"card_id": card.id, "note": "counted again", **values})
        )

    def test_an_issue_is_taken_back_with_its_reason(self):
        """Law 3: entry and reversal stay, pieces and counter are back, the note says why."""
        self.counter._issue(self.allowance, self.battery, 1, key="later")
        action = self.issue.with_user(self.manager).action_take_back()
        form = Form(
            self.env["loyalty.card.correction"]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        form.note = "Wrong customer"
        form.save().action_apply()
        reversal = self.counter.entry_ids[0]
        self.assertEqual((self.counter.points, self.allowance.used), (71, 1))
        self.assertEqual(
            (reversal.reversal_of_id, reversal.note, reversal.user_id),
            (self.issue, "Wrong customer", self.manager),
        )
        self.issue.invalidate_recordset()
        self.assertFalse(self.issue.can_take_back)
        self.assertFalse(reversal.can_take_back)
        with self.assertRaises(UserError):
            self._correction(self.counter, entry_id=self.issue.id).action_apply()
        self.assertEqual(self.counter.points, 71)

    def test_an_entry_of_stored_value_goes_back_to_its_buckets(self):
        """I3: 105 spent took 100 paid and 5 bonus; taking it back gives exactly these."""
        entry = self.account._post(-105, key="spend", reason="sale")
        self.assertEqual((self.account.paid, self.account.bonus), (0, 10))
        self._correction(self.account, entry_id=entry.id).action_apply()
        self.assertEqual((self.account.paid, self.account.bonus), (100, 15))
        self.assertLedger()

    def test_what_is_spent_cannot_be_taken_back(self):
        top_up = self.account._post(20, key="top up", reason="correction")
        self.account._post(-130, key="spend", reason="sale")
        with self.assertRaises(BalanceTooLow), self.env.cr.savepoint():
            self._correction(self.account, entry_id=top_up.id).action_apply()
        self.assertEqual(self.account.points, 5)

    def test_a_program_given_in_the_office_is_taken_back_whole(self):
        grant = self.account.entry_ids.filtered(lambda entry: entry.reason == "grant")
        self._correction(self.account, entry_id=grant.id).action_apply()
        self.assertEqual((self.account.points, self.account.grant_ids.state), (0, "undone"))
        self.assertEqual(self.account.entry_ids.sorted("id")[-1].note, "counted again")

    def test_what_was_sold_is_taken_back_where_it_was_sold(self):
        sold = self.env["loyalty.card.grant"]._settle(
            "res.partner", self.berg.id, 1, self.credit, self.berg, paid=50, origin_name="S00042"
        )
        with self.assertRaisesRegex(UserError, "S00042"):
            self._correction(self.account, entry_id=sold.entry_id.id).action_apply()

    def test_a_counter_is_corrected_to_what_is_left(self):
        """The drawer says 60 left, the system 66: 60 it is, used stays what was issued."""
        form = Form(
            self.env["loyalty.card.correction"]
            .with_user(self.manager)
            .with_context(
                **self.counter.with_user(self.manager).action_loyalty_update_balance()["context"]
            )
        )
        self.assertEqual((form.allowance_id, form.seen_balance), (self.allowance, 66))
        form.new_balance = 60
        form.note = "Stock-taking"
        form.save().action_apply()
        self.assertEqual(
            (self.counter.points, self.allowance.remaining, self.allowance.used), (60, 60, 6)
        )
        entry = self.counter.entry_ids[0]
        self.assertEqual(
            (entry.reason, entry.note, entry.delta), ("correction", "Stock-taking", -6)
        )
        self._correction(self.counter, entry_id=entry.id).action_apply()
        self.assertEqual((self.counter.points, self.allowance.remaining), (66, 66))

    def test_the_difference_falls_on_the_chosen_bucket(self):
        """I3: 15 bonus can lose 15, not 20; paid money stays untouched."""
        with self.assertRaises(UserError):
            self._correction(self.account, new_balance=95, bucket="bonus").action_apply()
        self._correction(self.account, new_balance=105, bucket="bonus").action_apply()
        self.assertEqual((self.account.paid, self.account.bonus), (100, 5))
        self._correction(self.account, new_balance=125, bucket="paid").action_apply()
        self.assertEqual((self.account.paid, self.account.bonus), (120, 5))

    def test_a_correction_is_booked_once(self):
        correction = self._correction(self.account, new_balance=100)
        correction.action_apply()
        correction.action_apply()
        self.assertEqual(len(self.account.entry_ids), 2)

    def test_a_balance_that_changed_meanwhile_is_not_corrected(self):
        dialog = Form(
            self.env["loyalty.card.correction"]
            .with_user(self.manager)
            .with_context(default_card_id=self.account.id)
        )
        dialog.new_balance = 110
        dialog.note = "counted"
        self.account._post(-50, key="spend", reason="sale")
        correction = dialog.save()
        with self.assertRaisesRegex(UserError, "65"):
            correction.action_apply()
        self.assertEqual(self.account.points, 65)

    def test_reserved_credit_stays(self):
        """Law 6: a correction does not take what an open order reserved."""
        self.account._reserve(100, kind="quotation", key="S1")
        with self.assertRaises(BalanceTooLow):
            self._correction(self.account, new_balance=90).action_apply()

    def test_no_reason_no_balance_no_manager(self):
        for values, error in (
            ({"new_balance": 10, "note": "  "}, UserError),
            ({"new_balance": -1}, UserError),
            ({"new_balance": 115}, UserError),
        ):
            with self.subTest(values=values), self.assertRaises(error):
                self._correction(self.account, **values).action_apply()
        correction = self._correction(self.account, new_balance=10)
        with self.assertRaises(AccessError):
            correction.with_user(self.seller).action_apply()
        entry = self.account.entry_ids[0]
        other = self._correction(self.counter, entry_id=entry.id)
        with self.assertRaises(UserError):
            other.action_apply()
