import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged


class SyncCase(CardCase):
    """A foreign ERP "nord" that sells to our Karl Berg, who collects points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = new_test_user(
            cls.env, "card_worker", groups="base.group_user,customer_card.group_worker"
        )
        cls.source = cls.env["customer.card.sync.source"].create({"name": "nord"})
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Points",
                "kind": "points",
                "earn_service_percent": 5,
                "earn_article_percent": 10,
            }
        )
        cls.cut = cls._product("Check", 40.0, type="service", default_code="CHK-9")
        cls.battery.default_code = "B10-9"
        cls.berg.ref = "K-0815"
        cls.account = cls.program._enrol(cls.berg)

    def setUp(self):
        super().setUp()
        self.remote = self.env["customer.card.sync.source"].with_user(self.worker)
        self.remote.open_source("nord", ["customer", "product", "invoice_line"])

    def _row(self, number, document=5, gross=40.0, **data):
        values = {
            "key": f"account.move.line:{number}",
            "document": f"account.move:{document}",
            "number": f"INV/{document}",
            "date": "2030-01-01",
            "void": False,
            "customer": 77,
            "product": 3,
            "gross": gross,
            **data,
        }
        return {
            "id": number,
            "changed": "2030-01-01 10:00:00",
            "weight": abs(gross or 0),
            "data": values,
        }

    def _keep(self, *rows, stream="invoice_line", rejects=(), documents=None, **options):
        page = {"rows": json.dumps(rows), "rejects": list(rejects)}
        if "ids" in options:
            page["ids"] = options.pop("ids")
        else:
            named = sorted({row["data"]["document"] for row in rows})
            page["documents"] = named if documents is None else documents
        return self.remote.keep_page("nord", stream, page, **options)

    def _introduce(self):
        """The foreign ERP's customer 77 is our Karl Berg, its articles 3 and 4 are ours."""
        person = {"key": "res.partner:77", "reference": "K-0815", "name": "Berg, Karl"}
        self._keep(self._entity(77, person), stream="customer")
        for number, code, kind in ((3, "CHK-9", "service"), (4, "B10-9", "goods")):
            article = {"key": f"product.product:{number}", "code": code, "name": code}
            self._keep(self._entity(number, {**article, "kind": kind}), stream="product")

    def _settled(self, line):
        """Return the points that Karl earns by a document of this one line."""
        before, number = self.account.points, len(self.account.entry_ids) + 1000
        line = {"customer": self.berg.id, "date": "2030-01-01", **line}
        self.account._settle_document("customer.card.sync.document", number, [line])
        return self.account.points - before

    def _entity(self, number, data):
        return {
            "id": number,
            "changed": "2030-01-01 10:00:00",
            "weight": 0,
            "data": {**data, "document": data["key"], "void": False},
        }


@tagged("post_install", "-at_install")
class TestSync(SyncCase):
    """Documents of a foreign ERP become points here, whatever is sent twice, late or wrongly."""

    def test_an_invoice_of_the_other_erp_earns_points_once(self):
        """TM-17 TM-18: services of 40.00 → 200 points, articles of 20.00 → 200; sent thrice."""
        self._introduce()
        rows = [self._row(1), self._row(2, gross=20.0, product=4)]
        for again in range(3):
            kept = self._keep(*rows)
            self.assertEqual((kept["new"], kept["changed"]), (0, 0) if again else (2, 0))
        self.assertEqual(self.account.points, 400)
        self.assertEqual(len(self.account.entry_ids), 1)
        self.assertEqual(self.account.entry_ids.origin_name, "INV/5")

    def test_what_is_un_posted_cancelled_or_deleted_is_taken_back(self):
        self._introduce()
        self._keep(self._row(1))
        self._keep(self._row(1, void=True))
        self.assertEqual(self.account.points, 0)
        self._keep(self._row(1))
        self.assertEqual(self.account.points, 200)
        kept = self._keep(documents=["account.move:5"])
        self.assertEqual((kept["gone"], self.account.points), (1, 0))

    def test_another_currency_is_converted_or_refused(self):
        """F10: 16,000 JPY = 100.00 are 1,000 points, by code or by our own id; else a sentence."""
        self._introduce()
        yen = self.env.ref("base.JPY")
        line = {"gross": 16000.0, "product": 4}
        self._keep(self._row(1, currency="JPY", **line))
        self._keep(self._row(2, document=6, currency="#9", **line))
        errors = self.env["customer.card.sync.document"].search([]).mapped("error")
        self.assertIn("There is no exchange rate for JPY", errors[1])
        self.assertIn("The currency #9 is unknown here", errors[0])
        self.assertEqual(self.account.points, 0)
        self.env["res.currency.rate"].create(
            {"currency_id": yen.id, "rate": 160, "name": "2029-12-31"}
        )
        self.env["customer.card.sync.document"].search([]).action_retry()
        self.assertEqual(self.account.points, 1000)
        self._keep(self._row(3, document=7, currency=yen.id, **line))
        self.assertEqual(self.account.points, 2000)

    def test_currency(self):
        """M1, #11: 16,000 JPY are 100.00, and these are 1,000 points."""
        y = self.env.ref("base.JPY")
        self.env["res.currency.rate"].create(
            {"currency_id": y.id, "rate": 160, "name": "2029-12-31"}
        )
        self.assertEqual(
            self._settled({"product": self.battery.id, "gross": 16000.0, "currency": y.id}), 1000
        )

    def test_an_amount_that_is_none_spoils_only_its_document(self):
        """F11: text, infinity, 10^30: that document waits, the others of its page earn."""
        self._introduce()
        bad = ["NaN", "Infinity", "4٠", 1e30, True, [40]]
        rows = [{**self._row(one, document=one, gross=40.0)} for one in range(1, len(bad) + 1)]
        for row, gross in zip(rows, bad, strict=True):
            row["data"]["gross"] = gross
        self._keep(self._row(9, document=9), *rows)
        self.assertEqual(self.account.points, 200)
        self.assertEqual(self.source.failed_count, len(bad))

    def test_a_foreign_erp_is_believed_within_bounds(self):
        """F11: 1,000 points per receipt and 2,500 per day; the rest waits, told once a day."""
        self._introduce()
        self.assertTrue(self.source.max_points_document and self.source.max_points_day)
        self.source.write({"max_points_document": 1000, "max_points_day": 2500})
        documents = self.env["customer.card.sync.document"]
        self._keep(self._row(1, document=1, gross=200.2))
        self.assertEqual((self.account.points, self.source.failed_count), (0, 1))
        self.assertIn("more than the 1000", documents.search([]).error)
        self._keep(*[self._row(one, document=one, gross=200.0) for one in (2, 3, 4)])
        self.assertLedger()
        self.assertEqual((self.account.points, self.source.failed_count), (2000, 2))
        self._keep(self._row(5, document=5, gross=200.0, date="2030-01-02"))
        self.assertEqual(self.account.points, 3000, "another day")
        self._keep(self._row(2, document=2, gross=40.0))
        self.assertEqual(self.account.points, 2200)
        documents.search([("state", "=", "failed")]).action_retry()
        self.assertEqual(self.account.points, 3200, "a day's room is free again")
        (activity,) = self.source.activity_ids
        self.assertIn("1001", str(activity.note))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.source.with_user(self.worker).max_points_day = 0
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.source.with_user(self.seller).max_points_day = 0
        self.source.max_points_document = 0
        documents.search([("state", "=", "failed")]).action_retry()
        self.assertEqual(self.account.points, 3200, "the day's limit still counts")
        self.source.max_points_day = 0
        documents.search([("state", "=", "failed")]).action_retry()
        self.assertEqual((self.account.points, self.source.failed_count), (4201, 0))

    def test_a_stolen_key_does_not_choose_whose_limit_counts(self):
        """D6: receipts of many days, sent today: all of them together are limited, too."""
        self._introduce()
        self.assertTrue(self.source.max_points_booked)
        self.source.max_points_booked = 2500
        days = [(number, f"2030-02-{number:02}") for number in range(1, 9)]
        self._keep(
            *[self._row(day, document=day, gross=180.0, date=date) for day, date in days[:1]]
        )
        self._keep(*[self._row(day, document=day, gross=180.0, date=date) for day, date in days])
        self.assertLedger()
        self.assertEqual((self.account.points, self.source.failed_count), (1800, 6))
        self._keep(self._row(1, document=1, gross=100.0, date="2030-02-01"))
        documents = self.env["customer.card.sync.document"]
        documents.search([("state", "=", "failed")]).action_retry()
        self.assertEqual((self.account.points, self.source.failed_count), (2300, 5))
        self.source.max_points_booked = 0
        documents.search([("state", "=", "failed")]).action_retry()
        self.source.invalidate_recordset()
        self.assertEqual((self.account.points, self.source.failed_count), (6800, 0))

    def test_a_source_of_another_company(self):
        """F10, F11: its worker acts for that company, or not at all; nor is there any stream."""
        other = self.env["res.company"].create({"name": "Other shop"})
        theirs = self.env["customer.card.sync.source"].create(
            {"name": "sued", "company_id": other.id}
        )
        calls = (
            ("open_source", ["sued", ["invoice_line"]]),
            ("keep_page", ["sued", "invoice_line", {"rows": "[]", "rejects": []}]),
            ("sums", ["sued", "invoice_line", [[0, 9]]]),
            ("settle_due", ["sued"]),
            ("check_points", ["sued"]),
            ("note", ["sued", "x"]),
        )
        for method, args in calls:
            with self.assertRaises(AccessError, msg=method), self.env.cr.savepoint():
                getattr(self.remote, method)(*args)
            with self.assertRaises(AccessError, msg=method), self.env.cr.savepoint():
                remote = self.remote.with_context(allowed_company_ids=[other.id])
                getattr(remote, method)(*args)
        manager = new_test_user(self.env, "m1", groups="customer_card.group_manager")
        for method in ("action_match", "action_compare"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(theirs.with_user(manager), method)()
        with self.assertRaisesRegex(UserError, "no rows of the kind"):
            self.remote.keep_page("nord", "money", {"rows": "[]", "rejects": []})

    def test_what_was_read_before_and_comes_later_changes_nothing(self):
        """A page of the past that was long on its way; a comparison repairs all the same."""
        self._introduce()
        new = {**self._row(1, gross=60.0), "changed": "2030-01-01 10:00:05"}
        self._keep(new)
        self.assertEqual(self._keep(self._row(1))["changed"], 0)
        self.assertEqual(self.account.points, 300)
        self.assertEqual(self._keep(self._row(1), ids=[0, 9])["changed"], 1)
        self.assertEqual(self.account.points, 200)

    def test_a_line_deleted_from_a_document_is_missed_by_its_document(self):
        self._introduce()
        self._keep(self._row(1), self._row(2, gross=20.0, product=4))
        self._keep(self._row(2, gross=20.0, product=4))
        self.assertEqual(self.account.points, 200)

    def test_only_who_reads_from_the_last_position_moves_it(self):
        """Two workers at once: the second is told that it is behind and keeps nothing."""
        first = self._keep(self._row(1), lane="live", expected="", position="one")
        second = self._keep(self._row(2), lane="live", expected="", position="two")
        self.assertEqual((first["stale"], second["stale"]), (False, True))
        self.assertEqual(second["position"], "one")
        lines = self.env["customer.card.sync.line"].search([])
        self.assertEqual(lines.mapped("key"), ["account.move.line:1"])

    def test_who_becomes_known_later_gets_the_points_then(self):
        self._keep(self._row(1))
        self._keep(self._row(2, gross=20.0, product=4))
        self.assertEqual(self.account.points, 0)
        self._introduce()
        self.assertEqual(self.account.points, 200)

    def test_a_counterpart_corrected_by_hand_moves_the_points(self):
        self._introduce()
        self._keep(self._row(1))
        other = self.env["res.partner"].create({"name": "Other Berg"})
        account = self.program._enrol(other)
        link = self.env["customer.card.sync.link"].search([("foreign_id", "=", 77)])
        link.partner_id = other
        self.assertEqual((self.account.points, account.points), (0, 200))

    def test_two_with_the_same_number_are_nobody(self):
        self.env["res.partner"].create({"name": "Twin", "ref": "K-0815"})
        self._introduce()
        link = self.env["customer.card.sync.link"].search([("foreign_id", "=", 77)])
        self.assertFalse(link.partner_id)
        self.assertEqual(self.source.unknown_count, 1)

    def test_a_customer_of_another_company_is_nobody_here(self):
        other = self.env["res.company"].create({"name": "Other shop"})
        self.berg.company_id = other
        self._introduce()
        link = self.env["customer.card.sync.link"].search([("foreign_id", "=", 77)])
        self.assertFalse(link.partner_id)
        self.env["customer.card.sync.source"].create({"name": "sued", "company_id": other.id})
        seen = self.env["customer.card.sync.source"].with_user(self.seller).search([])
        self.assertEqual(seen, self.source)
        self.berg.company_id = False
        self.source.action_match()
        self.assertEqual(link.partner_id, self.berg)

    def test_articles_that_nobody_has_here_count_as_the_one_chosen(self):
        self._introduce()
        self.source.article_id = self.battery
        article = {"key": "product.product:9", "code": "?", "name": "Lamp", "kind": "goods"}
        self._keep(self._entity(9, article), stream="product")
        self._keep(self._row(1, gross=20.0, product=9))
        self.assertEqual(self.account.points, 200)

    def test_a_rejected_row_waits_with_its_reasons_and_holds_its_receipt_back(self):
        self._introduce()
        bad = {
            "key": "account.move.line:2",
            "id": 2,
            "document": "account.move:5",
            "raw": {"id": 2, "quantity": False},
            "reasons": {"quantity": ["Field may not be null."]},
        }
        self._keep(self._row(1), rejects=[bad])
        reject = self.env["customer.card.sync.reject"].search([])
        self.assertEqual(reject.reasons, "quantity: Field may not be null.")
        self.assertEqual(json.loads(reject.raw)["id"], 2)
        self.assertEqual((reject.state, self.account.points), ("open", 0))
        reject.action_retry()
        opened = self.remote.open_source("nord", ["invoice_line"])
        self.assertEqual(
            opened["retry"], [{"stream": "invoice_line", "document": "account.move:5"}]
        )
        self._keep(self._row(1), rejects=[bad])
        self.assertEqual((reject.state, reject.attempts), ("open", 2))
        self._keep(self._row(1), self._row(2, gross=20.0, product=4))
        self.assertFalse(reject.exists())
        self.assertEqual(self.account.points, 400)

    def test_sums_tell_what_is_here(self):
        self._keep(self._row(1), self._row(2, gross=20.0), self._row(9, document=6))
        sums = self.remote.sums("nord", "invoice_line", [[0, 2], [2, 100], [100, 200]])
        stamp = "2030-01-01 10:00:00"
        self.assertEqual(sums, [[2, 60.0, stamp], [1, 40.0, stamp], [0, 0.0, ""]])
        self._keep(self._row(1), ids=[0, 2])
        self.assertEqual(self.remote.sums("nord", "invoice_line", [[0, 2]]), [[1, 40.0, stamp]])

    def test_a_row_twice_in_a_page_counts_as_it_came_last(self):
        self._introduce()
        kept = self._keep(self._row(1), self._row(1, gross=60.0))
        self.assertEqual((kept["new"], kept["changed"], self.account.points), (1, 0, 300))

    def test_a_time_stamp_alone_is_kept_for_the_sums_and_changes_nothing(self):
        self._introduce()
        self._keep(self._row(1))
        kept = self._keep({**self._row(1), "changed": "2030-01-01 10:00:09"})
        self.assertEqual((kept["new"], kept["changed"], kept["settled"]), (0, 0, 0))
        self.assertEqual(
            self.remote.sums("nord", "invoice_line", [[0, 9]]), [[1, 40.0, "2030-01-01 10:00:09"]]
        )

    def test_a_late_commit_is_measured(self):
        self._keep(self._row(1), status={"since": "2030-01-01 10:00:03"}, lane="live", position="x")
        stream = self.source.stream_ids.filtered(lambda one: one.name == "invoice_line")
        self.assertEqual(stream.lateness, 3)

    def test_the_shop_sees_trouble_and_its_end(self):
        self.assertEqual(self.source.state, "running")
        self.remote.note("nord", error="The API key expired.")
        self.assertEqual(
            (self.source.state, self.source.last_error), ("failed", "The API key expired.")
        )
        self.remote.note("nord")
        self.assertEqual(self.source.state, "running")
        self.assertTrue(self.remote.open_source("nord", [])["asked"])
        self.remote.note("nord", compared=True, repaired=3)
        self.assertEqual(self.source.repaired, 3)
        opened = self.remote.open_source("nord", [])
        self.assertFalse(opened["asked"] or opened["compare"])
        self.source.reconciled_at = fields.Datetime.now() - timedelta(days=1)
        self.assertTrue(self.remote.open_source("nord", [])["compare"])
        self.source.action_compare()
        self.assertTrue(self.remote.open_source("nord", [])["asked"])

    def test_a_document_that_cannot_be_booked_stops_nobody(self):
        self._introduce()
        cards = self.env.registry["loyalty.card"]
        settle = cards._settle_document

        def fails_for_one(self, model, res_id, lines, name=""):
            if name == "INV/5":
                raise ValueError("The period is closed.")
            return settle(self, model, res_id, lines, name)

        with patch.object(cards, "_settle_document", fails_for_one):
            self._keep(self._row(1), self._row(2, document=6, gross=20.0, product=4))
        self.assertEqual((self.source.failed_count, self.account.points), (1, 200))
        failed = self.env["customer.card.sync.document"].search([("state", "=", "failed")])
        self.assertEqual(failed.error, "The period is closed.")
        failed.action_retry()
        self.assertEqual((failed.state, self.account.points), ("settled", 400))

    def test_a_line_that_moves_to_another_document_leaves_the_first(self):
        self._introduce()
        self._keep(self._row(1), self._row(2, gross=20.0, product=4))
        self._keep(self._row(2, document=6, gross=20.0, product=4))
        points = {
            one.name: one.earned for one in self.env["customer.card.sync.document"].search([])
        }
        self.assertEqual(points, {"INV/5": 200, "INV/6": 200})
        self.assertEqual(self.account.points, 400)

    def test_an_article_that_nobody_has_here_counts_also_for_documents_that_were_first(self):
        self._introduce()
        self.source.article_id = self.battery
        self._keep(self._row(1, gross=20.0, product=9))
        self.assertEqual(self.account.points, 0)
        article = {"key": "product.product:9", "code": "?", "name": "Lamp", "kind": "goods"}
        self._keep(self._entity(9, article), stream="product")
        self.assertEqual(self.account.points, 200)

    def test_a_rejected_row_that_was_deleted_holds_nothing_back(self):
        self._introduce()
        bad = {"key": "account.move.line:2", "id": 2, "document": "account.move:5"}
        self._keep(self._row(1), rejects=[{**bad, "raw": {}, "reasons": {"date": ["None."]}}])
        self.assertEqual(self.account.points, 0)
        self._keep(self._row(1), ids=[0, 9])
        self.assertEqual(self.account.points, 200)

    def _bad(self, number, document=5):
        """Return a row that does not fit, as the worker sends it."""
        names = {"key": f"account.move.line:{number}", "document": f"account.move:{document}"}
        return {**names, "id": number, "raw": {"id": number}, "reasons": {"date": ["None."]}}

    def test_half_a_receipt_of_an_earlier_page_loses_its_points_until_the_bad_row_fits(self):
        """TM-17 TM-18: rows 1 and 900 of one receipt, read by different pages in both orders."""
        self._introduce()
        self._keep(self._row(1), documents=[], lane="history", expected="", position="one")
        self.assertEqual(self.account.points, 200)
        late = {"rejects": [self._bad(900)], "documents": []}
        self._keep(**late, lane="history", expected="one", position="two")
        self.assertEqual(self.account.points, 0)
        self._keep(self._row(2, gross=20.0, product=4), documents=[])
        self._keep(**late)
        self.assertEqual(self.account.points, 0, "the other rows bring nothing while one is bad")
        self._keep(self._row(900, gross=30.0, product=4), documents=[])
        self.assertEqual(self.account.points, 700)
        self.assertEqual(sum(self.account.entry_ids.mapped("delta")), 700)

    def test_a_receipt_that_was_whole_keeps_its_points_while_a_row_of_it_is_bad(self):
        """Its old rows are all known: a field renamed over there takes no points from anybody."""
        self._introduce()
        self._keep(self._row(1), self._row(2, gross=20.0, product=4))
        self._keep(self._row(1, gross=60.0), rejects=[self._bad(2)])
        self.assertEqual(self.account.points, 400)
        self._keep(self._row(1, gross=60.0), self._row(2, gross=20.0, product=4))
        self.assertEqual(self.account.points, 500)

    def test_strangers_and_unknown_names_are_refused(self):
        with self.assertRaises(AccessError):
            self.env["customer.card.sync.source"].with_user(self.seller).open_source("nord", [])
        with self.assertRaisesRegex(UserError, "No foreign ERP is called 'sued' here"):
            self.remote.open_source("sued", [])
