import psycopg2

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestErasure(CardCase):
    """A customer asks to be forgotten; the books stay whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "card_manager", groups="customer_card.group_manager,base.group_partner_manager"
        )
        programs = cls.env["loyalty.program"]
        cls.counter = cls._counter_program()._enrol(customer_card=cls.card)
        cls.counter._issue(cls.counter.allowance_ids, cls.battery, 2, key="issue")
        cls.credit = programs.create({"name": "Credit", "kind": "stored_value"})
        cls.account = cls.credit._enrol(cls.berg, amount=115, paid=100)
        cls.voucher = programs.create({"name": "Voucher", "kind": "voucher"})._enrol(
            cls.berg, amount=50, paid=50
        )

    def _erase(self, user=None, **values):
        wizard = self.env["customer.card.erase"].with_user(user or self.manager)
        wizard.create(
            {"partner_id": self.berg.id, "note": "Request of 12 March", **values}
        ).action_erase()
        self.env.invalidate_all()

    def test_credit_is_not_erased_by_the_way(self):
        """Credit is the customer's money: without a word on it nothing happens."""
        with self.assertRaisesRegex(UserError, "115"), self.env.cr.savepoint():
            self._erase()
        self.assertEqual((self.account.points, self.account.partner_id), (115, self.berg))
        self.assertEqual(self.card.state, "active")

    def test_the_person_is_cut_and_the_entries_stay(self):
        entries = (self.counter | self.account | self.voucher).entry_ids
        figures = {entry.id: (entry.delta, entry.balance) for entry in entries}
        self.card.message_post(body="Karl Berg called")
        self._erase(settled="paid_out")
        self.assertLedger()
        self.assertEqual({one.id: (one.delta, one.balance) for one in entries}, figures)
        self.assertFalse(entries.partner_id)
        self.assertFalse((self.counter | self.account | self.voucher).partner_id)
        self.assertEqual(
            (self.card.partner_id.id, self.card.state, self.card.active), (False, "blocked", False)
        )
        self.assertTrue(self.card.medium_ids.revoked_at)
        self.assertFalse(self.card.message_ids)
        self.assertTrue(self.account.blocked)
        self.assertFalse(
            self.env["loyalty.card"]
            .with_context(active_test=False)
            .search([("partner_id", "=", self.berg.id)])
        )

    def test_a_written_card_that_was_not_confirmed_stays_dead(self):
        """The reader wrote it, the confirmation got lost, then the customer was erased."""
        token = self._reader_writes(self.card)["token"]
        self._erase(settled="forfeit")
        self.assertEqual(self._present(token)["status"], "unknown")

    def test_credit_is_booked_out_as_said(self):
        """I3: 100 paid and 15 bonus leave as one entry, paid out or forfeited."""
        self._erase(settled="paid_out")
        entry = self.account.entry_ids[0]
        self.assertEqual(
            (entry.reason, entry.delta, entry.paid_delta, entry.bonus_delta),
            ("paid_out", -115, -100, -15),
        )
        self.assertEqual(self.counter.entry_ids[0].reason, "forfeit")
        self.assertEqual((self.counter.points, self.counter.allowance_ids.remaining), (0, 0))
        self.assertEqual(self.counter.allowance_ids.used, 2)

    def test_a_voucher_goes_on_without_a_name(self):
        """HS-09: whoever has the code has 50.00."""
        self._erase(settled="forfeit")
        self.assertEqual((self.voucher.points, self.voucher.state), (50, "active"))

    def test_the_card_opens_nobody(self):
        self._erase(settled="forfeit")
        self._screen()
        answer = self._present()
        self.assertNotIn("Berg", answer["message"])
        self.assertFalse(self.env["customer.card.event"].browse(answer["event_id"]).partner_id)

    def test_the_past_is_closed_again(self):
        """Law 3: the door to the entries is shut behind the erasure."""
        self._erase(settled="forfeit")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "append-only"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE loyalty_card_entry SET partner_id = NULL")

    def test_an_open_order_comes_first(self):
        self.account._reserve(30, kind="quotation", key="S1")
        with self.assertRaisesRegex(UserError, "reserved"):
            self._erase(settled="forfeit")

    def test_the_preview_says_what_happens(self):
        wizard = self.env["customer.card.erase"].with_user(self.manager)
        preview = wizard.new({"partner_id": self.berg.id}).preview
        for words in ("1 cards are blocked", "115", "70", "50", "whoever has its code", "entries"):
            self.assertIn(words.lower(), preview.lower())

    def test_only_managers_erase(self):
        with self.assertRaises(AccessError):
            self._erase(self.seller, settled="forfeit")
