from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestIssueSlip(CardCase):
    """EX-09: what was issued, on paper, with a line for the signature."""

    def _enrol(self, partner=None, **program):
        return self._counter_program(**program)._enrol(partner or self.berg)

    def _take(self, card, quantity=1, **values):
        key = f"slip:{card.id}:{card.entry_seq}"
        return card._issue(card.allowance_ids, self.battery, quantity, key=key, **values)

    def _html(self, action):
        reports = self.env["ir.actions.report"].with_user(self.seller)
        ids = action["context"]["active_ids"]
        return reports._render_qweb_html(action["report_name"], ids)[0].decode()

    def test_one_issue(self):
        """Article, quantity, date, card, holder, employee and the signature line."""
        entry = self._take(self._enrol(), 3, customer_card_id=self.card.id)
        html = self._html(entry.with_user(self.seller).action_print_slip())
        for said in (
            *(self.battery.name, "Karl Berg", self.card.number, self.env.user.name, "Signature"),
            *("3", entry.card_id.program_id.name),
        ):
            self.assertIn(said, html)

    def test_all_of_a_period_and_payer(self):
        """Two customers and two payers: only this payer's, a slip for each customer."""
        insurance = self.env["res.partner"].create({"name": "Insurance"})
        erika = self.env["res.partner"].create({"name": "Erika Meier"})
        first = self._enrol(payer_id=insurance.id)
        second = first.program_id._enrol(erika)
        other = self._enrol(erika)
        with freeze_time("2029-05-31 22:30"):  # 1 June in the shop
            taken = self._take(first) | self._take(second, 2) | self._take(other)
        with freeze_time("2029-05-31 21:30"):
            before = self._take(first)
        dialog = self.env["customer.card.issue.slip"].with_user(self.seller)
        june = {"date_from": date(2029, 6, 1), "date_to": date(2029, 6, 30)}
        action = dialog.create({**june, "payer_id": insurance.id}).action_print()
        self.assertEqual(set(action["context"]["active_ids"]), set((taken - taken[2]).ids))
        slips = taken[:2]._slips()
        self.assertEqual([slip["holder"] for slip in slips], ["Karl Berg", "Erika Meier"])
        self.assertEqual([slip["payer"] for slip in slips], ["Insurance"] * 2)
        self.assertIn("Erika Meier", self._html(action))
        action = dialog.create({**june, "partner_id": erika.id}).action_print()
        self.assertEqual(set(action["context"]["active_ids"]), set(taken[1:].ids))
        may = {"date_from": date(2029, 5, 31), "date_to": date(2029, 5, 31)}
        action = dialog.create({**may, "card_id": first.id}).action_print()
        self.assertEqual(action["context"]["active_ids"], before.ids)

    def test_what_came_back_is_not_on_it(self):
        card = self._enrol()
        entry = self._take(card, 3)
        card._reverse_issue(entry, key="back", quantity=1)
        self.assertEqual(entry._slips()[0]["lines"][0]["quantity"], "2")
        card._reverse_issue(entry, key="rest")
        with self.assertRaises(UserError):
            entry.action_print_slip()
        with self.assertRaises(UserError):
            self.env["customer.card.issue.slip"].create(
                {"date_from": fields.Date.today() - timedelta(days=9), "partner_id": self.berg.id}
            ).action_print()

    def test_from_customer_and_program(self):
        card = self._enrol()
        for record in (self.berg, card):
            dialog = record.with_user(self.seller).action_issue_slip()
            self.assertEqual(dialog["res_model"], "customer.card.issue.slip")
            self.assertIn(record.id, dialog["context"].values())
