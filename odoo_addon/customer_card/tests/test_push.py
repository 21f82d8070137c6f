from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CardCase


@tagged("post_install", "-at_install")
class TestPush(CardCase):
    """Issues whose goods lie in the stock of another ERP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_stock_foreign = True
        cls.worker = new_test_user(
            cls.env, "card_worker", groups="base.group_user,customer_card.group_worker"
        )
        cls.outbox = cls.env["customer.card.outbox"].with_user(cls.worker)
        cls.battery.write({"default_code": "B10", "barcode": "4012345678901"})
        cls.berg.ref = "K-0003"
        cls.enrolment = cls._counter_program(no_article_choice=True)._enrol(customer_card=cls.card)

    def _insert(self, number=1):
        self._screen()
        self._claim(self._present(key=f"insert-{number}"))
        return self.enrolment.entry_ids[0]

    def _confirm(self, rows, **result):
        ids = [row["id"] for row in rows]
        return self.outbox.browse(ids).push_done([{"id": one, **result} for one in ids])

    def test_an_issue_is_handed_out_with_its_data(self):
        """AX-07 AX-12: the counter is at 71 at once; the worker gets numbers, no ids of ours."""
        entry = self._insert()
        self.assertEqual(self.enrolment.points, 71)
        self.assertEqual(self.outbox.pull(["issue"])["rows"], [], "not for the local stock")
        page = self.outbox.pull_issues(worker="test")
        (row,) = page["rows"]
        self.assertEqual(page["backlog"], 1)
        self.assertRegex(row.pop("key"), rf"^\w+_{entry.id}$")
        row.pop("id")
        row.pop("date")
        self.assertEqual(
            row,
            {
                "quantity": 1.0,
                "unit": "Units",
                "product": {"code": "B10", "barcode": "4012345678901", "name": "Battery 10"},
                "customer": {"ref": "K-0003", "name": "Karl Berg"},
                "place": "Counter 1",
                "lot": "",
                "origin": "Batteries",
            },
        )

    def test_what_is_confirmed_is_gone_and_names_its_document(self):
        """AX-07: confirmed twice, noted once."""
        entry = self._insert()
        rows = self.outbox.pull_issues()["rows"]
        for _ in range(2):
            answer = self._confirm(rows, reference="WH/OUT/00007")
            self.assertEqual((answer["done"], answer["failed"]), ([rows[0]["id"]], []))
        self.assertEqual(entry.foreign_reference, "WH/OUT/00007")
        self.assertEqual(self.env["customer.card.foreign.move"].search_count([]), 1)
        self.assertEqual(self.outbox.pull_issues()["rows"], [])

    @mute_logger("odoo.addons.customer_card.models.outbox.customer_card_outbox")
    def test_a_failure_is_seen_on_its_row(self):
        """The reason stands on the row; after 20 attempts somebody has to look and press."""
        self._insert()
        rows = self.outbox.pull_issues()["rows"]
        row = self.env["customer.card.outbox"].browse(rows[0]["id"])
        for attempt in range(1, 20):
            self._confirm(rows, error="The other ERP has no article B10.")
            self.assertEqual((row.state, row.attempts), ("failed", attempt))
        self._confirm(rows, error="The other ERP has no article B10.")
        self.assertEqual((row.state, row.error), ("dead", "The other ERP has no article B10."))
        row.retry_at = "2020-01-01"
        self.assertEqual(self.outbox.pull_issues()["rows"], [], "nothing tries for ever")
        row.with_user(self.seller).action_retry()
        self.assertEqual(len(self.outbox.pull_issues()["rows"]), 1)

    def test_a_reversal_waits_for_its_issue(self):
        """AX-07 AP-37: goods come back after they went; both are booked over there."""
        self._insert()
        self.enrolment.action_reverse_last_issue()
        rows = self.outbox.pull_issues()["rows"]
        self.assertEqual([row["quantity"] for row in rows], [1.0])
        self._confirm(rows, reference="WH/OUT/00001")
        rows = self.outbox.pull_issues()["rows"]
        self.assertEqual([row["quantity"] for row in rows], [-1.0])

    def test_a_till_may_differ_from_its_company(self):
        self.till.stock_place = "here"
        self._insert()
        self.assertEqual(self.outbox.pull_issues()["rows"], [])
        self.env.company.card_stock_foreign = False
        self.till.stock_place = "foreign"
        self._insert(2)
        self.assertEqual(len(self.outbox.pull_issues()["rows"]), 1)

    def test_a_reversal_goes_where_its_issue_went(self):
        self._insert()
        self._confirm(self.outbox.pull_issues()["rows"], reference="WH/OUT/00001")
        self.env.company.card_stock_foreign = False
        self.enrolment.action_reverse_last_issue()
        self.assertEqual([row["quantity"] for row in self.outbox.pull_issues()["rows"]], [-1.0])

    def test_only_the_worker_may(self):
        outbox = self.env["customer.card.outbox"].with_user(self.seller)
        with self.assertRaises(AccessError):
            outbox.pull_issues()
        with self.assertRaises(AccessError):
            outbox.push_done([])
