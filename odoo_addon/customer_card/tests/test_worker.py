from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestWorker(CardCase):
    """What workers leave in the ERP: notes they share, tasks they gave up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = new_test_user(
            cls.env, "card_worker", groups="base.group_user,customer_card.group_worker"
        )
        cls.notes = cls.env["customer.card.worker.note"].with_user(cls.worker)
        cls.outbox = cls.env["customer.card.outbox"].with_user(cls.worker)

    def test_a_claim_belongs_to_one_until_it_ends(self):
        with freeze_time("2026-03-02 10:00:00"):
            self.assertTrue(self.notes.claim("drain", "a", 12))
            self.assertFalse(self.notes.claim("drain", "b", 12))
            self.assertTrue(self.notes.claim("drain", "a", 12), "renewed")
            self.assertEqual(self.notes.get("drain"), "a")
        with freeze_time("2026-03-02 10:00:13"):
            self.assertEqual(self.notes.get("drain"), "")
            self.assertTrue(self.notes.claim("drain", "b", 12))
            self.assertTrue(self.notes.claim("drain", "c", 12, over=True))
            self.notes.release("drain", "b")
            self.assertEqual(self.notes.get("drain"), "c", "only one's own")
            self.notes.release("drain", "c")
            self.assertEqual(self.notes.get("drain"), "")

    def test_a_task_given_up_lies_here_once_until_somebody_presses(self):
        for number in (1, 2):
            self.outbox.bury_task("customer_card.bill", {"until": "2026-03-01"}, "It broke.")
            row = self.env["customer.card.outbox"].search([("stream", "=", "task")])
            self.assertEqual((row.state, row.attempts), ("dead", number))
        self.assertEqual(row.error, "It broke.")
        self.assertEqual(self.outbox.raise_tasks(), [])
        row.with_user(self.seller).action_retry()
        risen = [{"task": "customer_card.bill", "arguments": {"until": "2026-03-01"}}]
        self.assertEqual(self.outbox.raise_tasks(), risen)
        self.assertEqual(self.outbox.raise_tasks(), [], "handed out once")

    def test_only_workers_may(self):
        for call in (
            lambda: self.notes.with_user(self.seller).claim("drain", "a", 12),
            lambda: self.notes.with_user(self.seller).put("drain", "a", 12),
            lambda: self.notes.with_user(self.seller).get("drain"),
            lambda: self.outbox.with_user(self.seller).bury_task("x", {}, ""),
            lambda: self.outbox.with_user(self.seller).raise_tasks(),
        ):
            with self.assertRaises(AccessError):
                call()
