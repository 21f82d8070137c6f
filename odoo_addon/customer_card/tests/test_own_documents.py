"""The worker says which document, never what it is worth (F11)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CardCase

OUTBOX_LOG = "odoo.addons.customer_card.models.outbox.customer_card_outbox"


@tagged("post_install", "-at_install")
class TestOwnDocuments(CardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = new_test_user(
            cls.env, "card_worker", groups="base.group_user,customer_card.group_worker"
        )
        cls.outbox = cls.env["customer.card.outbox"].with_user(cls.worker)
        cls.cut = cls._product("Haircut", 40.0, type="service")
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Points",
                "kind": "points",
                "earn_service_percent": 5,
                "earn_article_percent": 10,
            }
        )
        cls.account = cls.program._enrol(cls.berg)

    def _invoice(self, *lines, post=True, **values):
        """An invoice of (product, price, further values); its row for the worker is left over."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.berg.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "product_id": product and product.id,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                            **more,
                        }
                    )
                    for product, price, *rest in lines
                    for more in [rest[0] if rest else {}]
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _rows(self, document):
        self.env.flush_all()
        return self.outbox.sudo().search(
            [("model", "=", document._name), ("res_id", "=", document.id)]
        )

    def _settle(self, document, documents=()):
        """The worker settles all rows of the document; return what is said."""
        answer = self.outbox.browse(self._rows(document).ids).settle_sales(list(documents))
        self.assertLedger()
        return answer

    def _lie(self, document, gross=77700.0, **values):
        return {
            "key": "account.move.line:1",
            "document": f"{document._name}:{document.id}",
            "number": "INV/1",
            "customer": self.berg.id,
            "product": self.battery.id,
            "date": "2030-01-01",
            "gross": gross,
            "quantity": 1,
            "price": gross,
            "void": False,
            **values,
        }

    def test_the_invoice_is_read_here(self):
        """F11: 40.00 of services are 200 points, whatever lines the worker sends, or none."""
        for lines in ([], [77700.0], [1.0]):
            invoice = self._invoice((self.cut, 40.0))
            before = self.account.points
            answer = self._settle(invoice, [self._lie(invoice, gross) for gross in lines])
            self.assertEqual(self.account.points - before, 200)
            self.assertFalse(answer["failed"])

    def test_no_worker_gives_the_points_to_somebody_else(self):
        """F11, sibling: lines of another customer."""
        other = self.env["res.partner"].create({"name": "Other"})
        account = self.program._enrol(other)
        invoice = self._invoice((self.cut, 40.0))
        self._settle(invoice, [self._lie(invoice, customer=other.id)])
        self.assertEqual((self.account.points, account.points), (200, 0))

    def test_an_invoice_that_is_none_mints_nothing(self):
        """F11: no such document, a draft, a bill of a supplier, a partner: nothing."""
        draft = self._invoice((self.cut, 40.0), post=False)
        bill = self._invoice((self.cut, 40.0), post=False, move_type="in_invoice")
        gone = self._invoice((self.cut, 40.0), post=False)
        rows = self.outbox.sudo()._add("sale", draft | bill | gone, "posted")
        rows |= self.outbox.sudo()._add("sale", self.berg, "posted")
        gone.unlink()
        lies = [self._lie(one) for one in (draft, bill, self.berg)]
        lies.append({**self._lie(draft), "document": f"account.move:{rows[2].res_id}"})
        self.outbox.browse(rows.ids).settle_sales(lies)
        self.assertEqual(self.account.points, 0)

    @mute_logger(OUTBOX_LOG)
    def test_a_dead_row_stays_dead(self):
        """F11: given up means that a person presses first."""
        invoice = self._invoice((self.cut, 40.0))
        row = self._rows(invoice)
        row.write({"state": "dead", "attempts": 20})
        for call in (
            lambda one: one.settle_sales([self._lie(invoice)]),
            lambda one: one.settle_sales([], [{"id": row.id, "error": "x"}]),
            lambda one: one.book_issues(),
            lambda one: one.push_done([{"id": row.id, "reference": "x"}]),
        ):
            answer = call(self.outbox.browse(row.id))
            self.assertEqual((answer["done"], answer["failed"][0]["id"]), ([], row.id))
            self.assertEqual((row.state, row.attempts), ("dead", 20))
        self.assertEqual(self.account.points, 0)
        row.with_user(self.seller).action_retry()
        self._settle(invoice)
        self.assertEqual(self.account.points, 200)

    @mute_logger(OUTBOX_LOG)
    def test_rows_of_another_company(self):
        """F11: the worker's user does not act for it, whatever context a client sends."""
        other = self.env["res.company"].create({"name": "Other shop"})
        invoice = self._invoice((self.cut, 40.0))
        row = self._rows(invoice)
        row.company_id = other
        answer = self.outbox.browse(row.id).settle_sales([self._lie(invoice)])
        self.assertEqual(answer["failed"][0]["id"], row.id)
        self.assertEqual(row.state, "pending", "it is not this worker's to judge")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.outbox.with_context(allowed_company_ids=[other.id]).browse(row.id).settle_sales()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            row.with_user(self.seller).action_retry()
        self.worker.company_ids |= other
        answer = self.outbox.browse(row.id).settle_sales()
        self.assertIn("another company", answer["failed"][0]["error"])
        self.assertEqual((row.state, self.account.points), ("failed", 0))

    @mute_logger(OUTBOX_LOG)
    def test_a_row_is_settled_by_its_own_call_only(self):
        """F11, sibling: an issue that waits is not wiped out as a sale, nor a sale as an issue."""
        invoice = self._invoice((self.cut, 40.0))
        row = self._rows(invoice)
        self.assertTrue(self.outbox.browse(row.id).book_issues()["failed"])
        entry = self.env["loyalty.card.entry"].search([], limit=1)
        push = self.outbox.sudo()._add("push", entry or self.berg, "posted")
        self.assertTrue(self.outbox.browse(push.id).settle_sales()["failed"])
        self.assertTrue(push.exists() and row.exists())

    @mute_logger(OUTBOX_LOG)
    def test_nonsense_spoils_only_itself(self):
        """F11, sibling: what is no reject, no result, no stream."""
        invoice = self._invoice((self.cut, 40.0))
        row = self.outbox.browse(self._rows(invoice).ids)
        row.settle_sales(["x", 7, {}], ["x", {"id": "no"}, {"error": "?"}])
        self.assertEqual(self.account.points, 200)
        push = self.outbox.sudo()._add("push", self.berg, "posted")
        answer = self.outbox.browse(push.id).push_done(["x", {"reference": 1}])
        self.assertEqual(answer["failed"][0]["id"], push.id)
        self.assertEqual(self.outbox.pull(["nothing", 5], -3)["rows"], [])

    def test_an_invoice_over_nothing_earns_nothing(self):
        """F11, F4: 1,000,000 of articles less as much of anything else is a total of 0."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": [Command.set(self.other.ids)]}
        )
        card = self.env["loyalty.program"].create(
            {"name": "D", "kind": "discount", "line_ids": [(0, 0, {"discount_id": discount.id})]}
        )
        credit = self.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        article = self._product("Top-up", 50.0, type="service", is_card_program=True)
        credit.sale_product_id = article
        self.program.earn_service_percent = 0
        for number, less in enumerate(
            (
                (self.cut, -1e6),
                (self.cut, 1e6, {"quantity": -1}),
                (self.env["product.product"], -1e6),
                (card.reward_ids.discount_line_product_id, -1e6),
                (credit.reward_ids.discount_line_product_id, -1e6),
                (article, -1e6),
            )
        ):
            for on_discounted in (True, False):
                self.program.earn_on_discounted = on_discounted
                self._settle(self._invoice((self.battery, 1e6), less))
                self.assertEqual(self.account.points, 0, (number, on_discounted))

    def test_a_discount_lowers_what_it_discounts(self):
        """A discount of 10.00 on 100.00 of articles, on a line of a service: 90.00 earn."""
        self._settle(self._invoice((self.battery, 100.0), (self.cut, -10.0)))
        self.assertEqual(self.account.points, 900)
        self.program.earn_on_discounted = False
        self._settle(self._invoice((self.battery, 100.0), (self.cut, -10.0)))
        self.assertEqual(self.account.points, 900)

    def test_a_credit_note_takes_back_what_it_credits(self):
        """F11, sibling: a line against the direction of a credit note gives no points."""
        self._settle(self._invoice((self.battery, 100.0)))
        note = self._invoice((self.battery, 100.0), (self.cut, -100.0), move_type="out_refund")
        self._settle(note)
        self.assertEqual(self.account.points, 1000, "a credit note over nothing")
        note = self._invoice((self.battery, 100.0), move_type="out_refund")
        self._settle(note, [self._lie(note, void=True)])
        self.assertEqual(self.account.points, 0)
        note.button_draft()
        self._settle(note)
        self.assertEqual(self.account.points, 1000)

    @mute_logger(OUTBOX_LOG)
    def test_another_currency_is_converted_or_refused(self):
        """F10: 16,000 JPY at 160 are 100.00: 1,000 points; without a rate nothing, and why."""
        yen = self.env["res.currency"].create({"name": "JPX", "symbol": "X", "rounding": 1})
        invoice = self._invoice((self.battery, 16000.0), currency_id=yen.id)
        row = self._rows(invoice)
        self._settle(invoice)
        self.assertEqual((self.account.points, row.state), (0, "failed"))
        self.assertIn("no exchange rate for JPX", row.error)
        self.env["res.currency.rate"].create(
            {"currency_id": yen.id, "rate": 160, "name": "2020-01-01"}
        )
        row.with_user(self.seller).action_retry()
        self._settle(invoice)
        self.assertEqual(self.account.points, 1000)
        self._settle(self._invoice((self.battery, 160.0), currency_id=yen.id))
        self.assertEqual(self.account.points, 1010)

    def test_programs_of_another_company_earn_nothing(self):
        """F10: the customer collects points in another company, too."""
        other = self.env["res.company"].create({"name": "Other shop"})
        theirs = self.program.copy({"name": "Theirs", "company_id": other.id})
        account = theirs._enrol(self.berg)
        self._settle(self._invoice((self.cut, 40.0)))
        self.assertEqual((self.account.points, account.points), (200, 0))
