from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import StockCase


@tagged("post_install", "-at_install")
class TestReturns(StockCase):
    """Issued goods come back into the stock: the allowance comes back, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enrolment = cls._counter_program(30)._enrol(customer_card=cls.card)

    def _issued(self, quantity):
        """Issue and book; returns the entry."""
        self._confirm(self._insert(), self.battery, quantity)
        self._work()
        return self.enrolment.entry_ids[0]

    def _return(self, picking, quantity):
        """What the stockroom does: the return of a transfer, completed."""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        back.move_ids.quantity = quantity
        back.move_ids.picked = True
        back._action_done()
        return back.move_ids

    def _state(self):
        """Counter, used, on hand."""
        self.env.invalidate_all()
        allowance = self.enrolment.allowance_ids
        return self.enrolment.points, allowance.used, self.battery.qty_available

    def test_a_partial_return_gives_so_much_back(self):
        """AP-26: 6 issued, 2 returned, then 4: 24, 26, 30 left; the history shows each."""
        issue = self._issued(6)
        self.assertEqual(self._state(), (24, 6, 94))
        move = self._return(issue.stock_move_ids.picking_id, 2)
        self.assertEqual(self._work()["failed"], [])
        self.assertEqual(self._state(), (26, 4, 96))
        entry = self.enrolment.entry_ids[0]
        self.assertEqual(
            (entry.reason, entry.quantity, entry.delta, entry.reversal_of_id, entry.remaining),
            ("reversal", -2, 2, issue, 26),
        )
        self.assertEqual(move.card_entry_id, entry, "the move that is there is the entry's move")
        self._return(issue.stock_move_ids.picking_id, 4)
        self._work()
        self.assertEqual(self._state(), (30, 0, 100))

    def test_a_return_counts_once(self):
        """The worker asks again after a lost reply: one reversal, no second move."""
        issue = self._issued(6)
        self._return(issue.stock_move_ids.picking_id, 2)
        row = self.env["customer.card.outbox"].search([("model", "=", "stock.move")])
        again = row._add(row.stream, self.env["stock.move"].browse(row.res_id), row.event)
        row.book_issues()
        again.book_issues()
        self._work()
        self.assertEqual(self._state(), (26, 4, 96))

    def test_more_than_was_issued_gives_back_what_was_issued(self):
        """The stockroom took in 8 of 6: the counter gets 6, the stock what was counted."""
        issue = self._issued(6)
        self._return(issue.stock_move_ids.picking_id, 8)
        self._work()
        self.assertEqual(self._state(), (30, 0, 102))

    def test_a_reverse_move_without_transfer_counts_as_well(self):
        """AP-26: a reverse move of the issue's move is a return."""
        move = self._issued(3).stock_move_ids
        back = move.copy(
            {
                "picking_id": False,
                "origin_returned_move_id": move.id,
                "location_id": move.location_dest_id.id,
                "location_dest_id": move.location_id.id,
                "product_uom_qty": 3,
            }
        )
        back._action_confirm()
        back.quantity = 3
        back.picked = True
        back._action_done()
        self._work()
        self.assertEqual(self._state(), (30, 0, 100))

    def test_reversal_in_the_history_is_no_second_return(self):
        """AP-37: taken back in the history: the move returns the goods, and gives back once."""
        issue = self._issued(6)
        self.enrolment.action_reverse_last_issue()
        self._work()
        self._work()
        self.assertEqual(self._state(), (30, 0, 100))
        back = self.enrolment.entry_ids[0].stock_move_ids
        self.assertEqual(back.origin_returned_move_id, issue.stock_move_ids)

    def test_a_partial_reversal_gives_back_once(self):
        """AP-37: 2 of 6 taken back without the stockroom: its move is no further return."""
        self.enrolment._reverse_issue(self._issued(6), quantity=2, key="two")
        self._work()
        self._work()
        self.assertEqual(self._state(), (26, 4, 96))

    def test_history_takes_back_what_is_left_after_a_return(self):
        """AP-37: 6 issued, 2 returned; the history takes back 4, then nothing."""
        issue = self._issued(6)
        self._return(issue.stock_move_ids.picking_id, 2)
        self._work()
        self.enrolment.action_reverse_last_issue()
        self._work()
        self.assertEqual(self._state(), (30, 0, 100))
        with self.assertRaises(UserError):
            self.enrolment.action_reverse_last_issue()

    def test_a_partial_return_keeps_the_day_used(self):
        """AP-37: once per day stays used until everything of the day came back."""
        self.enrolment.program_id.once_per_day = True
        issue = self._issued(6)
        self._return(issue.stock_move_ids.picking_id, 2)
        self._work()
        self.assertEqual(self._present(key="again")["status"], "refused")
        self._return(issue.stock_move_ids.picking_id, 4)
        self._work()
        self.assertEqual(self._present(key="free")["status"], "pushed")

    def test_ordinary_returns_change_no_counter(self):
        """Only the return of an issue gives back."""
        self._issued(6)
        customer = self.env.ref("stock.stock_location_customers")
        move = self.env["stock.move"].create(
            {
                "product_id": self.battery.id,
                "product_uom_qty": 5,
                "location_id": self.shop.lot_stock_id.id,
                "location_dest_id": customer.id,
            }
        )
        move._action_confirm()
        move.quantity = 5
        move.picked = True
        move._action_done()
        self.assertFalse(self.env["customer.card.outbox"].search([("model", "=", "stock.move")]))
