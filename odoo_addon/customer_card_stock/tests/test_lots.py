from datetime import timedelta

from odoo import fields
from odoo.addons.customer_card.exceptions import CardNotUsable
from odoo.tests import tagged

from .common import StockCase


@tagged("post_install", "-at_install")
class TestLots(StockCase):
    """Hearing aid batteries by lot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cell = cls._product("Cell 312", 10.0, is_storable=True, tracking="lot")
        cls.program = cls._counter_program(30, products=cls.cell)
        cls.enrolment = cls.program._enrol(customer_card=cls.card)

    def _dated(self, name, quantity, day):
        """A lot that came into the stock on *day* of January."""
        lot = self._lot(self.cell, name)
        self._receive(self.cell, quantity, lot, in_date=fields.Datetime.to_datetime(day))
        return lot

    def _lots(self, claim):
        return [lot["name"] for lot in claim["counters"][0]["products"][0]["lots"]]

    def test_the_dialog_offers_the_lots_in_stock_the_oldest_first(self):
        """AP-25: lots of the till's warehouse only, with what is free of them."""
        self._dated("L-new", 6, "2026-01-20")
        self._dated("L-old", 4, "2026-01-10")
        self._lot(self.cell, "L-empty")
        elsewhere = self.env["stock.warehouse"].create({"name": "Elsewhere", "code": "ELS"})
        self._receive(self.cell, 9, self._lot(self.cell, "L-elsewhere"), elsewhere)
        claim = self._insert()
        self.assertEqual(self._lots(claim), ["L-old", "L-new"])
        product = claim["counters"][0]["products"][0]
        self.assertEqual([lot["free"] for lot in product["lots"]], ["4", "6"])
        self.till.warehouse_id = elsewhere
        self.assertEqual(self._lots(self._insert(2)), ["L-elsewhere"])

    def test_first_expired_first_out_and_never_expired(self):
        """FEFO: the lot that expires first stands on top, an expired one is not offered."""
        if "expiration_date" not in self.env["stock.lot"]._fields:
            self.skipTest("Odoo's expiry dates (product_expiry) are not installed")
        self.cell.use_expiration_date = True
        now = fields.Datetime.now()
        for name, days in (("L-late", 300), ("L-soon", 30), ("L-gone", -1)):
            until = now + timedelta(days=days)
            self._lot(self.cell, name, 5, expiration_date=until, removal_date=until)
        claim = self._insert()
        self.assertEqual(self._lots(claim), ["L-soon", "L-late"])
        self.assertTrue(claim["counters"][0]["products"][0]["lots"][0]["expires"])

    def test_the_lot_is_on_entry_and_move(self):
        """AX-07 AP-26: the chosen lot leaves the stock, the other stays."""
        old = self._dated("L-old", 4, "2026-01-10")
        new = self._dated("L-new", 6, "2026-01-20")
        self._confirm(self._insert(), self.cell, 3, lot_id=new.id)
        self.assertEqual(self._work()["failed"], [])
        entry = self.enrolment.entry_ids[0]
        self.assertEqual((entry.lot_id, entry.stock_move_ids.move_line_ids.lot_id), (new, new))
        self.assertEqual((old.product_qty, new.product_qty, self.enrolment.points), (4, 3, 27))

    def test_a_lot_has_to_be_chosen_from_the_stock(self):
        """AP-26: no lot, another article's, an empty one, more than there is: nothing booked."""
        lot = self._dated("L-1", 4, "2026-01-10")
        empty = self._lot(self.cell, "L-empty")
        other = self._product("Other cell", 10.0, is_storable=True, tracking="lot")
        strange = self._lot(other, "L-other", 5)
        claim = self._insert()
        for quantity, choice in (
            (1, {}),
            (1, {"lot_id": empty.id}),
            (1, {"lot_id": strange.id}),
            (5, {"lot_id": lot.id}),
        ):
            with self.assertRaises(CardNotUsable), self.env.cr.savepoint():
                self._confirm(claim, self.cell, quantity, **choice)
        self.assertEqual(self.enrolment.points, 30)
        self._confirm(claim, self.cell, 4, lot_id=lot.id)
        self.assertEqual(self.enrolment.points, 26)

    def test_what_waits_for_the_worker_is_not_free(self):
        """A lot's last piece is not issued twice while the stock still shows it."""
        lot = self._dated("L-1", 1, "2026-01-10")
        claim = self._insert()
        self._confirm(claim, self.cell, 1, lot_id=lot.id)
        self.assertEqual(self._confirm(claim, self.cell, 1, lot_id=lot.id)["remaining"], 29)
        self.assertEqual(self._lots(self._insert(2)), [])
        self._work()
        self.assertEqual((self._lots(self._insert(3)), lot.product_qty), ([], 0))

    def test_direct_issue_takes_the_only_lot(self):
        """AP-35: with one lot in stock nobody is asked."""
        self.program.no_article_choice = True
        lot = self._dated("L-1", 4, "2026-01-10")
        self.assertEqual(self._insert()["result"]["remaining"], 29)
        self.assertEqual(self.enrolment.entry_ids[0].lot_id, lot)

    def test_direct_issue_asks_when_there_is_a_choice(self):
        """AP-35: two lots, or none: the dialog opens, nothing is booked."""
        self.program.no_article_choice = True
        self.assertFalse(self._insert(1)["result"])
        self._dated("L-1", 4, "2026-01-10")
        self._dated("L-2", 4, "2026-01-11")
        self.assertFalse(self._insert(2)["result"])
        self.assertEqual(self.enrolment.points, 30)

    def test_a_serial_number_is_one_piece(self):
        """A device by serial number: one piece, once."""
        device = self._product("Charger", 90.0, is_storable=True, tracking="serial")
        serial = self._lot(device, "SN-1", 1)
        self.enrolment.blocked = True
        enrolment = self._counter_program(2, device, name="Chargers")._enrol(
            customer_card=self.card
        )
        claim = self._insert()
        with self.assertRaises(CardNotUsable), self.env.cr.savepoint():
            self._confirm(claim, device, 2, lot_id=serial.id)
        self._confirm(claim, device, 1, lot_id=serial.id)
        self.assertEqual(self._work()["failed"], [])
        self.assertEqual((enrolment.points, serial.product_qty), (1, 0))

    def test_an_issue_nobody_was_asked_about_takes_the_only_lot(self):
        """Booked from elsewhere without a lot: the worker takes the only one in stock."""
        lot = self._dated("L-1", 4, "2026-01-10")
        self.enrolment._issue(self.enrolment.allowance_ids, self.cell, 1, key="elsewhere")
        self.assertEqual(self._work()["failed"], [])
        self.assertEqual(lot.product_qty, 3)

    def test_lots_of_another_erp_are_not_asked_for(self):
        """The stock lies elsewhere: nothing is asked, the issue waits for that ERP."""
        self.env.company.card_stock_foreign = True
        claim = self._insert()
        self.assertNotIn("lots", claim["counters"][0]["products"][0])
        self.assertEqual(self._confirm(claim, self.cell, 1)["remaining"], 29)

    def test_a_reversal_brings_the_lot_back(self):
        """AP-37: the same lot returns."""
        lot = self._dated("L-1", 4, "2026-01-10")
        self._dated("L-2", 4, "2026-01-11")
        self._confirm(self._insert(), self.cell, 3, lot_id=lot.id)
        self._work()
        self.enrolment.action_reverse_last_issue()
        self.assertEqual(self._work()["failed"], [])
        self.assertEqual((lot.product_qty, self.enrolment.points), (4, 30))
