from odoo.addons.customer_card.exceptions import BadNumber, CardNotUsable
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..rules import sun
from .common import CardCase

NO_NUMBERS = ("nan", float("nan"), float("inf"), float("-inf"), 10**20, -1e300, "٣", True, [1], "x")


@tagged("post_install", "-at_install")
class TestNumberDoors(CardCase):
    """Every number that is booked is finite, of its scale, in plain digits, and not too big."""

    def setUp(self):
        super().setUp()
        self.counter = self._counter_program()._enrol(customer_card=self.card)
        program = self.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        self.credit = program._enrol(self.berg, amount=50, paid=50)

    def _unchanged(self):
        self.assertEqual((self.credit.points, self.credit.held), (50, 0))
        self.assertEqual((self.counter.points, self.counter.allowance_ids.used), (72, 0))
        self.assertLedger()

    def test_no_number_is_booked_reserved_or_captured(self):
        for number, value in enumerate(NO_NUMBERS):
            with self.subTest(value=value):
                with self.assertRaises(BadNumber):
                    self.credit._post(value, key=f"post-{number}", reason="correction")
                with self.assertRaises(BadNumber):
                    self.credit._reserve(value, kind="pos", key=f"hold-{number}")
                with self.assertRaises(BadNumber):
                    self.counter._issue(
                        self.counter.allowance_ids, self.battery, value, key=f"issue-{number}"
                    )
                self._unchanged()

    def test_a_fraction_that_no_counter_holds(self):
        """Low: issuing 0.004 booked -0.004 points and 0.00 pieces."""
        for quantity in (0.004, "0.001", 1.005, 0.000001):
            with self.assertRaisesRegex(CardNotUsable, "at most 2 decimals"):
                self.counter._issue(
                    self.counter.allowance_ids, self.battery, quantity, key=f"issue-{quantity}"
                )
            self._unchanged()
        entry = self.counter._issue(
            self.counter.allowance_ids, self.battery, "0.25", key="a quarter"
        )
        self.assertEqual((entry.delta, entry.quantity), (-0.25, 0.25))

    def test_a_seller_sends_a_fraction(self):
        """Sibling: the same through the dialog of a presented card."""
        self._screen()
        claim = self._claim(self._present())
        for number, quantity in enumerate((0.004, float("nan"), "٣", 10**20, None, -1)):
            with self.assertRaises(UserError):
                self._issue(claim, quantity, key=f"dialog-{number}")
        self._unchanged()

    def test_what_is_no_id(self):
        """L4: text, lists and numbers out of range where a screen or a reader names a row."""
        secret = self._screen()
        claim = self._claim(self._present())
        events = self.env["customer.card.event"].with_user(self.seller)
        writing = self.env["customer.card.encoding"]
        by_seller, by_bridge = writing.with_user(self.seller), writing.with_user(self.bridge)
        tills = self.env["customer.till"].with_user(self.seller)
        event, article = claim["event_id"], self.battery.id
        counter = claim["counters"][0]["allowance_id"]
        for number, value in enumerate(("x", {}, [1, 2], True, None, -1, 2**70, float("nan"))):
            for method, *arguments in (
                (events.issue, event, value, article, 1, f"a{number}", secret),
                (events.issue, event, counter, value, 1, f"b{number}", secret),
                (events.issue, value, counter, article, 1, f"c{number}", secret),
                (tills.pair_screen, value),
                (by_seller.request, value, secret),
                (by_seller.request_new, value, secret),
                (by_bridge.reserve, value),
                (by_bridge.confirm, value, "x"),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    method(*arguments)
        self._unchanged()
        entry = self._issue(claim, key="k" * 10**6)
        self.assertEqual(entry, self._issue(claim, key="k" * 10**6))
        self.assertEqual(self.counter.points, 71)

    def test_less_than_nothing_is_not_reserved(self):
        """L4: a sentence instead of the database's words."""
        with self.assertRaisesRegex(BadNumber, "above zero"):
            self.credit._reserve(-1, kind="pos", key="order:1")
        self._unchanged()

    def test_a_fraction_does_not_come_back(self):
        """Sibling: taking 0.004 of an issue back."""
        entry = self.counter._issue(self.counter.allowance_ids, self.battery, 2, key="two")
        with self.assertRaises(CardNotUsable):
            self.counter._reverse_issue(entry, key="back", quantity=0.004)
        self.counter._reverse_issue(entry, key="back", quantity=2)
        self._unchanged()

    def test_a_balance_stays_below_the_limit(self):
        """Sibling: many bookings that are each small enough."""
        points = self.env["loyalty.program"].create({"name": "Points", "kind": "points"})
        account = points._enrol(self.berg)
        account._post(999_999_999, key="nearly", reason="correction")
        with self.assertRaises(BadNumber):
            account._post(1, key="over", reason="correction")
        account._post("0.999999", key="the last", reason="correction")
        self.assertEqual(account.points, 999_999_999.999999)

    def test_text_that_is_no_tap(self):
        """Low: ``sun.verify`` raised on blanks instead of saying no."""
        master, uid = bytes(range(16)), bytes.fromhex("04112233445566")
        meta = sun.meta_key(master)
        good = sun.tap_text(uid, 7, meta, sun.file_key(master, uid))
        bad = (" " * 32 + "." + " " * 16, good[:30] + "  " + good[32:], good + "\n", "", None)
        for value in (*bad, good[:40] + "\t\t" + good[42:], good.replace("0", "٠"), "." * 49):
            self.assertIsNone(sun.verify(value, meta, lambda one: sun.file_key(master, one)))
        tap = sun.verify(good, meta, lambda one: sun.file_key(master, one))
        self.assertEqual(tap, sun.Tap("04112233445566", 7))


@tagged("post_install", "-at_install")
class TestSpendingNeedsAHold(CardCase):
    """Door 3: a hold is captured once, at most its amount."""

    def setUp(self):
        super().setUp()
        program = self.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        self.credit = program._enrol(self.berg, amount=50, paid=50)

    def test_at_most_what_was_reserved(self):
        for wanted, granted in ((5000, 20), (20, 20), (7.5, 7.5), (0, 0), (-3, 0), (None, 20)):
            self.credit._reserve(20, kind="pos", key="order:1")
            self.assertEqual(self.credit._capture_hold("order:1", wanted), granted)
            self.assertEqual(self.credit.held, 0)
            self.assertLedger()

    def test_once(self):
        self.credit._reserve(20, kind="pos", key="order:1")
        self.assertEqual(self.credit._capture_hold("order:1", 20), 20)
        self.assertEqual(self.credit._capture_hold("order:1", 20), 0)
        self.assertEqual(self.credit._capture_hold("order:1"), 0)

    def test_nothing_without_a_hold(self):
        self.assertEqual(self.credit._capture_hold("order:1", 20), 0)
        self.credit._reserve(20, kind="pos", key="order:1")
        self.credit._release_hold("order:1")
        self.assertEqual(self.credit._capture_hold("order:1", 20), 0)

    def test_not_the_hold_of_another_card(self):
        """The key of another card's reservation opens nothing here, and stays open there."""
        other = self.credit.program_id._enrol(
            self.env["res.partner"].create({"name": "Anna"}), amount=50, paid=50
        )
        other._reserve(20, kind="pos", key="order:1")
        self.assertEqual(self.credit._capture_hold("order:1", 20), 0)
        self.assertEqual(other.held, 20)
