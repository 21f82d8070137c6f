from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestHolds(CardCase):
    """Law 6: who spends reserves first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        program = cls.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        cls.credit = program._enrol(cls.berg, amount=50, paid=50)

    def test_two_orders_share_what_is_there(self):
        """AX-19: 50.00 there, one order reserves 30.00, the next gets 20.00 at most."""
        self.credit._reserve(30, kind="quotation", key="order:1")
        self.assertEqual(self.credit._free(), 20)
        self.assertEqual(self.credit._free("order:1"), 50)
        with self.assertRaisesRegex(BalanceTooLow, "Only 20 left"):
            self.credit._reserve(20.01, kind="quotation", key="order:2")
        self.credit._reserve(20, kind="quotation", key="order:2")
        self.assertLedger()
        with self.assertRaises(BalanceTooLow):
            self.credit._post(-1, key="without", reason="sale")

    def test_the_same_order_changes_its_reservation(self):
        """AP-56: the cashier lowers the amount, raises it again, removes the line."""
        for amount in (50, 12.34, 50):
            self.credit._reserve(amount, kind="pos", key="order:1")
            self.assertLedger()
            self.assertEqual(self.credit.held, amount)
        self.assertFalse(self.credit._reserve(0, kind="pos", key="order:1"))
        self.assertEqual((self.credit.held, self.credit._free()), (0, 50))

    def test_capture_is_followed_by_the_booking(self):
        """AX-19: the reservation becomes the booking; twice changes nothing."""
        self.credit._reserve(30, kind="pos", key="order:1")
        for _twice in range(2):
            self.credit._capture_hold("order:1")
            self.credit._post(-30, key="order:1", reason="sale")
            self.assertLedger()
        self.assertEqual((self.credit.points, self.credit.held), (20, 0))
        self.assertEqual(self.credit.hold_ids.state, "captured")

    def test_a_till_that_died_blocks_nobody_for_long(self):
        """AX-19: after 15 minutes the next order gets what an abandoned one reserved."""
        self.credit._reserve(50, kind="pos", key="order:1")
        with self.assertRaises(BalanceTooLow):
            self.credit._reserve(1, kind="pos", key="order:2")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.credit._reserve(50, kind="pos", key="order:2")
            self.assertLedger()
            self.assertEqual(self.credit._open_hold("order:1").id, False)

    def test_quotations_keep_theirs(self):
        """AP-23: the reservation of a quotation has no clock; the cron releases the others."""
        self.credit._reserve(20, kind="quotation", key="order:1")
        self.credit._reserve(20, kind="pos", key="order:2")
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.env["loyalty.card"]._cron_release_holds()
        self.assertEqual(self.credit.held, 20)
        self.assertEqual(self.credit._open_hold("order:1").amount, 20)

    def test_a_paid_order_is_booked_whatever_is_left(self):
        """Law 6: native code spends more than is there: flagged, and a manager is told."""
        self.credit.sudo().write({"points": -10})
        self.credit.invalidate_recordset(["entry_ids"])
        self.assertTrue(self.credit.entry_ids[0].overdrawn)
        self.assertEqual(self.credit.paid, -10)
        self.assertEqual(self.credit.activity_ids.summary, "Overdrawn")
