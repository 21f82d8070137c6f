from odoo.tests import tagged

from .common import CardCase

# What a booking sends with nothing cached, the goods in our own stock; docs/bench.md lists them.
BOOKING = 14
ONCE_PER_DAY = 2
CONFIRMED = 22


@tagged("post_install", "-at_install")
class TestStatements(CardCase):
    """Issue 11: one lock and one key look-up for each booking, nothing is read twice."""

    def _claimed(self, **values):
        """A presented card with two counters, of which the first is used; nothing is cached."""
        program = self._counter_program(30, products=self.battery | self.other, **values)
        self.enrolment = program._enrol(customer_card=self.card)
        self._screen()
        claim = self._claim(self._present())
        self._confirm(claim, 0, "first")
        self.env.flush_all()
        self.env.invalidate_all()
        self._enrolment().env.company  # noqa: B018  (each call has asked who calls before)
        return claim

    def _confirm(self, claim, number, key):
        counter = claim["counters"][number]
        article = self.env["product.product"].browse(counter["products"][0]["id"])
        return self._issue({**claim, "counters": [counter]}, 1, article, key)

    def _enrolment(self):
        return self.enrolment.with_user(self.seller).sudo()

    def _book(self, claim, key):
        counter = self.env["loyalty.card.allowance"].browse(claim["counters"][1]["allowance_id"])
        visit = f"event:{claim['event_id']}:"
        where = {"till_id": self.till.id, "customer_card_id": self.card.id}
        return self._enrolment()._issue(counter, self.other, 1, key=key, visit=visit, **where)

    def test_a_booking(self):
        claim = self._claimed()
        with self.assertQueryCount(BOOKING):
            entry = self._book(claim, "booking")
        self.env.invalidate_all()
        with self.assertQueryCount(3):  # the lock with the key, then what the key stands for
            self.assertEqual(self._book(claim, "booking"), entry)

    def test_a_booking_once_per_day(self):
        """AP-37: the day's row and whose visit took it."""
        claim = self._claimed(once_per_day=True)
        with self.assertQueryCount(BOOKING + ONCE_PER_DAY):
            self._book(claim, "booking")

    def test_what_the_seller_confirms(self):
        """The screen, its seller and the card are asked anew, too."""
        claim = self._claimed()
        with self.assertQueryCount(CONFIRMED):
            self._confirm(claim, 1, "second")
        self.assertEqual(self.enrolment.points, 58)
