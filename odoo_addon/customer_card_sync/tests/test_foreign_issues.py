from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_sync import SyncCase

quiet = mute_logger("odoo.addons.customer_card_sync.models.customer_card_sync_document")


class MoveCase(SyncCase):
    """Stock moves of the foreign ERP; Karl Berg has 72 batteries on his counter."""

    def setUp(self):
        super().setUp()
        self._introduce()
        line = {"product_id": self.battery.id, "quantity": 72}
        program = self.env["loyalty.program"].create(
            {"name": "Batteries", "kind": "bonus_item", "line_ids": [(0, 0, line)]}
        )
        self.counter = program._enrol(self.berg)
        self.documents = self.env["customer.card.sync.document"]

    def _move(self, quantity=2.0, number=31, **data):
        key = f"stock.move:{number}"
        values = {
            "direction": "out",
            "purpose": "issue",
            "quantity": quantity,
            "times": 1.0,
            "per": 1.0,
            "own_unit": "Units",
            "returns": None,
            "product": 4,
            "origin": f"WH/OUT/{number}",
            "key": key,
            **data,
        }
        row = self._row(number, gross=0, **values)
        row["data"]["document"] = key
        del row["data"]["gross"], row["data"]["number"]
        return {**row, "key": key, "document": key}

    def _moves(self, *rows, **options):
        return self._keep(*rows, stream="stock_move", **options)

    def _document(self, number=31):
        key = f"stock.move:{number}"
        return self.documents.search([("source_id", "=", self.source.id), ("key", "=", key)])


@tagged("post_install", "-at_install")
class TestForeignIssues(MoveCase):
    def test_a_delivery_changes_an_allowance_only_where_it_is_an_issue(self):
        """Flagged: 72 becomes 70, once; changed to 5: 67; cancelled: 72; nothing leaves here."""
        self._moves(self._move(purpose=""))
        self.assertEqual(self.counter.points, 72)
        for _again in range(3):
            self._moves(self._move())
        self.assertEqual(self.counter.points, 70)
        self._moves(self._move(5.0))
        self.assertEqual(self.counter.points, 67)
        self._moves(self._move(1.0))
        self.assertEqual(self.counter.points, 71)
        self._moves(self._move(5.0, void=True))
        self.assertEqual(self.counter.points, 72)
        self._moves(self._move(5.0))
        self._moves(documents=["stock.move:31"])
        self.assertEqual(self.counter.points, 72)
        mine = [("model", "=", "loyalty.card.entry"), ("res_id", "in", self.counter.entry_ids.ids)]
        self.assertFalse(self.env["customer.card.outbox"].search(mine))

    def test_more_pieces_on_the_same_day_are_the_same_issue(self):
        """Once per day: 2 become 5 over there, another delivery of that day waits."""
        self.counter.program_id.once_per_day = True
        self._moves(self._move(2.0))
        self._moves(self._move(5.0))
        self.assertEqual(self.counter.points, 67)
        with quiet:
            self._moves(self._move(1.0, 32))
        self.assertEqual((self._document(32).state, self.counter.points), ("failed", 67))

    @quiet
    def test_an_issue_over_there_that_no_counter_holds_waits_with_its_reason(self):
        kept = self._moves(self._move(73.0))
        self.assertEqual((kept["failed"], self.counter.points), (1, 72))
        self.assertIn("has 1.0 of this article left", self._document().error)
        self._moves(self._move(3.0))
        self.assertEqual((self._document().state, self.counter.points), ("settled", 69))

    def test_a_pack_takes_its_pieces(self):
        """AP-36: one pack of 6 takes 6 pieces; so does it where factors are the other way round."""
        self._moves(self._move(1.0, times=6.0))
        self.assertEqual(self.counter.points, 66)
        self._moves(self._move(1.0, 32, times=1.0, per=1 / 6))
        self.assertEqual(self.counter.points, 60)

    @quiet
    def test_only_whole_pieces_are_issued(self):
        """AP-36: half a pack of 5 is 2.5 pieces: rejected; half a pack of 6 is 3."""
        self._moves(self._move(0.5, times=5.0))
        self.assertEqual((self._document().state, self.counter.points), ("failed", 72))
        self.assertEqual(
            self._document().error,
            "2.50 Units are no whole pieces: nothing was booked. Correct the quantity over there.",
        )
        self._moves(self._move(0.5, times=6.0))
        self.assertEqual((self._document().state, self.counter.points), ("settled", 69))
        self._moves(self._move(0.5, 32, times=5.0, void=True))
        self._moves(self._move(0.5, 33, times=5.0, purpose=""))
        self.assertFalse(self._document(32).state == "failed" or self._document(33))

    def _pack(self, name):
        values = {"name": name, "relative_factor": 6}
        values["relative_uom_id"] = self.env.ref("uom.product_uom_unit").id
        return self.env["uom.uom"].create(values)

    def test_an_article_that_is_counted_otherwise_here_is_converted(self):
        """AP-36: 12 pieces over there are 2 packs here; a pack over there is 6 pieces here."""
        pack = self._pack("Päckchen 6")
        self._moves(self._move(1.0, own_unit="Päckchen 6"))
        self.assertEqual(self.counter.points, 66)
        self.battery.uom_id = pack
        self._moves(self._move(12.0, 32))
        self.assertEqual(self.counter.points, 64)

    @quiet
    def test_a_unit_that_nobody_knows_here_waits(self):
        """AP-36: kilograms are no pieces, and "Box" may be anything."""
        for name in ("kg", "Box"):
            self._moves(self._move(1.0, own_unit=name))
            self.assertIn(f"counts this article in {name}, we in Units", self._document().error)
        self._moves(self._move(1.0, own_unit=""))
        self.assertEqual((self._document().state, self.counter.points), ("settled", 71))

    def test_a_counterpart_that_is_corrected_moves_the_issue(self):
        """The delivery was to Brandt all the time: Berg has 72 again."""
        self._moves(self._move(5.0))
        other = self.env["res.partner"].create({"name": "Brandt"})
        theirs = self.counter.program_id._enrol(other)
        mine = [("source_id", "=", self.source.id), ("kind", "=", "customer")]
        self.env["customer.card.sync.link"].search(mine).partner_id = other
        self.assertEqual((self.counter.points, theirs.points), (72, 67))

    def test_sellers_settle_nothing(self):
        with self.assertRaises(AccessError):
            self.documents.with_user(self.seller).create({"key": "stock.move:1"})
