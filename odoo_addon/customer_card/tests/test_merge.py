from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestMerge(CardCase):
    """Two customers are found to be the same person; nothing is lost and nothing counts twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programs = cls.env["loyalty.program"]
        cls.again = cls.env["res.partner"].create({"name": "Karl Berg again"})
        cls.credit = cls.programs.create({"name": "Credit", "kind": "stored_value"})
        cls.points = cls.programs.create({"name": "Points", "kind": "points"})
        discount = cls.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": [(6, 0, cls.battery.ids)]}
        )
        cls.discount = cls.programs.create(
            {
                "name": "Discount",
                "kind": "discount",
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )

    def _merge(self):
        """The customer with the card goes up in the other one."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.berg | self.again).ids, self.again)
        self.env.invalidate_all()
        self.assertLedger()

    def _live(self, program):
        return self.env["loyalty.card"].search(
            [("program_id", "=", program.id), ("partner_id", "=", self.again.id)]
        )

    def test_stored_value_is_joined_by_entries(self):
        """I3: 115 (100 paid) and 60 (50 paid) are 175, of which 150 paid; both histories say so."""
        old = self.credit._enrol(self.berg, amount=115, paid=100)
        kept = self.credit._enrol(self.again, amount=60, paid=50)
        self._merge()
        self.assertEqual(self._live(self.credit), kept)
        self.assertEqual((kept.points, kept.paid, kept.bonus), (175, 150, 25))
        self.assertEqual((old.points, old.active, old.merged_into_id), (0, False, kept))
        moved = (old | kept).entry_ids.filtered(lambda entry: entry.reason == "transfer")
        self.assertEqual(sorted(moved.mapped("delta")), [-115, 115])

    def test_a_moved_top_up_is_taken_back_from_the_account_that_goes_on(self):
        """AX-18: 20 topped up before the merge are refunded after it; the other 50 stay usable."""
        grants = self.env["loyalty.card.grant"]
        sold = {"program": self.credit, "paid": 20}
        grants._settle("test.line", 1, 1, partner=self.berg, **sold)
        today = self.env["loyalty.card"]._today(None)
        kept = self.env["loyalty.card"]._create_enrolment(
            self.credit, self.again, None, today, False
        )
        kept._post(50, key="taken over", reason="opening")
        self._merge()
        self.assertEqual(kept.points, 70)
        grants._settle("test.line", 1, 0, partner=self.again, **sold)
        self.assertLedger()
        self.assertEqual((kept.points, kept.state), (50, "active"))

    def test_the_account_moves_when_the_other_has_none(self):
        old = self.points._enrol(self.berg)
        old._post(100, key="earned", reason="earn")
        rows = old.entry_ids
        self._merge()
        self.assertEqual((self._live(self.points), old.points), (old, 100))
        self.assertEqual(old.entry_ids, rows)

    def test_reservations_go_along(self):
        """Law 6: what an open quotation reserved stays reserved, on the account that remains."""
        old = self.credit._enrol(self.berg, amount=50, paid=50)
        kept = self.credit._enrol(self.again, amount=10, paid=10)
        old._reserve(30, kind="quotation", key=f"sale.order:7:{old.id}")
        self._merge()
        self.assertEqual((old.held, kept.held, kept.points), (0, 30, 60))
        kept._capture_hold(f"sale.order:7:{kept.id}")
        self.assertEqual(kept.held, 0)

    def test_one_discount_remains_until_the_later_end(self):
        """AP-44: 10 % twice are 10 %, until the later of the two ends."""
        old = self.discount._enrol(customer_card=self.card)
        kept = self.discount._enrol(self.again)
        old.sudo().expiration_date = "2099-12-31"
        kept.sudo().expiration_date = "2098-12-31"
        self._merge()
        self.assertEqual(self._live(self.discount), kept)
        self.assertEqual(str(kept.expiration_date), "2099-12-31")
        self.assertFalse(kept.customer_card_id, "it is good with every card of the customer")

    def test_counters_stay_side_by_side(self):
        """AP-46: 72 and 30 left are two programs, not one; each keeps its counter."""
        battery = self._counter_program()
        first = battery._enrol(self.berg)
        first._issue(first.allowance_ids, self.battery, 2, key="one")
        second = battery._enrol(self.again)
        self._merge()
        self.assertEqual(self._live(battery), first | second)
        self.assertEqual(sorted(self._live(battery).mapped("points")), [70, 72])

    def test_the_card_opens_the_customer_who_remains(self):
        self._merge()
        self.assertEqual(self.card.partner_id, self.again)
        self._screen()
        answer = self._present()
        self.assertEqual(
            self.env["customer.card.event"].browse(answer["event_id"]).partner_id, self.again
        )

    def test_a_document_that_comes_again_is_not_earned_twice(self):
        """TM-17: points that went to the first account are found on the one that remains."""
        program = self.programs.create(
            {"name": "Earning", "kind": "points", "earn_article_percent": 10}
        )
        program._enrol(self.berg)
        kept = program._enrol(self.again)
        line = {
            "document": "account.move:5",
            "product": self.battery.id,
            "date": "2099-01-01",
            "gross": "20.00",
        }
        settle = self.env["loyalty.card"]._settle_document
        settle("account.move", 5, [{**line, "customer": self.berg.id}])
        self._merge()
        self.assertEqual(kept.points, 200)
        settle("account.move", 5, [{**line, "customer": self.again.id}])
        self.assertEqual(kept.points, 200)
        settle("account.move", 5, [])
        self.assertEqual(kept.points, 0)

    def test_native_wallets_are_joined_with_a_reason(self):
        """Law 1: the native merge books transfers, no sales."""
        program = self.programs.create(self.programs._get_template_values()["ewallet"])
        cards = self.env["loyalty.card"].create(
            [
                {"program_id": program.id, "partner_id": partner.id, "points": 20}
                for partner in (self.berg, self.again)
            ]
        )
        self._merge()
        self.assertEqual(sorted(cards.mapped("points")), [0, 40])
        self.assertEqual(
            set(cards.entry_ids.filtered(lambda entry: entry.sequence > 1).mapped("reason")),
            {"transfer"},
        )

    def test_a_blocked_or_paying_account_is_not_joined(self):
        old = self.credit._enrol(self.berg, amount=50, paid=50)
        self.credit._enrol(self.again, amount=10, paid=10)
        old._reserve(30, kind="pos", key=f"pos.order:x:{old.id}")
        with self.assertRaisesRegex(UserError, "just paying"), self.env.cr.savepoint():
            self._merge()
        old._release_hold(f"pos.order:x:{old.id}")
        old.blocked = True
        with self.assertRaisesRegex(UserError, "is blocked"), self.env.cr.savepoint():
            self._merge()
        self.assertTrue(self.berg.exists())
