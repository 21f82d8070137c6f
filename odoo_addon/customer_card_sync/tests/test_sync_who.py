from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_sync import SyncCase


class WhoCase(SyncCase):
    """Two customers of the foreign ERP, 77 and 78, that are our Berg and our Voss."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voss = cls.env["res.partner"].create({"name": "Anna Voss", "ref": "K-0816"})
        cls.other = cls.program._enrol(cls.voss)

    def setUp(self):
        super().setUp()
        self._introduce()
        self._person(78, "K-0816")
        self._keep(self._row(1), self._row(2, document=6, gross=60.0, customer=78))

    def _person(self, number, reference, **data):
        key = f"res.partner:{number}"
        row = self._entity(number, {"key": key, "name": f"No. {number}", **data})
        row["data"]["reference"] = reference
        return self._keep(row, stream="customer")

    def _read_again(self, *, gone=()):
        """Do what the worker does with what the host wants read again, and return that."""
        wanted = self.remote.open_source("nord", ["customer", "invoice_line"])["retry"]
        for one in wanted:
            if one["document"] in gone:
                self._keep(stream=one["stream"], documents=[one["document"]])
            else:
                stream = self.source.stream_ids.filtered(lambda s, one=one: s.name == one["stream"])
                lines = self.env["customer.card.sync.line"].search(
                    [("stream_id", "=", stream.id), ("document", "=", one["document"])]
                )
                rows = [
                    {"id": line.foreign_id, "changed": line.changed, "weight": 0, "data": line.data}
                    for line in lines
                ]
                self._keep(*rows, stream=one["stream"])
        return sorted(one["document"] for one in wanted)

    def _points(self):
        self.assertLedger()
        return self.account.points, self.other.points

    def _told(self):
        return "".join(map(str, self.source.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestSyncWho(WhoCase):
    """Who is who follows the other ERP."""

    def test_swapped_numbers_are_followed(self):
        """H2: two customers change numbers; their receipts change hands, in either order."""
        self.assertEqual(self._points(), (200, 300))
        self._person(77, "K-0816")
        self._person(78, "K-0815")
        self.assertEqual(self._points(), (300, 200))
        self._read_again()
        self.assertEqual(self._points(), (300, 200))
        self.assertIn("Anna Voss", self._told())

    def test_another_number_is_another_customer(self):
        """H2: a number that nobody has here is nobody's; the right one brings all back."""
        self._person(77, "K-9999")
        self.assertEqual(self._points(), (0, 300))
        self.assertIn("nobody", self._told())
        self.assertIn("200", self._told())
        self._person(77, "K-0815")
        self.assertEqual(self._points(), (200, 300))

    def test_what_was_set_by_hand_stays(self):
        """H2: who was chosen by a person is no question of numbers."""
        links = self.env["customer.card.sync.link"].search([("foreign_id", "=", 77)])
        links.filtered(lambda link: link.kind == "customer").partner_id = self.voss
        self.assertEqual(self._points(), (0, 500))
        self._person(77, "K-9999")
        self.assertEqual(self._points(), (0, 500))

    def test_articles_follow_their_numbers(self):
        """H2: article 3 is the check, and becomes the battery: 10 % instead of 5 %."""
        article = {"key": "product.product:3", "code": "B10-9", "name": "B10", "kind": "goods"}
        self._keep(self._entity(3, article), stream="product")
        self.assertEqual(self._points(), (400, 600))

    def test_two_with_one_number_are_nobody(self):
        """H4: neither of them, as soon as both were seen; one of them renamed frees the other."""
        self._person(79, "K-0815")
        self._keep(self._row(3, document=7, customer=79))
        self.assertEqual(self._points(), (200, 300), "not before both were read again")
        self.assertEqual(self._read_again(), ["res.partner:77"], "79 has just been read")
        self.assertEqual(self._points(), (0, 300))
        links = self.env["customer.card.sync.link"].search([("reference", "=", "K-0815")])
        self.assertEqual(links.mapped("is_shared"), [True, True])
        self.assertEqual(self.source.unknown_count, 2)
        self.assertEqual(self._read_again(), [])
        self._person(79, "K-0817")
        self.assertEqual(self._points(), (200, 300))

    def test_two_with_one_number_from_the_beginning(self):
        """H4: both in one page: neither is anybody."""
        self.env["res.partner"].create({"name": "Neu", "ref": "K-0820"})
        rows = [
            self._entity(
                number, {"key": f"res.partner:{number}", "name": "Neu", "reference": "K-0820"}
            )
            for number in (90, 91)
        ]
        self._keep(*rows, stream="customer")
        links = self.env["customer.card.sync.link"].search([("reference", "=", "K-0820")])
        self.assertEqual((len(links), links.partner_id.ids), (2, []))

    def test_an_archived_twin_steps_back(self):
        """H4: of two with one number the one that is archived over there is nobody."""
        self._person(79, "K-0815", archived="archived")
        self._keep(self._row(3, document=7, customer=79))
        self._read_again()
        self.assertEqual(self._points(), (200, 300))
        self._person(77, "K-0815", archived="archived")
        self._person(79, "K-0815", archived="")
        self._read_again()
        self.assertEqual(self._points(), (200, 300), "79 has a receipt of 200, too")

    def test_merged_customers_bring_their_receipts(self):
        """H1: 78 was merged into 77, whose number stays: seen when 78 is gone."""
        self._keep(stream="customer", documents=["res.partner:78"])
        self.assertEqual(self._points(), (200, 300), "nothing is taken before it is read again")
        wanted = self.remote.open_source("nord", ["customer", "invoice_line"])["retry"]
        self.assertEqual(wanted, [{"stream": "invoice_line", "document": "account.move:6"}])
        self._keep(self._row(2, document=6, gross=60.0, customer=77))
        self.assertEqual(self._points(), (500, 0))
        self.assertIn("No. 78 (78) → Berg, Karl (77), 1 documents, 300 points", self._told())
        self.assertEqual(self.remote.open_source("nord", ["customer"])["retry"], [])

    def test_a_merge_that_brings_the_number_shows_within_a_scan(self):
        """H1: 77 was merged into 79, which has its number now; 77 is asked for at once."""
        self._person(79, "K-0815")
        self._read_again(gone={"res.partner:77"})
        self.assertEqual(self._points(), (200, 300))
        self._keep(self._row(1, customer=79))
        self.assertEqual(self._points(), (200, 300))
        (link,) = self.env["customer.card.sync.link"].search([("foreign_id", "=", 79)])
        self.assertEqual(link.partner_id, self.berg)

    def test_an_invoice_address_stands_for_its_customer(self):
        """M3, #12: without a number, whichever comes first; with one of its own it is its own."""
        self._person(80, "", parent=77, role="invoice")
        self._keep(self._row(4, document=8, customer=80))
        self.assertEqual(self._points(), (400, 300))
        self._person(81, "", parent=82, role="delivery")
        self._keep(self._row(5, document=9, customer=81))
        self.assertEqual(self._points(), (400, 300))
        self._person(82, "", parent=78, role="other")
        self.assertEqual(self._points(), (400, 500), "an address of an address")
        self._person(80, "K-0816-R", parent=77, role="invoice")
        self.assertEqual(self._points(), (200, 500))
        self._person(83, "", parent=77, role="contact")
        self._keep(self._row(6, document=10, customer=83))
        self.assertEqual(self._points(), (200, 500), "an employee is somebody of his own")

    def test_an_address_moves_with_its_customer(self):
        """M3: its customer gets another number, or it gets another customer."""
        self._person(80, "", parent=77, role="invoice")
        self._keep(self._row(4, document=8, customer=80))
        self._person(80, "", parent=78, role="invoice")
        self.assertEqual(self._points(), (200, 500))
        self._person(78, "K-9999")
        self.assertEqual(self._points(), (200, 0))

    def test_those_who_were_here_before_are_judged_at_night(self):
        """H4: two with one number that an older version has made one customer here."""
        self._person(79, "K-0818")
        self._keep(self._row(3, document=7, customer=79))
        query = "UPDATE customer_card_sync_link SET reference = 'K-0815', partner_id = %s"
        self.env.cr.execute(query + " WHERE foreign_id = 79", [self.berg.id])
        self.env.invalidate_all()
        self.remote.check_points("nord")
        self.assertEqual(self._points(), (0, 300))


@tagged("post_install", "-at_install")
class TestSyncMissing(WhoCase):
    """H3: a mass of vanishing rows asks first."""

    def _compare(self, *rows, ids=(0, 1000), stream="invoice_line"):
        self._keep(*rows, ids=list(ids), stream=stream)
        self.remote.note("nord", compared=True, part="comparison")

    def _sell(self, number):
        rows = [self._row(one, document=one, gross=20.0) for one in range(100, 100 + number)]
        self._keep(*rows)
        return rows

    def test_a_few_that_vanish_were_deleted(self):
        self._compare(self._row(1))
        self.assertEqual(self._points(), (200, 0))
        self.assertFalse(self.source.vanished)

    def test_half_of_the_receipts_wait_for_an_answer(self):
        """H3: 10 of 22 receipts; nothing is taken back, form, worker and manager are told."""
        rows = self._sell(20)
        before = self._points()
        seen = [self._row(1), self._row(2, document=6, gross=60.0, customer=78), *rows[10:]]
        self._compare(*seen)
        self.assertEqual(self._points(), before)
        self.assertEqual(self.source.state, "asks")
        self.assertIn("10 of 22 (10 rows, 1000 points)", self.source.vanished)
        self.assertIn("record rule", self.source.vanished)
        opened = self.remote.open_source("nord", ["invoice_line"])
        self.assertEqual(opened["troubles"], {"vanished": self.source.vanished})
        self.assertEqual(len(self.source.activity_ids), 1)
        self._compare(*seen)
        self.assertEqual((self._points(), len(self.source.activity_ids)), (before, 1))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.source.with_user(self.seller).action_take_vanished()
        self._compare(*seen, *rows)
        self.assertEqual(self._points(), before)
        self.assertFalse(self.source.vanished, "the rule was taken away")
        self.assertEqual(self.source.state, "running")

    def test_the_answer_takes_back(self):
        """H3: they were deleted indeed."""
        rows = self._sell(12)
        self._compare(self._row(1), ids=(0, 99))
        self._compare(*rows[:4], ids=(99, 1000))
        self.assertEqual(self._points(), (1400, 0))
        self.assertTrue(self.source.vanished)
        self.source.action_take_vanished()
        self.assertEqual(self._points(), (600, 0))
        self.assertFalse(self.source.vanished)

    def test_points_alone_are_a_mass_too(self):
        """H3: six receipts over much."""
        self._sell(20)
        self.source.write({"vanish_points": 500, "vanish_share": 0})
        self._compare(ids=(99, 105))
        self.assertEqual(self.source.state, "asks")
        self.source.vanish_points = 600
        self._compare(ids=(99, 105))
        self.assertFalse(self.source.vanished)
        self.assertEqual(self.account.points, 200 + 1400)

    def test_customers_that_are_hidden_are_asked_for_too(self):
        """H3: a rule hides customers; nobody loses his counterpart meanwhile."""
        for number in range(100, 110):
            self._person(number, f"X-{number}")
        self._compare(stream="customer")
        self.assertIn("12 of 12", self.source.vanished)
        self.assertEqual(self.remote.open_source("nord", ["customer"])["retry"], [])
        self.assertEqual(self._points(), (200, 300))

    def test_what_one_part_of_the_worker_says_another_does_not_take_away(self):
        """H5: the past goes on while the scan of changes stands still; the form says so."""
        self.remote.note("nord", "The key expired.", part="changes")
        self.remote.note("nord", "", part="past")
        self.assertEqual(
            (self.source.state, self.source.last_error), ("failed", "The key expired.")
        )
        opened = self.remote.open_source("nord", ["customer"])
        self.assertEqual(opened["troubles"], {"changes": "The key expired."})
        self.remote.note("nord", "", part="changes")
        self.assertEqual((self.source.state, self.source.last_error or ""), ("running", ""))

    def test_digests_tell_what_sums_do_not(self):
        """M5: of rows from before there were any the host says so."""
        row = {**self._row(1), "digest": 4711}
        self._keep(row)
        digests = self.remote.digests("nord", "invoice_line", [[0, 1], [1, 2], [2, 9]])
        self.assertEqual(digests, [[1, 4711], [1, -1], [0, 0]])

    def test_a_preview_says_what_would_be_booked_and_writes_nothing(self):
        """A dry run: 400 points for Karl, one unknown customer, one receipt that would wait."""
        self.source.max_points_document = 1000
        rows = [
            self._row(10, document=20, gross=40.0, product=4),
            self._row(11, document=21, gross=40.0, customer=99),
            self._row(12, document=22, gross=9000.0),
        ]
        counted = ("customer.card.sync.document", "customer.card.sync.line", "loyalty.card.entry")
        before = [self.env[model].search_count([]) for model in counted]
        person = self._entity(99, {"key": "res.partner:99", "reference": "?", "name": "Who"})
        for _ in range(2):
            found = self.remote.preview("nord", {"invoice_line": rows, "customer": [person]})
            self.assertEqual((found["documents"], found["unknown"]), (3, [99]))
            ((partner, name, points, pieces, documents),) = found["booked"]
            self.assertEqual((partner, name), (self.berg.id, self.berg.name))
            self.assertEqual((points, pieces, len(documents)), (400, 0, 1))
            self.assertEqual(found["failed"][0][0], "INV/22")
            self.assertEqual([self.env[model].search_count([]) for model in counted], before)
            self.assertEqual(self._points(), (200, 300))
            self.assertFalse(self.source.activity_ids)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["customer.card.sync.source"].with_user(self.seller).preview("nord", {})
