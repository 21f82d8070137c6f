from odoo import fields
from odoo.addons.customer_card.tests.common import PatientBrowser, play_reader
from odoo.tests import tagged

from .common import StockCase


@tagged("post_install", "-at_install")
class TestScreens(StockCase, PatientBrowser):
    """The issue dialog in a real browser; only reader and bus are replaced by the tour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.till"].search([]).active = False
        cls.till = cls.env["customer.till"].create({"name": "Theke 1"})
        play_reader(cls.seller, cls.till)

    def _tap(self, card, uid):
        self.env["customer.card.medium"]._assign(card, "uid", "rfid", uid)

    def _issues(self, enrolments):
        self.env.invalidate_all()
        return enrolments.entry_ids.filtered(lambda entry: entry.reason == "issue").sorted("id")

    def test_the_purpose_is_one_click(self):
        """AX-11: card of branch F: two buttons, one click; Enter is the customer gift.

        EX-02: for the firm that was typed and chosen.
        """
        firm = self.env["res.partner"].create({"name": "Brillen Schmidt", "is_company": True})
        self.env.company.card_issue_partner_id = self.berg
        self.shop.name = "Filiale Nord"
        card, _token = self._issue_card(warehouse_id=self.shop.id)
        enrolment = self._free_program("Free issues", self.battery)._enrol(customer_card=card)
        self._tap(card, "04BRANCH")
        self.start_tour("/odoo", "customer_card_stock_free_issue", login="card_seller")
        issues = self._issues(enrolment)
        self.assertEqual(issues.mapped("purpose"), ["own_use", "customer_gift"])
        self.assertEqual(issues.mapped("quantity"), [1, 1])
        self.assertEqual([one.recipient_id.id for one in issues], [False, firm.id])

    def test_a_lot_and_two_counters_with_one_insertion(self):
        """AP-25 AP-26: 2 of 30 cells from a chosen lot and 1 of 4 capsules, card inserted once."""
        cell = self._product("Cell 312", 10.0, is_storable=True, tracking="lot")
        new, old = self._lot(cell, "L-new"), self._lot(cell, "L-old")
        for lot, quantity, day in ((new, 6, "2026-01-20"), (old, 4, "2026-01-10")):
            self._receive(cell, quantity, lot, in_date=fields.Datetime.to_datetime(day))
        capsule = self._product("Dry capsule", 3.0, is_storable=True)
        cells = self._counter_program(30, cell)._enrol(customer_card=self.card)
        capsules = self._counter_program(4, capsule, name="Capsules")._enrol(
            customer_card=self.card
        )
        self._tap(self.card, "04LOTS")
        self.start_tour("/odoo", "customer_card_stock_lots", login="card_seller")
        issues = self._issues(cells | capsules)
        self.assertEqual(issues.mapped("quantity"), [2, 1])
        self.assertEqual((issues[0].lot_id, cells.points, capsules.points), (new, 28, 3))
        event = self.env["customer.card.event"].search([("till_id", "=", self.till.id)])
        self.assertEqual((len(event), event.state), (1, "done"))
        self.assertIn("28 left", event.message)
        self.assertIn("3 left", event.message)
