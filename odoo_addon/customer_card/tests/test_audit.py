from odoo.tests import tagged

from .common import CardCase


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
                ["running_balance"],
            ),
            (
                "DELETE FROM loyalty_card_entry WHERE card_id = %(card)s AND sequence = 2",
                ["sum", "last_balance", "sequence", "used"],
            ),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(self._broken(statement), laws)
        self.assertLedger()
