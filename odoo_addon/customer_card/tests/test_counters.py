from odoo.addons.customer_card.exceptions import OncePerDay
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestCounters(CardCase):
    """Several counters of one card: 30 batteries and 4 cleaning sets, the card inserted once."""

    def _claim_both(self, **values):
        program = self._counter_program(30, **values)
        program.line_ids = [(0, 0, {"product_id": self.other.id, "quantity": 4})]
        self.enrolment = program._enrol(customer_card=self.card)
        self._screen()
        return self._claim(self._present())

    def _give(self, claim, counter, quantity):
        chosen = claim["counters"][counter]
        product = chosen["products"][0]["id"]
        return (
            self.env["customer.card.event"]
            .with_user(self.seller)
            .issue(
                claim["event_id"],
                chosen["allowance_id"],
                product,
                quantity,
                f"dialog-{counter}",
                self.secret,
            )
        )

    def test_each_counter_once_with_one_insertion(self):
        """AP-25 AP-26: 3 batteries and 1 set; each counter on its own, both told, once each."""
        claim = self._claim_both()
        self.assertEqual(self._give(claim, 0, 3)["remaining"], 27)
        self.assertEqual(self._give(claim, 1, 1)["remaining"], 3)
        self.assertEqual(self._give(claim, 1, 1)["remaining"], 3, "a repeat books once")
        self.assertEqual(self.enrolment.points, 30)
        event = self.env["customer.card.event"].browse(claim["event_id"])
        self.assertIn("27 left. 1 × Cleaning set issued, 3 left.", event.message)

    def test_both_counters_use_the_day_once(self):
        """AP-37: once per day means one visit: both counters today, neither with another insert."""
        claim = self._claim_both(once_per_day=True)
        self._give(claim, 0, 1)
        self._give(claim, 1, 1)
        self.assertEqual(self.enrolment.points, 32)
        with self.assertRaises(OncePerDay), self.env.cr.savepoint():
            self.enrolment._issue(
                self.enrolment.allowance_ids[0], self.battery, 1, key="b", visit="event:0:"
            )
        self.assertEqual(self._present(key="insert-2")["status"], "refused")
