from datetime import date

from freezegun import freeze_time

from odoo.addons.customer_card_report.tests.test_issue_slip import IssueSlipCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestIssueSlipOfPayer(IssueSlipCase):
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
