from datetime import timedelta

from odoo import fields
from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import UserError
from odoo.tests import tagged


class IssueSlipCase(CardCase):
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


@tagged("post_install", "-at_install")
class TestIssueSlip(IssueSlipCase):
    def test_one_issue(self):
        """Article, quantity, date, card, holder, employee and the signature line."""
        entry = self._take(self._enrol(), 3, customer_card_id=self.card.id)
        html = self._html(entry.with_user(self.seller).action_print_slip())
        for said in (
            *(self.battery.name, "Karl Berg", self.card.number, self.env.user.name, "Signature"),
            *("3", entry.card_id.program_id.name),
        ):
            self.assertIn(said, html)

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
