from odoo.tests import tagged

from .test_foreign_issues import MoveCase, quiet


@tagged("post_install", "-at_install")
class TestForeignReturns(MoveCase):
    """What comes back to the foreign ERP goes back to the counter that it came from."""

    def _back(self, pieces=2.0, number=40, of=31, **data):
        values = {"direction": "in", "purpose": "", "returns": of, "origin": f"WH/IN/{number}"}
        return self._move(-pieces, number, **{**values, **data})

    def _issued(self, pieces=5.0, number=31, **data):
        self._moves(self._move(pieces, number, **data))

    def test_a_return_gives_back_once(self):
        """5 issued, 2 back: 69, however often it is read; its entry names the return."""
        self._issued()
        for _again in range(3):
            self._moves(self._back())
            self._issued()
        self.assertEqual(self.counter.points, 69)
        self.counter.invalidate_recordset(["entry_ids"])
        entry = self.counter.entry_ids[0]
        self.assertEqual((entry.reason, entry.quantity), ("reversal", -2))
        self.assertEqual(entry.origin_name, "WH/IN/40")
        self.assertEqual(self.counter.allowance_ids.used, 3)
        self.assertEqual(sum(self.counter.entry_ids.mapped("delta")), 69)
        mine = [("model", "=", "loyalty.card.entry"), ("res_id", "in", self.counter.entry_ids.ids)]
        self.assertFalse(self.env["customer.card.outbox"].search(mine))

    def test_a_return_that_is_cancelled_changed_or_deleted_is_taken_again(self):
        self._issued()
        self._moves(self._back(2.0))
        self._moves(self._back(3.0))
        self.assertEqual(self.counter.points, 70)
        self._moves(self._back(1.0))
        self.assertEqual(self.counter.points, 68)
        self._moves(self._back(1.0, void=True))
        self.assertEqual(self.counter.points, 67)
        self._moves(self._back(5.0))
        self.assertEqual(self.counter.points, 72)
        self._moves(documents=["stock.move:40"])
        self.assertEqual((self.counter.points, self.counter.allowance_ids.used), (67, 5))

    @quiet
    def test_never_more_than_was_issued(self):
        """8 of 5 came back: nothing is booked; 5: 72; a sixth waits."""
        self._issued()
        self._moves(self._back(8.0))
        self.assertEqual((self._document(40).state, self.counter.points), ("failed", 67))
        self.assertEqual(
            self._document(40).error,
            "8 came back, but only 5 of them are known as issued and not back yet: nothing was"
            " booked. Correct the return, or book it by hand.",
        )
        self._moves(self._back(5.0))
        self._moves(self._back(1.0, 41))
        self.assertEqual((self._document(41).state, self.counter.points), ("failed", 72))
        self._moves(self._back(4.0))
        self.assertEqual((self._document(41).state, self.counter.points), ("settled", 72))

    def test_a_return_may_be_read_before_its_issue(self):
        """By another page, or with it: its number sorts before that of the issue."""
        self._moves(self._back(1.0))
        self.assertEqual(self.counter.points, 72)
        self._issued()
        self.assertEqual(self.counter.points, 68)
        kept = self._moves(self._back(2.0, 100, of=99, purpose="issue"), self._move(3.0, 99))
        self.assertEqual((kept["failed"], self.counter.points), (0, 67))

    def test_what_comes_back_of_an_ordinary_delivery_changes_nothing(self):
        self._issued(purpose="")
        self._moves(self._back())
        self.assertEqual((self.counter.points, self._document(40).state), (72, "settled"))
        self._issued(4.0, 32)
        self._moves(self._back(number=41, of=None))
        self.assertFalse(self._document(41), "a receipt of goods that no move calls a return")
        self.assertEqual(self.counter.points, 68)

    def test_without_a_link_the_newest_issues_come_back_first(self):
        """2 and 3 issued; 4 come back: all of the second issue and one of the first."""
        self._issued(2.0, 31)
        self._issued(3.0, 32, date="2030-01-02")
        self._issued(9.0, 33, date="2030-01-09")
        self._moves(self._back(4.0, of=None, purpose="issue", date="2030-01-03"))
        self.assertEqual(self.counter.points, 72 - 14 + 4)
        left = {
            entry.origin_name: entry._not_returned()
            for entry in self.counter.entry_ids.filtered(lambda one: one.reason == "issue")
        }
        self.assertEqual(left, {"WH/OUT/31": 1, "WH/OUT/32": 0, "WH/OUT/33": 9})
        self._moves(documents=["stock.move:40"])
        self.assertEqual(self.counter.points, 72 - 14)

    @quiet
    def test_what_matches_no_issue_waits_until_there_is_one(self):
        """No link and nothing issued; and a return of a delivery that is not read yet."""
        kept = self._moves(self._back(of=None, purpose="issue"))
        self.assertEqual(kept["failed"], 1)
        self.assertIn("only 0 of them are known as issued", self._document(40).error)
        self._moves(self._back(number=41, of=32, purpose="issue"))
        self.assertEqual(self.source.failed_count, 2)
        self._issued(5.0)
        self.assertEqual((self._document(40).state, self.counter.points), ("settled", 69))
        self._issued(5.0, 32)
        self.assertEqual((self.source.failed_count, self.counter.points), (0, 66))

    def test_an_issue_that_changes_after_its_return(self):
        """5 issued, 2 back: 4 are 2, none are none, 5 again are 3."""
        self._issued()
        self._moves(self._back())
        self._issued(4.0)
        self.assertEqual(self.counter.points, 70)
        self._issued(4.0, void=True)
        self.assertEqual(self.counter.points, 72)
        self._issued()
        self.assertEqual(self.counter.points, 69)
        self._issued(void=True)
        self._moves(self._back(void=True))
        self.assertEqual(self.counter.points, 72)

    def test_both_follow_a_counterpart_that_is_corrected(self):
        self._issued()
        self._moves(self._back())
        other = self.env["res.partner"].create({"name": "Brandt"})
        theirs = self.counter.program_id._enrol(other)
        mine = [("source_id", "=", self.source.id), ("kind", "=", "customer")]
        self.env["customer.card.sync.link"].search(mine).partner_id = other
        self.assertEqual((self.counter.points, theirs.points), (72, 69))

    @quiet
    def test_pieces_that_were_used_meanwhile_are_not_taken_twice(self):
        """All 72 issued, 2 back, issued again: the return cannot be undone, and says so."""
        self._issued(72.0)
        self._moves(self._back())
        self._issued(2.0, 32)
        self._moves(self._back(void=True))
        self.assertEqual(self.counter.points, 0)
        self.assertIn("Only 0 left on Batteries", self._document(40).error)

    @quiet
    def test_pieces_of_another_article_do_not_stand_in(self):
        """74 issued, two of them from a program that also has 5 checks; these cannot be used."""
        lines = [(0, 0, {"product_id": one.id, "quantity": 5}) for one in (self.cut, self.battery)]
        lines[1][2]["quantity"] = 2
        program = self.env["loyalty.program"].create(
            {"name": "Both", "kind": "bonus_item", "line_ids": lines}
        )
        both = program._enrol(self.berg)
        self._issued(74.0)
        self._moves(self._back())
        self.assertEqual((self.counter.points, both.points), (0, 7))
        self._issued(2.0, 32)
        self._moves(self._back(void=True))
        self.assertEqual((self._document(40).state, both.points), ("failed", 5))

    def test_packs_come_back_as_pieces(self):
        """AP-36: 2 packs of 6 issued, one comes back: 66."""
        self._issued(2.0, times=6.0)
        self._moves(self._back(1.0, times=6.0))
        self.assertEqual(self.counter.points, 66)

    def test_an_issue_from_here_is_not_counted_there_and_can_come_back_there(self):
        """AX-07: the worker's own move, read again, is no issue; its return over there is one."""
        self.env.company.card_stock_foreign = True
        allowance = self.counter.allowance_ids
        entry = self.counter._issue(allowance, self.battery, 6, key="till")
        outbox = self.env["customer.card.outbox"].with_user(self.worker)
        (row,) = outbox.pull_issues()["rows"]
        outbox.browse(row["id"]).push_done([{"id": row["id"], "reference": "WH/OUT/31"}])
        self._issued(6.0, origin=row["key"])
        self.assertEqual(self.counter.points, 66)
        for _again in range(2):
            self._moves(self._back(4.0, purpose="issue", origin=row["key"]))
        self.assertEqual((self.counter.points, entry._not_returned()), (70, 2))
        self.assertFalse(outbox.pull_issues()["rows"], "the goods are back over there already")
        self._moves(self._back(4.0, void=True))
        self.assertEqual(self.counter.points, 66)
        self.assertFalse(outbox.pull_issues()["rows"])
        self.counter._reverse_issue(entry, key="undo")
        (row,) = outbox.pull_issues()["rows"]
        self._moves(self._back(6.0, 41, of=None, purpose="issue", origin=row["key"]))
        self.assertEqual(self.counter.points, 72, "our own reversal, read again")

    def test_a_return_that_names_its_delivery_needs_no_customer(self):
        """Whoever brings the goods: a return without a customer, and one of somebody unknown."""
        self._issued()
        self._moves(self._back(2.0, customer=None), self._back(1.0, 41, customer=999))
        self.assertEqual(self.counter.points, 70)
