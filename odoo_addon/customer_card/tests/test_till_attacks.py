from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CardCase

OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestTillAttacks(CardCase):
    """A stolen bridge key can do no more than present cards at its own till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_bridge = new_test_user(
            cls.env, "other_bridge", groups="base.group_portal,customer_card.group_bridge"
        )
        cls.other_till = cls.env["customer.till"].create(
            {"name": "Counter 2", "user_id": cls.other_bridge.id}
        )
        cls.thief = cls.env["customer.till"].with_user(cls.other_bridge)

    def _allowed(self, user):
        return {
            (name, operation)
            for name in self.env
            for operation in OPERATIONS
            if not self.env[name]._abstract and self.env[name].with_user(user).has_access(operation)
        }

    def test_the_reader_user_may_touch_no_more_records_than_any_portal_customer(self):
        portal = new_test_user(self.env, "a_customer", groups="base.group_portal")
        self.assertFalse(self._allowed(self.other_bridge) - self._allowed(portal))
        partners = self.env["res.partner"].with_user(self.other_bridge).search([])
        self.assertNotIn(self.berg, partners)
        for name in ("customer.till", "customer.card", "customer.card.event", "loyalty.card"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.other_bridge).search([])

    def test_it_neither_pairs_nor_claims_nor_books(self):
        self._counter_program()._enrol(customer_card=self.card)
        self._screen()
        event = self._present()["event_id"]
        self.env.flush_all()
        events = self.env["customer.card.event"].with_user(self.other_bridge)
        for attack in (
            lambda: self.thief.screen_tills(),
            lambda: self.thief.pair_screen(self.till.id),
            lambda: self.thief.screen_alive(self._own_secret()),
            lambda: self.thief.unpair_screen(self._own_secret()),
            lambda: self.thief.browse(self.till.id).action_pair_reader(),
            lambda: self.thief.browse(self.other_till.id).action_pair_reader(),
            lambda: self.thief.browse(self.other_till.id).action_new_key(),
            lambda: self.thief.browse(self.other_till.id).action_unpair_screens(),
            lambda: events.claim(event, "backend"),
            lambda: events.issue(event, 1, self.battery.id, 1, "x"),
            lambda: events.search_products(event, 1, "Battery"),
            lambda: events.done(event, ""),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        self.assertEqual(self.thief.system_health(), {})
        self.assertEqual(self.env["customer.card.event"].browse(event).state, "new")

    def test_it_hears_and_changes_nothing_of_another_till(self):
        self._screen()
        key = self._present()["key"]
        self.assertEqual(self.thief.card_outcomes([key]), [])
        self.assertTrue(self.thief.card_removed(key))
        self.thief.heartbeat({"readers": [{"name": "Forged", "state": "ready"}]})
        self.assertFalse(self.till.reader_ids)
        self.assertEqual(self.other_till.reader_ids.name, "Forged")
        with self.assertRaises(UserError):
            self.env["customer.card.encoding"].with_user(self.other_bridge).reserve(
                self.card.number
            )

    def test_twenty_unknown_cards_within_a_minute_silence_the_till_for_a_minute(self):
        media = self.env["customer.card.medium"]
        with freeze_time("2026-07-01 12:00:00"):
            for guess in range(20):
                answer = self._present(token=media._new_token(), key=f"guess {guess}")
                self.assertEqual(answer["status"], "unknown")
            answer = self._present(key="right")
            self.assertEqual((answer["status"], answer["action"]), ("locked", ""))
            self.assertNotIn("Berg", answer["message"])
        with freeze_time("2026-07-01 12:01:01"):
            self.assertNotEqual(self._present(key="later")["status"], "locked")
