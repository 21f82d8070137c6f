import base64

from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_takeover.tests.test_takeover import TITLES
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestOthers(CardCase):
    """neighbours: names, rights, logs and stock of others, with ours in one database."""

    def test_first_and_last_name(self):
        """N14, partner_firstname: a name that was just changed is found by the take-over."""
        person = self.env["res.partner"].create({"name": "Hans Schulze", "zip": "20095"})
        self.env.flush_all()
        person.lastname = "Schulz"
        self.env["loyalty.program"].create({"name": "Points", "kind": "points"})
        line = {"Name": "Hans Schulz", "ZIP": "20095", "Program": "Points", "Balance": "5"}
        cells = ";".join(line.get(title, "") for title in TITLES)
        taken = self.env["customer.card.import"].create(
            {"file": base64.b64encode(f"{';'.join(TITLES)}\r\n{cells}".encode()), "filename": "a"}
        )
        taken.action_check()
        taken.action_take_over()
        self.assertFalse(taken.refusal_ids)
        account = self.env["loyalty.card"].search([("partner_id", "=", person.id)])
        self.assertEqual(account.points, 5)

    def test_a_role_is_enough(self):
        """EX-17, base_user_role: who manages cards by a role makes a program."""
        manager = new_test_user(self.env, "by_role", groups="base.group_user")
        role = self.env["res.users.role"].create(
            {"name": "Cards", "implied_ids": [(4, self.env.ref("customer_card.group_manager").id)]}
        )
        role.line_ids = [(0, 0, {"user_id": manager.id})]
        with Form(self.env["loyalty.program.new"].with_user(manager)) as form:
            form.template = "points"
        self.assertTrue(form.record.action_create()["res_id"])

    def test_what_is_logged(self):
        """auditlog on balances and history: a card is used, and the ledger's laws hold."""
        for model in ("loyalty.card", "loyalty.card.entry"):
            rule = self.env["auditlog.rule"].create(
                {
                    "name": model,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "log_read": False,
                    "log_create": True,
                    "log_write": True,
                    "log_unlink": True,
                    "log_type": "full",
                }
            )
            rule.set_to_confirmed()
            self.addCleanup(rule.set_to_draft)
        enrolment = self._counter_program()._enrol(customer_card=self.card)
        enrolment._issue(enrolment.allowance_ids, self.battery, 1, key="logged")
        self.assertEqual(enrolment.points, 71)
        logs = self.env["auditlog.log"].search([("model_id.model", "=", "loyalty.card.entry")])
        self.assertTrue(logs)

    def test_no_negative_stock(self):
        """stock_no_negative: an issue without stock waits with the reason, the card was used."""
        self.battery.is_storable = True
        enrolment = self._counter_program()._enrol(customer_card=self.card)
        enrolment._issue(enrolment.allowance_ids, self.battery, 1, key="empty")
        row = self.env["customer.card.outbox"].search([("stream", "=", "issue")])
        row.with_context(test_stock_no_negative=True).book_issues()
        self.assertEqual((row.state, enrolment.points), ("failed", 71))
        self.assertIn("negative", row.error)
