import base64

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .test_sync import SyncCase

NAME, MAIL, PHONE, NUMBER = "Karl Berg", "karl@berg.example", "+49 30 123-4567", "K-0815"
# The contact itself, and what is posted at it: the shop decides on these by other laws.
KEPT = {
    "res_partner": "TRUE",
    "mail_message": "model = 'res.partner'",
    "mail_tracking_value": (
        "mail_message_id IN (SELECT id FROM mail_message WHERE model = 'res.partner')"
    ),
}


@tagged("post_install", "-at_install")
class TestErasureTraces(SyncCase):
    """F17: after an erasure no text of any table and no file of ours names the person."""

    def setUp(self):
        super().setUp()
        self.berg.write({"email": MAIL, "phone": PHONE})
        self.manager = new_test_user(
            self.env,
            "card_manager",
            groups="customer_card.group_manager,base.group_partner_manager",
        )
        self.other = self.env["res.partner"].create({"name": "Anna Bergmann", "ref": "K-08151"})

    def _erase(self):
        wizard = self.env["customer.card.erase"].with_user(self.manager)
        wizard.create(
            {"partner_id": self.berg.id, "note": f"{NAME} wrote", "settled": "forfeit"}
        ).action_erase()
        self.env.flush_all()
        self.env.invalidate_all()

    def _found(self):
        """Return ``{table: columns}`` whose texts name the person, of the whole database."""
        self.env.flush_all()
        marks = [f"%{mark}%" for mark in (NAME, MAIL, PHONE, "Berg, Karl", "+49301234567")]
        columns = self.env.execute_query(
            SQL(
                "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
                " JOIN information_schema.tables USING (table_schema, table_name)"
                " WHERE table_schema = current_schema AND table_type = 'BASE TABLE'"
                " AND udt_name IN ('text', 'varchar', 'jsonb', 'json', 'xml', 'bytea')"
                " GROUP BY 1 ORDER BY 1"
            )
        )
        found = {}
        for table, names in columns:
            text = SQL(" || ' ' || ").join(
                SQL("COALESCE(%s::text, '')", SQL.identifier(name)) for name in names
            )
            [(count,)] = self.env.execute_query(
                SQL(
                    "SELECT COUNT(*) FROM %s WHERE NOT (%s) AND ((%s) ILIKE ANY(%s) OR (%s) ~ %s)",
                    SQL.identifier(table),
                    SQL(KEPT.get(table, "FALSE")),
                    text,
                    marks,
                    text,
                    rf"\y{NUMBER}\y",
                )
            )
            if count:
                found[table] = count
        return found

    def _files(self):
        files = self.env["ir.attachment"].sudo().search(
            [("res_model", "like", "customer.card"), ("res_field", "!=", False)]
        )  # fmt: skip
        return b"\n".join(one.raw or b"" for one in files) + b"\n"

    def _leave_traces(self):
        """What a shop writes down in some weeks."""
        env = self.env
        stream = env["customer.card.sync.stream"].search([("source_id", "=", self.source.id)])[:1]
        env["customer.card.sync.link"].create(
            {
                "source_id": self.source.id,
                "kind": "customer",
                "foreign_id": 77,
                "name": "Berg, Karl",
                "reference": NUMBER,
                "partner_id": self.berg.id,
            }
        )
        env["customer.card.sync.reject"].create(
            {
                "stream_id": stream.id,
                "key": "account.move.line:9",
                "document": "account.move:5",
                "raw": f'{{"customer": "KARL BERG", "mail": "{MAIL}"}}',
                "reasons": f"No customer {NUMBER}",
            }
        )
        printer = env["res.partner"].create({"name": "Printer", "email": "p@printer.example"})
        self.order = env["customer.card.order"].create(
            {
                "printer_id": printer.id,
                "note": f"Please print {NAME} in gold",
                "line_ids": [Command.create({"partner_id": self.berg.id})],
            }
        )
        self.order.action_order()
        self.order.message_post(body=f"{NAME} &lt;{MAIL}&gt; called from {PHONE}", subject=NAME)
        env["mail.mail"].create(
            {
                "model": "customer.card.order",
                "res_id": self.order.id,
                "body_html": f"<td>{NAME}</td>",
                "email_to": MAIL,
            }
        )
        env["loyalty.enrol"].create({"program_id": self.program.id, "partner_id": self.berg.id})
        other_card = env["customer.card"].create({"partner_id": self.other.id})
        other_card.message_post(body=f"Taken over from {NAME}")
        others = self.program._enrol(self.other)
        others._tell_managers("Overdrawn", f"{NAME} paid with it")
        event = env["customer.card.event"].browse(self._present()["event_id"])
        event.write({"message": f"{NAME} waits", "customer_card_id": other_card.id})
        others._post(
            5,
            key="note",
            reason="correction",
            note=f"as {NAME} said",
            origin_name="Call of Karl Berg",
        )
        env.cr.execute(
            "INSERT INTO bus_bus (channel, message) VALUES ('x', %s)", [f'{{"name": "{NAME}"}}']
        )
        return others

    def _import(self, text, **values):
        return self.env["customer.card.import"].create(
            {"file": base64.b64encode(text.encode()), "filename": "x.csv", **values}
        )

    def test_nothing_names_the_person(self):
        others = self._leave_traces()
        text = f"Name;ZIP;Customer no.;Program\nBerg, Karl;10115;{NUMBER};Points\nAnna;1;2;Points\n"
        new = self._import(text)
        checked = self._import(text)
        checked.action_check()
        self.assertIn("Anna", self._files().decode())
        before = self._found()
        for table in (
            *("customer_card_sync_link", "customer_card_sync_reject", "customer_card_order"),
            *("mail_message", "mail_mail", "mail_activity", "loyalty_card_entry", "bus_bus"),
            *("customer_card_event", "customer_card_import_refusal"),
        ):
            self.assertIn(table, before, "the test leaves this trace")
        self._erase()
        self.assertEqual(self._found(), {})
        self.assertFalse(self.env["loyalty.enrol"].search([("partner_id", "=", self.berg.id)]))
        files = self._files().decode()
        self.assertNotIn("Berg, Karl", files)
        self.assertIn("Anna", files, "the others stay")
        self.assertEqual({new.state, checked.state}, {"new"}, "the file has to be checked again")
        self.assertEqual(others.entry_ids[:1].note, "as … said")
        self.assertLedger()

    def test_others_stay(self):
        """Whole words only: Berg is not in Bergmann, K-0815 not in K-08151."""
        card = self.env["customer.card"].create({"partner_id": self.other.id})
        message = card.message_post(body="Anna Bergmann, K-08151, karl@berg.examples")
        self._erase()
        self.assertIn("Anna Bergmann, K-08151, karl@berg.examples", message.body)

    def test_no_text_of_a_file_is_indexed(self):
        taken = self._import(f"Name;Program\n{NAME};Points\n")
        files = self.env["ir.attachment"].sudo()
        mine = [
            ("res_model", "=", taken._name),
            ("res_field", "=", "file"),
            ("res_id", "=", taken.id),
        ]
        self.assertFalse(files.search(mine).index_content)
        taken.file = base64.b64encode(f"Name;Program\n{NAME};Gold\n".encode())
        self.assertFalse(files.search(mine).index_content)

    def test_what_was_booked_leaves_the_file(self):
        """Sibling: a file that is done keeps the refused lines only, for the report."""
        text = f"Customer no.;Program;Balance\n{NUMBER};Points;5\nnobody;Points;7\n"
        taken = self._import(text)
        taken.action_check()
        taken.action_take_over()
        self.assertEqual(self.account.points, 5)
        kept = base64.b64decode(taken.with_context(bin_size=False).file).decode("utf-8-sig")
        self.assertEqual(kept.splitlines(), ["Customer no.;Program;Balance", "nobody;Points;7"])
        self.assertIn("nobody;Points;7", taken._refused_csv().decode())

    def test_a_take_over_that_is_running_comes_first(self):
        taken = self._import(f"Customer no.;Program;Balance\n{NUMBER};Points;5\n")
        taken.state = "running"
        with self.assertRaisesRegex(UserError, "is running"):
            self._erase()

    def test_names_that_are_hard_to_find(self):
        """Siblings: signs that HTML or an expression writes otherwise, capitals, two blanks."""
        for name in ("Ünal O'Hara-(Berg)", 'Jo "X" Müller & Co.', "A+B*C Werke", "Łukasz [Ö]"):
            with self.subTest(name=name):
                self.berg = self.env["res.partner"].create({"name": name})
                order = self.env["customer.card.order"].create({"note": f"for {name.upper()}!"})
                order.message_post(body=f"of {name} and {'  '.join(name.split())}")
                self._erase()
                self.assertEqual(order.note, "for …!")
                self.assertIn("of … and …", order.message_ids[:1].body)

    def test_a_name_that_is_too_short_takes_nothing_away(self):
        self.berg = self.env["res.partner"].create({"name": "E"})
        order = self.env["customer.card.order"].create({"note": "E is a letter"})
        self._erase()
        self.assertEqual(order.note, "E is a letter")
