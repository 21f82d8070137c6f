import json
from hashlib import sha256

from odoo.addons.customer_card.lib.chain import TEXTS
from odoo.addons.customer_card.models.ledger import loyalty_card_export
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import CardCase

FIELDS = ", ".join(f"{text.format(name)}" for name, text in TEXTS.items())


class ChainCase(CardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counter = cls._counter_program()._enrol(customer_card=cls.card)
        for number in range(4):
            cls.counter._issue(
                cls.counter.allowance_ids,
                cls.battery,
                1,
                key=f"issue {number}",
                till_id=cls.till.id,
            )
        credit = cls.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        cls.credit = credit._enrol(cls.berg, amount=115, paid=100)

    def _rows(self, card):
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT entry.hash, {FIELDS} FROM loyalty_card_entry entry"
            " WHERE card_id = %s ORDER BY sequence",
            [card.id],
        )
        return self.env.cr.fetchall()

    def _tamper(self, statement, *values):
        """Return the histories that the audit names after a change behind Odoo's back."""
        with self.env.cr.savepoint() as savepoint:
            self.env.flush_all()
            self.env.cr.execute("SET LOCAL customer_card.ledger = 'open'")
            self.env.cr.execute(statement, values)
            self.env.invalidate_all()
            found = self.env["loyalty.card"]._audit_ledger()
            savepoint.rollback()
        self.env.invalidate_all()
        return {row["card_id"]: row for row in found if row["law"] == "chain"}


@tagged("post_install", "-at_install")
class TestChain(ChainCase):
    """Door 10: each entry is sealed over itself and the one before it."""

    def test_python_makes_the_same_hash(self):
        """The rule needs no PostgreSQL: ``customer-card verify`` follows it."""
        for card in (self.counter, self.credit):
            before = ""
            for stored, *texts in self._rows(card):
                text = "|".join((before, "v1", *(one or "" for one in texts)))
                self.assertEqual(stored, sha256(text.encode()).hexdigest())
                before = stored

    def test_what_a_caller_sends_as_hash_is_nothing(self):
        entry = self.counter._post(0, key="mine", reason="correction", hash="0" * 64)
        self.assertNotEqual(entry.hash, "0" * 64)
        self.assertEqual(len(entry.hash), 64)

    def test_every_altered_field_is_found(self):
        """Whatever never changes by law is under the seal."""
        numbers = ("delta", "balance", "paid_delta", "bonus_delta", "quantity", "remaining")
        ids = ("product_id", "allowance_id", "user_id", "till_id", "customer_card_id")
        for column, value in (
            *(
                (name, 70_007)
                for name in (*numbers, *ids, "company_id", "reversal_of_id", "origin_id")
            ),
            *(
                ("date", "2020-01-01"),
                ("reason", "earn"),
                ("key", "another"),
                ("purpose", "own_use"),
            ),
            *(("origin_model", "sale.order"), ("overdrawn", True), ("unlimited", True)),
        ):
            with self.subTest(column=column):
                row = self._tamper(
                    f"UPDATE loyalty_card_entry SET {column} = %s"
                    " WHERE card_id = %s AND sequence = 2",
                    value,
                    self.counter.id,
                )
                self.assertEqual(row[self.counter.id]["found"], 1, "one entry before it is whole")

    def test_removed_swapped_and_inserted_entries_are_found(self):
        of = self.counter.id
        for statement in (
            "DELETE FROM loyalty_card_entry WHERE card_id = %s AND sequence = 2",
            "DELETE FROM loyalty_card_entry WHERE card_id = %s AND sequence IN (2, 3, 4)",
            "UPDATE loyalty_card_entry SET sequence = 9 WHERE card_id = %s AND sequence = 2",
            "UPDATE loyalty_card_entry SET hash = NULL WHERE card_id = %s AND sequence = 2",
            "UPDATE loyalty_card_entry SET hash = md5('x') WHERE card_id = %s AND sequence = 5",
        ):
            with self.subTest(statement=statement):
                self.assertIn(of, self._tamper(statement, of))
        # Swapped with all that the other laws look at put right.
        self.assertIn(
            of,
            self._tamper(
                "UPDATE loyalty_card_entry SET sequence = -sequence WHERE card_id = %s;"
                "UPDATE loyalty_card_entry SET"
                " sequence = CASE sequence WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -sequence END,"
                " balance = CASE sequence WHEN -2 THEN 70 WHEN -3 THEN 71 ELSE balance END"
                " WHERE card_id = %s",
                *(of, of),
            ),
        )
        # Inserted between two entries, whose numbers are moved up.
        self.assertIn(
            of,
            self._tamper(
                "UPDATE loyalty_card_entry SET sequence = sequence + 100"
                " WHERE card_id = %s AND sequence > 2;"
                "INSERT INTO loyalty_card_entry"
                " (card_id, sequence, date, reason, delta, balance, key)"
                " VALUES (%s, 3, now(), 'sale', 0, 71, 'put in');"
                "UPDATE loyalty_card_entry SET sequence = sequence - 99"
                " WHERE card_id = %s AND sequence > 100",
                *(of, of, of),
            ),
        )

    def test_an_entry_that_moves_to_another_account(self):
        found = self._tamper(
            "UPDATE loyalty_card_entry SET card_id = %s, sequence = 2"
            " WHERE card_id = %s AND sequence = 5",
            *(self.credit.id, self.counter.id),
        )
        self.assertEqual(list(found), [self.credit.id], "the counter's own chain just ends earlier")

    def test_erasure_and_merge_leave_the_chain_whole(self):
        """What an erasure takes away is not under the seal; a merge appends."""
        manager = new_test_user(
            self.env,
            "card_manager",
            groups="customer_card.group_manager,base.group_partner_manager",
        )
        other = self.env["res.partner"].create({"name": "Karl Berg again"})
        self.credit.program_id._enrol(other, amount=10, paid=10)
        before = self._rows(self.credit)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.berg | other).ids, self.berg)
        self.assertEqual(self._rows(self.credit)[: len(before)], before)
        self.assertLedger()
        erase = self.env["customer.card.erase"].with_user(manager)
        erase.create(
            {"partner_id": self.berg.id, "settled": "paid_out", "note": "He asked"}
        ).action_erase()
        self.assertFalse(self.credit.entry_ids.partner_id)
        self.assertLedger()

    def test_a_ledger_older_than_the_chain_is_sealed(self):
        """The upgrade: the same hashes as if each had been made when its entry was."""
        before = self._rows(self.counter) + self._rows(self.credit)
        self.env.cr.execute("SET LOCAL customer_card.ledger = 'open'")
        self.env.cr.execute("UPDATE loyalty_card_entry SET hash = NULL")
        self.env.cr.execute("SET LOCAL customer_card.ledger = ''")
        self.env["loyalty.card.entry"]._seal_history()
        self.assertEqual(self._rows(self.counter) + self._rows(self.credit), before)
        with self.assertRaisesRegex(Exception, "append-only"), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE loyalty_card_entry SET delta = 5")


@tagged("post_install", "-at_install")
class TestLedgerExport(ChainCase, HttpCase):
    """The ledger as a file that is proved without Odoo."""

    def setUp(self):
        super().setUp()
        self.manager = new_test_user(
            self.env, "card_manager", password="card_manager", groups="customer_card.group_manager"
        )

    def _exported(self, user):
        entries = self.env["loyalty.card.entry"].with_user(user)
        return [json.loads(line) for line in entries._export_lines()]

    def test_a_manager_downloads_whole_accounts(self):
        self.patch(loyalty_card_export, "PAGE", 2)
        self.env.flush_all()
        self.authenticate("card_manager", "card_manager")
        action = self.env["loyalty.card.entry"].with_user(self.manager).action_export_ledger()
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        rows = [json.loads(line) for line in answer.text.splitlines()]
        mine = [row for row in rows if row.get("card_id") == str(self.counter.id)]
        self.assertEqual([row["sequence"] for row in mine], ["1", "2", "3", "4", "5"])
        closing = next(row for row in rows if row.get("account") == str(self.credit.id))
        self.assertEqual(
            closing,
            {"account": str(self.credit.id), "points": "115.000000", "paid": "100.000000"}
            | {"entries": 1},
        )
        body = answer.text[: answer.text.rindex('{"end"')]
        self.assertEqual(rows[-1]["sha256"], sha256(body.encode()).hexdigest())
        self.assertEqual(rows[-1]["end"], len(rows) - 1)
        self.assertNotIn("Berg", answer.text, "an export names nobody")

    def test_nobody_else(self):
        self.env.flush_all()
        new_test_user(
            self.env, "only_seller", password="only_seller", groups="customer_card.group_user"
        )
        self.authenticate("only_seller", "only_seller")
        self.assertEqual(self.url_open("/customer_card/ledger.jsonl").status_code, 403)
        self.authenticate(None, None)
        self.assertNotIn('"ledger"', self.url_open("/customer_card/ledger.jsonl").text)
        entries = self.env["loyalty.card.entry"].with_user(self.seller)
        with self.assertRaises(AccessError):
            entries.action_export_ledger()
        with self.assertRaises(AccessError):
            list(entries._export_lines())

    def test_companies_of_the_manager_only(self):
        """F10's kin: an account of a company that is not the manager's is not in his file."""
        company = self.env["res.company"].create({"name": "Another shop"})
        self.env.user.company_ids = [Command.link(company.id)]
        program = self.env["loyalty.program"].create(
            {"name": "Theirs", "kind": "points", "company_id": company.id}
        )
        theirs = program._enrol(self.berg)
        theirs._post(5, key="theirs", reason="earn")
        accounts = {row.get("account") for row in self._exported(self.manager)}
        self.assertIn(str(self.counter.id), accounts)
        self.assertNotIn(str(theirs.id), accounts)
        self.manager.company_ids = [Command.link(company.id)]
        self.assertIn(str(theirs.id), {row.get("account") for row in self._exported(self.manager)})
