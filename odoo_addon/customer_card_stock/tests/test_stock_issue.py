from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import StockCase


@tagged("post_install", "-at_install")
class TestStockIssue(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enrolment = cls._counter_program(no_article_choice=True)._enrol(customer_card=cls.card)

    def test_one_insert_takes_one_from_the_stock(self):
        """AX-07: on hand 100; one insert and the worker; 99, a done move linked to the entry."""
        self._insert()
        self.assertEqual(self.battery.qty_available, 100, "the counter does not wait for the stock")
        self.assertEqual(self.enrolment.points, 71)
        entry = self.enrolment.entry_ids[0]
        self.assertEqual(entry.stock_state, "waiting")
        self.assertEqual(self._work()["failed"], [])
        self.battery.invalidate_recordset()
        self.assertEqual(self.battery.qty_available, 99)
        move = entry.stock_move_ids
        self.assertEqual((move.state, move.quantity, move.partner_id), ("done", 1, self.berg))
        entry.invalidate_recordset()
        self.assertEqual(entry.stock_state, "done")

    def test_an_issue_that_waits_when_the_module_goes(self):
        """N16: the row says that no move came; it is not told as done."""
        self._insert()
        row = self.env["customer.card.outbox"].search([("stream", "=", "issue")])
        own = type(row)._book_issue
        core = next(
            one.__dict__["_book_issue"]
            for one in type(row).__mro__
            if one.__module__ == "odoo.addons.customer_card.models.outbox.customer_card_outbox"
            and "_book_issue" in one.__dict__
        )
        self.assertNotEqual(own, core)
        with patch.object(type(row), "_book_issue", core):
            answer = row.book_issues()
        self.assertEqual((answer["done"], row.state), ([], "failed"))
        self.assertIn("No stock move came of this issue", row.error)

    def test_booking_twice_moves_once(self):
        """AX-07: a reply that was lost is asked again; one move."""
        self._insert()
        row = self.env["customer.card.outbox"].search([("stream", "=", "issue")])
        ids = row.ids
        row.book_issues()
        self.assertEqual(row.browse(ids).book_issues(), {"done": ids, "failed": [], "busy": []})
        self.assertEqual(len(self.enrolment.entry_ids[0].stock_move_ids), 1)

    def test_72_inserts_are_72_moves(self):
        """AX-09: 72 rows, 72 moves, 28 left of 100."""
        for number in range(72):
            self._insert(number)
        self._work()
        moves = self.env["stock.move"].search(
            [("card_entry_id", "in", self.enrolment.entry_ids.ids)]
        )
        self.assertEqual((len(moves), set(moves.mapped("state"))), (72, {"done"}))
        self.battery.invalidate_recordset()
        self.assertEqual(self.battery.qty_available, 28)

    def test_reversal_brings_the_pack_back(self):
        """AX-07 AP-37: the reversal of an issue is a move in the other direction."""
        self._insert()
        self._work()
        self.enrolment.action_reverse_last_issue()
        self._work()
        self.battery.invalidate_recordset()
        self.assertEqual((self.battery.qty_available, self.enrolment.points), (100, 72))

    def test_a_broken_article_waits_and_stops_nobody(self):
        """A row that cannot be booked keeps its error; the others go on."""
        self._insert(1)
        tracked = self._product("Tracked", 1.0, is_storable=True, tracking="lot")
        flat = self._counter_program(products=tracked)._enrol(customer_card=self.card)
        flat._issue(flat.allowance_ids, tracked, 1, key="tracked")
        answer = self._work()
        self.assertEqual((len(answer["done"]), len(answer["failed"])), (1, 1))
        row = self.env["customer.card.outbox"].browse(answer["failed"][0]["id"])
        self.assertEqual((row.state, row.attempts), ("failed", 1))
        self.assertTrue(row.error and row.retry_at)
        self.assertEqual(
            flat.points, 71, "the seller's counter is not touched by the stock's trouble"
        )

    def test_service_leaves_no_stock(self):
        training = self._product("Training", 0, type="service")
        program = self._counter_program(10, products=training)
        enrolment = program._enrol(customer_card=self.card)
        enrolment._issue(enrolment.allowance_ids, training, 1, key="training")
        self.assertFalse(self.env["customer.card.outbox"].search([("stream", "=", "issue")]))

    def test_unit_is_the_products_own(self):
        """AP-36: product unit "pack of 6"; counter −1 = stock −1 pack."""
        pack = self.env["uom.uom"].create(
            {
                "name": "Päckchen 6",
                "relative_factor": 6,
                "relative_uom_id": self.env.ref("uom.product_uom_unit").id,
            }
        )
        packs = self._product("Battery pack", 10.0, is_storable=True, uom_id=pack.id)
        self._receive(packs, 10)
        program = self._counter_program(12, products=packs)
        enrolment = program._enrol(customer_card=self.card)
        enrolment._issue(enrolment.allowance_ids, packs, 1, key="pack")
        self._work()
        packs.invalidate_recordset()
        self.assertEqual((enrolment.points, packs.qty_available), (11, 9))

    def test_article_card_names_the_article_it_dispenses(self):
        """AX-15: dry capsules, stock 10; inserted; stock 9, history +1, named in the prompt."""
        self.enrolment.blocked = True
        capsule = self._product("Dry capsule", 3.0, is_storable=True)
        self._receive(capsule, 10)
        program = self._counter_program(20, products=capsule, no_article_choice=True)
        enrolment = program._enrol(customer_card=self.card)
        rows = len(enrolment.entry_ids)
        claim = self._insert()
        self.assertIn("Dry capsule", claim["result"]["message"])
        self._work()
        capsule.invalidate_recordset()
        self.assertEqual((capsule.qty_available, len(enrolment.entry_ids)), (9, rows + 1))

    def test_goods_in_another_erp_do_not_leave_this_stock(self):
        """AX-07: the stock is kept elsewhere; here stay 100; the entry says where."""
        self.env.company.card_stock_foreign = True
        self._insert()
        entry = self.enrolment.entry_ids[0]
        self.assertEqual(self._work()["done"], [])
        self.assertEqual(entry.stock_state, "waiting")
        outbox = self.env["customer.card.outbox"]
        (row,) = outbox.pull_issues()["rows"]
        outbox.browse(row["id"]).push_done([{"id": row["id"], "reference": "WH/OUT/00001"}])
        entry.invalidate_recordset()
        self.assertEqual(entry.stock_state, "done")
        self.battery.invalidate_recordset()
        self.assertEqual(self.battery.qty_available, 100)

    def test_nobody_says_that_an_issue_has_left_the_stock(self):
        """F3: a move of one's own for somebody's entry would keep the goods in the books."""
        issue = self.enrolment._issue(self.enrolment.allowance_ids, self.battery, 1, key="mine")
        user = new_test_user(self.env, "stock_user", groups="stock.group_stock_manager")
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        values = {
            "product_id": self.battery.id,
            "product_uom_qty": 1,
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        moves = self.env["stock.move"].with_user(user)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            moves.create({**values, "card_entry_id": issue.id})
        made = moves.with_context(default_card_entry_id=issue.id).create(values)
        self.assertFalse(made.card_entry_id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            made.write({"card_entry_id": issue.id})
