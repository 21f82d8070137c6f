from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CardCase

AUDIT = "odoo.addons.customer_card.models.ledger.loyalty_card_audit"


@tagged("post_install", "-at_install")
class TestAudit(CardCase):
    """The daily audit sees each law that is broken, and nothing else."""

    def setUp(self):
        super().setUp()
        self.enrolment = self._counter_program()._enrol(customer_card=self.card)
        self.enrolment._issue(self.enrolment.allowance_ids, self.battery, 1, key="one")

    def _broken(self, statement):
        """Break the ledger behind Odoo's back; returns the laws the audit names, then mends it."""
        laws = []
        with self.env.cr.savepoint() as savepoint:
            self.env.flush_all()
            self.env.cr.execute("SET LOCAL customer_card.ledger = 'open'")
            self.env.cr.execute(statement, {"card": self.enrolment.id})
            self.env.invalidate_all()
            found = self.env["loyalty.card"]._audit_ledger()
            self.assertEqual({row["card_id"] for row in found}, {self.enrolment.id})
            laws = [row["law"] for row in found]
            savepoint.rollback()
        self.env.invalidate_all()
        return laws

    def test_each_broken_law_is_named(self):
        for statement, laws in (
            ("UPDATE loyalty_card SET points = 70 WHERE id = %(card)s", ["sum", "last_balance"]),
            ("UPDATE loyalty_card SET held = 1 WHERE id = %(card)s", ["held"]),
            ("UPDATE loyalty_card SET entry_seq = 3 WHERE id = %(card)s", ["sequence"]),
            ("UPDATE loyalty_card_allowance SET used = 2 WHERE card_id = %(card)s", ["used"]),
            (
                "UPDATE loyalty_card_entry SET balance = 5 WHERE card_id = %(card)s"
                " AND sequence = 1",
                ["running_balance", "chain"],
            ),
            (
                "DELETE FROM loyalty_card_entry WHERE card_id = %(card)s AND sequence = 2",
                ["sum", "last_balance", "sequence", "used"],
            ),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(self._broken(statement), laws)
        self.assertLedger()

    def test_buckets_are_audited(self):
        """I3: paid plus bonus is the balance, and each is what its entries say."""
        program = self.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        self.enrolment = program._enrol(self.berg, amount=115, paid=100)
        self.assertEqual((self.enrolment.paid, self.enrolment.bonus), (100, 15))
        for statement, laws in (
            ("UPDATE loyalty_card SET bonus = 16 WHERE id = %(card)s", ["buckets"]),
            ("UPDATE loyalty_card SET paid = 115, bonus = 0 WHERE id = %(card)s", ["paid"]),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(self._broken(statement), laws)

    def test_managers_are_told_once_and_see_the_rows(self):
        manager = new_test_user(self.env, "card_manager", groups="customer_card.group_manager")
        cards = self.env["loyalty.card"].with_user(manager)
        self.assertEqual(cards.action_audit_ledger()["tag"], "display_notification")
        with self.env.cr.savepoint() as savepoint, mute_logger(AUDIT):
            self.enrolment.flush_recordset()
            self.env.cr.execute(
                "UPDATE loyalty_card SET points = 70 WHERE id = %s", [self.enrolment.id]
            )
            self.env.invalidate_all()
            self.env["loyalty.card"]._cron_audit_ledger()
            action = cards.action_audit_ledger()
            self.assertEqual(len(self.enrolment.activity_ids), 1)
            self.assertIn("71", self.enrolment.activity_ids.note)
            self.assertIn(self.enrolment, cards.search(action["domain"]))
            savepoint.rollback()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.env["loyalty.card"].with_user(self.seller).action_audit_ledger()
