import base64
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_takeover.wizard import customer_card_import
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

TITLES = [
    "Record no.",
    "Customer no.",
    "E-mail",
    "Name",
    "ZIP",
    "Card no.",
    "Chip no. (UID)",
    "Program",
    "Side",
    "Valid from",
    "Valid until",
    "Program line",
    "Article",
    "Granted",
    "Used",
    "Remaining",
    "Balance",
    "Of which paid",
    "Of which bonus",
    "Voucher no.",
]


class TakeOverCase(CardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        partners = cls.env["res.partner"]
        cls.erika = partners.create(
            {"name": "Erika Meier", "ref": "4711", "email": "erika@example.com", "zip": "10115"}
        )
        cls.hans = partners.create(
            {"name": "Hans Schulz", "email": "hans@example.com", "zip": "20095"}
        )
        cls.programs = cls.env["loyalty.program"]
        cls.batteries = cls._counter_program()
        cls.credit = cls.programs.create({"name": "Credit", "kind": "stored_value"})
        cls.voucher = cls.programs.create({"name": "Voucher", "kind": "voucher"})
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

    def _file(self, *lines):
        """A file with all titles; each line is a dict of title and cell."""
        rows = [TITLES] + [[line.get(title, "") for title in TITLES] for line in lines]
        return "\r\n".join(";".join(row) for row in rows).encode()

    def _import(self, data, **values):
        return (
            self.env["customer.card.import"]
            .with_user(self.manager)
            .create(
                {
                    "file": base64.b64encode(data),
                    "filename": "list.csv",
                    "decimal_mark": "comma",
                    **values,
                }
            )
        )

    def _taken_over(self, data, **values):
        taken = self._import(data, **values)
        taken.action_check()
        taken.action_take_over()
        return taken

    def _of(self, program, partner):
        return self.env["loyalty.card"].search(
            [("program_id", "=", program.id), ("partner_id", "=", partner.id)]
        )

    def _reasons(self, taken):
        return [(one.line, one.column or "", one.reason) for one in taken.refusal_ids]

    def _entries(self):
        return self.env["loyalty.card.entry"].search_count([("reason", "=", "opening")])


@tagged("post_install", "-at_install")
class TestTakeOver(TakeOverCase):
    """The office brings the old system's cards, programs and balances along."""

    def _shop(self):
        """What a shop has: a line for each kind of program."""
        return self._file(
            {
                "Customer no.": "4711",
                "Name": "Meier, Erika",
                "Card no.": "20001",
                "Chip no. (UID)": "04:a2:b3:c4:d5:e6:f7",
                "Program": "Batteries",
                "Valid from": "01.02.2026",
                "Valid until": "31.01.2032",
                "Article": "Battery 10",
                "Granted": "72",
                "Used": "41",
                "Remaining": "31",
            },
            {"Customer no.": "4711", "Program": "discount", "Valid until": "2030-12-31"},
            {"E-mail": "HANS@example.com", "Program": "Points", "Balance": "1.250"},
            {
                "Name": "Hans Schulz",
                "ZIP": "20095",
                "Program": "Credit",
                "Balance": "1.234,50 €",
                "Of which bonus": "34,50",
            },
            {"Program": "Voucher", "Voucher no.": "GS-2024-0815", "Balance": "37,50"},
        )

    def test_every_kind_comes_over_with_its_figures(self):
        """AX-03: cards, chips, counters with used and left, credit in its buckets, vouchers."""
        taken = self._import(self._shop())
        taken.action_check()
        self.assertFalse(self._reasons(taken))
        self.assertEqual((taken.line_count, self._entries()), (5, 0))
        taken.action_take_over()
        self.assertEqual(taken.state, "done")
        self.assertLedger()
        counter = self._of(self.batteries, self.erika)
        self.assertEqual((counter.points, counter.allowance_ids.used), (31, 41))
        self.assertEqual(
            (str(counter.valid_from), str(counter.expiration_date)), ("2026-02-01", "2032-01-31")
        )
        self.assertEqual(counter.customer_card_id.number, "20001")
        chip = self.env["customer.card.medium"]._resolve("uid", "04A2B3C4D5E6F7")
        self.assertEqual(chip.card_id.partner_id, self.erika)
        credit = self._of(self.credit, self.hans)
        self.assertEqual((credit.points, credit.paid, credit.bonus), (1234.5, 1200, 34.5))
        self.assertEqual(self._of(self.points, self.hans).points, 1250)
        self.assertEqual(str(self._of(self.discount, self.erika).expiration_date), "2030-12-31")
        voucher = self.env["loyalty.card"]._by_code("GS-2024-0815")
        self.assertEqual((voucher.points, voucher.paid), (37.5, 37.5))
        self.assertFalse(voucher.partner_id)
        self.assertEqual(voucher.entry_ids.user_id, self.manager)

    def test_what_came_over_can_be_used(self):
        """AX-09: 31 of 72 are left after the take-over, and the next issue leaves 30."""
        self._taken_over(self._shop())
        counter = self._of(self.batteries, self.erika)
        counter._issue(counter.allowance_ids, self.battery, 1, key="first")
        self.assertEqual((counter.points, counter.allowance_ids.remaining), (30, 30))

    def test_totals_of_file_and_ledger(self):
        """The file says 31 + 1250 + 1234.50 + 37.50, and so does the ledger afterwards."""
        taken = self._import(self._shop())
        taken.action_check()
        self.assertEqual(sum(taken.total_ids.mapped("file_sum")), 2553)
        self.assertEqual(sum(taken.total_ids.mapped("open_sum")), 2553)
        taken.action_take_over()
        taken.total_ids.invalidate_recordset()
        self.assertEqual(sum(taken.total_ids.mapped("booked_sum")), 2553)
        self.assertEqual(
            [(one.open_lines, one.open_sum) for one in taken.total_ids],
            [(0, 0)] * len(taken.total_ids),
        )
        things = {one.kind: one.booked_lines for one in taken.total_ids if one.kind != "program"}
        self.assertEqual(things, {"card": 1, "chip": 1})

    def test_a_repeated_import_books_nothing(self):
        """The same file a second time: every line is there before, no entry, no card more."""
        self._taken_over(self._shop())
        before = (
            self._entries(),
            self.env["customer.card"].search_count([]),
            self.env["loyalty.card"].search_count([]),
        )
        again = self._taken_over(self._shop())
        self.assertFalse(self._reasons(again))
        self.assertEqual(
            (
                self._entries(),
                self.env["customer.card"].search_count([]),
                self.env["loyalty.card"].search_count([]),
            ),
            before,
        )
        self.assertEqual(sum(again.total_ids.mapped("known_sum")), 2553)
        self.assertEqual(sum(again.total_ids.mapped("open_sum")), 0)

    def test_other_figures_are_refused_the_second_time(self):
        line = {"Customer no.": "4711", "Program": "Credit", "Balance": "50,00"}
        self._taken_over(self._file(line))
        again = self._taken_over(self._file({**line, "Balance": "60,00"}))
        self.assertIn("before with other figures", again.refusal_ids.reason)
        self.assertEqual(self._of(self.credit, self.erika).points, 50)

    def test_two_lines_that_say_the_same_are_not_added(self):
        line = {"Customer no.": "4711", "Program": "Credit", "Balance": "50,00"}
        taken = self._taken_over(self._file(line, line))
        self.assertEqual(taken.refusal_ids.line, 3)
        self.assertIn("Line 2 says this already", taken.refusal_ids.reason)
        self.assertEqual(self._of(self.credit, self.erika).points, 50)

    def test_the_record_number_tells_two_apart(self):
        line = {"Customer no.": "4711", "Program": "Batteries", "Remaining": "5"}
        taken = self._taken_over(
            self._file({**line, "Record no.": "1"}, {**line, "Record no.": "2", "Remaining": "30"})
        )
        self.assertFalse(self._reasons(taken))
        self.assertEqual(sorted(self._of(self.batteries, self.erika).mapped("points")), [5, 30])

    def test_credit_is_added_to_what_was_sold_meanwhile(self):
        """The account opened at the till last week stays the customer's only one."""
        self.credit._enrol(self.erika, amount=20, paid=20)
        self._taken_over(
            self._file({"Customer no.": "4711", "Program": "Credit", "Balance": "50,00"})
        )
        self.assertEqual(self._of(self.credit, self.erika).points, 70)

    def test_split_lines_and_sides(self):
        """AP-39, AP-42: the second year's counter of the left ear."""
        yearly = self._counter_program(
            quantity=12, name="Yearly", term_months=12, split_lines=True, per_fitting=True
        )
        yearly.line_ids.copy({"program_id": yearly.id})
        line = {"Customer no.": "4711", "Program": "Yearly", "Valid from": "01.02.2026"}
        taken = self._taken_over(
            self._file(
                {**line, "Side": "l", "Program line": "1", "Granted": "12", "Remaining": "0"},
                {**line, "Side": "left", "Program line": "2", "Remaining": "12"},
                {**line, "Side": "Right", "Program line": "2", "Remaining": "12"},
                {**line, "Program line": "2", "Remaining": "12"},
                {**line, "Side": "l", "Remaining": "12"},
                {**line, "Side": "l", "Program line": "3", "Remaining": "12"},
            )
        )
        self.assertEqual([one.line for one in taken.refusal_ids], [5, 6, 7])
        both = self._of(yearly, self.erika)
        self.assertEqual(sorted(both.mapped("side")), ["left", "right"])
        left = both.filtered(lambda one: one.side == "left").allowance_ids.sorted("date_from")
        self.assertEqual([(one.quantity, one.used) for one in left], [(12, 12), (12, 0)])
        self.assertEqual(
            [str(left[1].date_from), str(left[1].date_to)], ["2027-02-02", "2028-02-01"]
        )

    def test_a_flat_program_counts_what_was_used(self):
        """AP-53: unlimited has nothing left to enter."""
        flat = self._counter_program(quantity=0, name="Flat")
        line = {"Customer no.": "4711", "Program": "Flat"}
        taken = self._taken_over(
            self._file({**line, "Used": "17"}, {**line, "Record no.": "9", "Remaining": "3"})
        )
        self.assertEqual([one.line for one in taken.refusal_ids], [3])
        counter = self._of(flat, self.erika)
        self.assertEqual((counter.points, counter.allowance_ids.used), (0, 17))

    def test_new_cards_are_numbered_above(self):
        sequence = self.env.ref("customer_card.sequence_customer_card")
        free = str(sequence.number_next_actual + 5)
        self._taken_over(self._file({"Customer no.": "4711", "Card no.": free}))
        card = self.env["customer.card"].create({"partner_id": self.hans.id})
        self.assertEqual(int(card.number), int(free) + 1)

    def test_numbers_are_written_as_in_the_country(self):
        """A new take-over offers the way of the user's language: 1,234.50 in English."""
        form = Form(self.env["customer.card.import"].with_user(self.manager))
        self.assertEqual(form.decimal_mark, "point")

    def test_titles_in_the_language_of_the_shop(self):
        """The template in German comes back and is read, whatever language the manager uses."""
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.env["customer.card.import"].with_context(lang="de_DE")._titles()
        rows = [
            [german[name] for name in ("customer_no", "program", "balance")],
            ["4711", "Points", "5"],
        ]
        taken = self._taken_over(self.env["customer.card.import"]._csv(rows))
        self.assertFalse(self._reasons(taken))
        self.assertEqual(self._of(self.points, self.erika).points, 5)

    def test_refused_lines_count_in_the_total_of_their_program(self):
        line = {"Program": "Points", "Balance": "5"}
        taken = self._import(
            self._file({**line, "Customer no.": "4711"}, {**line, "Customer no.": "9"})
        )
        taken.action_check()
        total = taken.total_ids
        self.assertEqual((total.file_lines, total.file_sum), (2, 10))
        self.assertEqual((total.refused_sum, total.open_sum), (5, 5))

    def test_sellers_take_over_nothing(self):
        taken = self._import(self._shop())
        for method in ("action_check", "action_take_over", "action_continue"):
            with self.assertRaises(AccessError):
                getattr(taken.with_user(self.seller), method)()

    def test_old_files_are_forgotten(self):
        """The list names persons; after 90 days only the totals are left."""
        taken = self._taken_over(self._file({"Program": "Gold"}, {"Customer no.": "4711"}))
        with freeze_time(datetime.now() + timedelta(days=89)):
            taken.sudo()._gc_files()
        self.assertTrue(taken.file)
        with freeze_time(datetime.now() + timedelta(days=91)):
            taken.sudo()._gc_files()
        self.assertFalse(taken.file or taken.filename or taken.refusal_ids)
        self.assertTrue(taken.total_ids)

    # --- interruption -----------------------------------------------------------------

    def test_an_interruption_loses_and_doubles_nothing(self):
        """The server dies in the middle of the third batch; the rest follows, once."""
        lines = [
            {"Customer no.": "4711", "Program": "Voucher", "Voucher no.": f"V{n}", "Balance": "10"}
            for n in range(7)
        ]
        taken = self._import(self._file(*lines))
        taken.action_check()
        imports, booked = type(self.env["customer.card.import"]), []
        real = imports._book

        def dies(record, line):
            if len(booked) == 5:
                raise MemoryError("killed")
            booked.append(line.number)
            return real(record, line)

        with (
            patch.object(customer_card_import, "BATCH", 2),
            patch.object(customer_card_import, "AT_ONCE", 0),
            patch.object(imports, "_book", dies),
            self._background(),
        ):
            taken.action_take_over()
            # Not assertRaises: it would roll back what was committed before, too.
            with suppress(MemoryError):
                self.env["customer.card.import"]._cron_import()
                self.fail("the server did not die")
        self.committed.rollback()
        self.env.invalidate_all()
        self.assertEqual((taken.done_count, self._entries(), taken.state), (4, 4, "running"))
        self.assertLedger()
        with self._background():
            self.env["customer.card.import"]._cron_import()
        self.assertEqual((taken.done_count, self._entries(), taken.state), (7, 7, "done"))
        total = taken.total_ids
        self.assertEqual((total.booked_sum, total.open_lines), (70, 0))

    def test_it_goes_on_by_itself(self):
        """N10: a run out of time asks for the next one at once; a finished one does not."""
        lines = [
            {"Customer no.": "4711", "Program": "Voucher", "Voucher no.": f"V{n}", "Balance": "10"}
            for n in range(3)
        ]
        taken = self._import(self._file(*lines))
        taken.action_check()
        cron = self.env.ref("customer_card_takeover.cron_import")
        triggers = self.env["ir.cron.trigger"]

        def asked():
            return triggers.search_count([("cron_id", "=", cron.id)])

        with (
            patch.object(customer_card_import, "BATCH", 2),
            patch.object(customer_card_import, "AT_ONCE", 0),
            self._background(),
        ):
            taken.action_take_over()
            before = asked()
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_, **__: 0):
                self.env["customer.card.import"]._cron_import()
            self.assertEqual((taken.done_count, asked()), (2, before + 1))
            self.env["customer.card.import"]._cron_import()
        self.assertEqual((taken.state, asked()), ("done", before + 1))

    @contextmanager
    def _background(self):
        """Stand in for the commits of a cron: savepoints, since a test's transaction never ends."""

        def commit(*_args, **_kwargs):
            self.env.flush_all()
            self.committed = self.env.cr.savepoint(flush=False)
            return 60.0

        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
            patch.object(customer_card_import, "retrying", lambda batch, _env: batch()),
        ):
            yield

    # --- bad input --------------------------------------------------------------------

    def test_customers_are_never_guessed(self):
        self.env["res.partner"].create({"name": "Hans Schulz", "email": "hans@example.com"})
        line = {"Program": "Points", "Balance": "1"}
        taken = self._taken_over(
            self._file(
                {**line, "Customer no.": "9999"},
                {**line, "E-mail": "hans@example.com"},
                {**line, "Customer no.": "4711", "Name": "Hans Schulz"},
                {**line, "Name": "Hans Schulz"},
                {**line, "Name": "Hans Schulz", "ZIP": "99999"},
                line,
                {**line, "Name": "Hans Schulz", "ZIP": "20095"},
            )
        )
        self.assertEqual(
            [(line, column) for line, column, _reason in self._reasons(taken)],
            [
                (2, "Customer no."),
                (3, "E-mail"),
                (4, "Name"),
                (5, "ZIP"),
                (6, "Name"),
                (7, "Customer no."),
            ],
        )
        self.assertEqual(self._entries(), 1)

    def test_each_refusal_says_line_column_and_what_to_do(self):
        line = {"Customer no.": "4711"}
        cases = [
            ({"Program": "Points", "Balance": "12.50"}, "Balance", "1.234,50"),
            ({"Program": "Points", "Balance": "-3"}, "Balance", "below zero"),
            ({"Program": "Credit", "Balance": "1,234"}, "Balance", "Round"),
            ({"Program": "Credit"}, "Balance", "Enter the balance"),
            ({"Program": "Points"}, "Balance", "Enter the balance"),
            (
                {"Program": "Credit", "Balance": "10", "Of which paid": "4", "Of which bonus": "5"},
                "Balance",
                "Check the three",
            ),
            (
                {"Program": "Batteries", "Granted": "5", "Remaining": "9"},
                "Remaining",
                "Check the three",
            ),
            ({"Program": "Batteries", "Remaining": "5", "Balance": "5"}, "Balance", "empty"),
            (
                {"Program": "Batteries", "Article": "Glue", "Remaining": "5"},
                "Article",
                "program line",
            ),
            ({"Program": "Gold"}, "Program", "Create it"),
            ({"Program": "Points", "Balance": "1", "Side": "l"}, "Side", "empty"),
            ({"Program": "Discount", "Valid from": "31.02.2026"}, "Valid from", "31.12.2026"),
            (
                {"Program": "Discount", "Valid from": "01.01.2027", "Valid until": "31.12.2026"},
                "Valid until",
                "before it begins",
            ),
            ({"Card no.": "1", "Chip no. (UID)": "hello"}, "Chip no. (UID)", "0-9 and A-F"),
            ({"Card no.": "2", "Chip no. (UID)": "08AABBCC"}, "Chip no. (UID)", "random"),
            ({"Chip no. (UID)": "04AABBCC"}, "Card no.", "enter"),
            ({"Card no.": self.card.number}, "Card no.", "Karl Berg"),
            ({}, "Program", "neither"),
        ]
        taken = self._import(self._file(*({**line, **cells} for cells, _c, _w in cases)))
        taken.action_check()
        for number, (refusal, (cells, column, words)) in enumerate(
            zip(taken.refusal_ids, cases, strict=True), 2
        ):
            with self.subTest(cells=cells):
                self.assertEqual((refusal.line, refusal.column), (number, column))
                self.assertIn(words, refusal.reason)

    def test_the_report_is_taken_over_after_correction(self):
        good = {"Customer no.": "4711", "Program": "Points", "Balance": "7"}
        bad = {"E-mail": "hans@example.com", "Program": "Credit", "Balance": "12.50"}
        first = self._taken_over(self._file(good, bad))
        report = first._refused_csv().decode("utf-8-sig")
        self.assertIn(";3;Balance;", report)
        second = self._taken_over(report.replace("12.50", "12,50").encode("utf-8-sig"))
        self.assertFalse(self._reasons(second))
        self.assertEqual(self._of(self.credit, self.hans).points, 12.5)
        self.assertEqual(self._entries(), 2)

    def test_chips_and_cards_belong_to_one(self):
        card = {"Customer no.": "4711", "Card no.": "30001", "Chip no. (UID)": "04AABBCC"}
        taken = self._taken_over(
            self._file(
                card,
                {**card, "Program": "Batteries", "Remaining": "5"},
                {**card, "Card no.": "30002"},
                {**card, "Customer no.": "", "E-mail": "hans@example.com", "Chip no. (UID)": ""},
            )
        )
        self.assertEqual(
            [(one.line, one.column) for one in taken.refusal_ids],
            [(4, "Chip no. (UID)"), (5, "Card no.")],
        )
        self.assertEqual(self.env["customer.card"].search_count([("number", "like", "3000")]), 1)

    def test_spreadsheets_of_every_kind_are_read(self):
        name = self.env["res.partner"].create({"name": "Jürgen Groß", "zip": "1"})
        text = "Name{0}ZIP{0}Program{0}Balance\nGroß, Jürgen{0}1{0}Points{0}5\n"
        quoted = text.replace("Groß, Jürgen", '"Groß, Jürgen"')
        for number, data in enumerate(
            (
                text.format(";").encode("cp1252"),
                quoted.format(",").encode("utf-8-sig"),
                text.format("\t").encode("utf-16"),
            )
        ):
            taken = self._taken_over(data)
            self.assertFalse(self._reasons(taken))
            self.assertEqual(taken.total_ids.known_lines, int(number > 0))
        self.assertEqual(self._of(self.points, name).points, 5)

    def test_numbers_with_a_point(self):
        data = self._file({"Customer no.": "4711", "Program": "Credit", "Balance": "1,234.50"})
        self._taken_over(data, decimal_mark="point")
        self.assertEqual(self._of(self.credit, self.erika).points, 1234.5)

    def test_a_file_that_cannot_be_read_is_refused_as_a_whole(self):
        for data, words in (
            (b"PK\x03\x04rubbish", "Excel"),
            (b"", "empty"),
            (b"Program;Balance\n", "empty"),
            (b"Program;Balanse\nPoints;1\n", "Balanse"),
            (b"Program;Balance;Balance\nPoints;1;1\n", "twice"),
            (b"Name;Balance\nx;1\n", "neither"),
            (b'Program;Balance\nPoints;"1\n2;3\n', "Line 2"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._import(data or b" ").action_check()

    def test_a_line_with_too_many_cells_is_refused(self):
        taken = self._import(b"Customer no.;Program;Balance\n4711;Points;1;5\n4711;Points;1;\n")
        taken.action_check()
        self.assertEqual([one.line for one in taken.refusal_ids], [2])

    def test_another_file_is_checked_again(self):
        taken = self._import(self._shop())
        taken.action_check()
        taken.file = base64.b64encode(self._file({"Customer no.": "4711", "Program": "Gold"}))
        with self.assertRaises(UserError):
            taken.action_take_over()
        self.assertEqual(self._entries(), 0)


@tagged("post_install", "-at_install")
class TestTakeOverFiles(TakeOverCase, HttpCase):
    """What a manager downloads; sellers get nothing."""

    def test_template_and_refused_lines(self):
        taken = self._taken_over(self._file({"Customer no.": "9", "Program": "Points"}))
        self.manager.password = "card_manager"
        self.seller.password = "card_seller"
        for login, found in (("card_manager", 200), ("card_seller", 403)):
            self.authenticate(login, login)
            for url in ("template.csv", f"{taken.id}/refused.csv"):
                with self.subTest(login=login, url=url), mute_logger("odoo.http"):
                    answer = self.url_open(f"/customer_card/take_over/{url}")
                    self.assertEqual(answer.status_code, found)
        self.authenticate("card_manager", "card_manager")
        template = self.url_open("/customer_card/take_over/template.csv").content
        self.assertIn("Customer no.", template.decode("utf-8-sig"))
        empty = self._import(template)
        with self.assertRaisesRegex(UserError, "Below its titles"):
            empty.action_check()
