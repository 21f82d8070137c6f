import contextlib
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import BadgeCase, at


@tagged("post_install", "-at_install")
class TestBadgeAttack(BadgeCase):
    """HS-11: what somebody with a stolen reader key, or another till's screen, tries in vain."""

    def test_the_readers_user_does_not_learn_the_secret(self):
        """A key presents a token it has made or stolen; the screen's secret it never reads."""
        secret = self._screen()
        answer = self._present(self.badge_token)
        self.assertNotIn(secret, str(answer))
        as_bridge = self.env["customer.till"].with_user(self.bridge)
        info = {"readers": [{"name": "R", "state": "ready"}], "version": "1"}
        self.assertNotIn(secret, str(as_bridge.heartbeat(info)))
        self.assertNotIn(secret, str(as_bridge.card_outcomes(["insert-1"])))
        screens = self.till.screen_ids
        manager = new_test_user(self.env, "boss", groups="customer_card.group_manager")
        for attack in (
            lambda: screens.with_user(self.bridge).read(["user_id"]),
            lambda: screens.with_user(self.seller).read(["user_id"]),
            lambda: screens.with_user(manager).read(["secret_hash"]),
            lambda: screens.with_user(manager).search([("secret_hash", "like", "a")]),
            lambda: screens.with_user(manager).write({"user_id": manager.id}),
            lambda: self.env["bus.bus"].with_user(self.bridge).search_read([], ["channel"]),
            lambda: as_bridge.pair_screen(self.till.id),
            lambda: as_bridge.screen_tills(),
            lambda: self.env["customer.card.event"].with_user(self.bridge).search_read([]),
            lambda: self.env["customer.card.login"].with_user(self.bridge).search_read([]),
        ):
            with self.assertRaises(AccessError):
                attack()

    def test_the_readers_user_claims_nothing(self):
        secret = self._screen()
        event_id = self._present(self.badge_token)["event_id"]
        events = self.env["customer.card.event"].with_user(self.bridge)
        with self.assertRaises(AccessError):
            events.claim(event_id, "backend", secret)
        self.assertFalse(events._claimed_badge(event_id, secret))

    def test_a_claim_without_the_secret_is_worth_nothing(self):
        """A badge that one screen has claimed is used by no other."""
        self._screen()
        other = self.env["customer.till"].create({"name": "Counter 2"})
        secrets = ("guess", self._screen(till=other), self._screen(till=self.till), "", None)
        for key, secret in enumerate(secrets):
            answer = self._present(self.badge_token, key=str(key))
            self._claim(answer)
            events = self.env["customer.card.event"].with_user(self.seller)
            self.assertFalse(events._claimed_badge(answer["event_id"], secret))

    def test_a_login_page_needs_a_secret_of_the_events_till(self):
        self._screen()
        other = self._login_page(self.env["customer.till"].create({"name": "Counter 2"}))
        mine = self._login_page()
        event_id = self._present(self.badge_token)["event_id"]
        for secret in ("", None, "guess", other, self.secret):
            self.assertEqual(self._take(event_id, secret)[1], "")
        event, ticket = self._take(event_id, mine)
        self.assertEqual(event.id, event_id)
        self.assertEqual(self._take(event_id, mine)[1], "", "claimed twice")
        of_ticket = self.env["customer.card.event"]._of_ticket
        self.assertFalse(of_ticket("") or of_ticket(None) or of_ticket(event.badge_ticket))
        self.assertEqual(of_ticket(ticket), event)
        self.assertEqual(event._use_badge("web")["status"], "login")
        self.assertFalse(of_ticket(ticket), "replay")

    def test_an_old_badge_is_nobodys(self):
        """After ten seconds no screen takes it, and no ticket works without PIN."""
        self._screen()
        mine = self._login_page()
        first = self._present(self.badge_token)
        late = fields.Datetime.now() + timedelta(seconds=11)
        with at(late):
            self.assertEqual(self._take(first["event_id"], mine)[1], "")
            self.assertFalse(self._claim(first))
        event, ticket = self._take(self._present(self.badge_token, key="2")["event_id"], mine)
        with at(late):
            self.assertEqual(event._use_badge("web")["status"], "refused")
        with at(late + timedelta(minutes=1)):
            self.assertFalse(self.env["customer.card.event"]._of_ticket(ticket))

    def test_typing_anything_as_pin_buys_no_time(self):
        self._screen()
        event = self._claimed()
        with at(fields.Datetime.now() + timedelta(seconds=30)):
            self.assertEqual(event._use_badge("pos", "9999")["status"], "refused")

    def test_an_event_sent_late_or_lying_in_the_reader_logs_nobody_in(self):
        """A card found at the reader's start identifies; an old one from the spool does nothing."""
        self._screen()
        found = self._present(self.badge_token, origin="found")
        self.assertEqual((found["status"], found["action"]), ("identified", ""))
        self.assertEqual(self._present(self.badge_token, key="2", age_s=11)["status"], "stale")

    def test_a_customers_card_is_no_badge(self):
        self._screen()
        answer = self._present()
        self._claim(answer)
        events = self.env["customer.card.event"].with_user(self.seller)
        self.assertFalse(events._claimed_badge(answer["event_id"], self._own_secret()))
        self.assertEqual(self._take(answer["event_id"], self._login_page())[1], "")

    def test_another_users_claim_is_not_mine(self):
        self._screen()
        answer = self._present(self.badge_token)
        self._claim(answer)
        mine = self.env["customer.card.event"].with_user(self.otto.user_id)
        self.assertFalse(mine._claimed_badge(answer["event_id"], self._own_secret()))

    def test_unpairing_ends_the_login_page(self):
        self._screen()
        mine = self._login_page()
        event_id = self._present(self.badge_token)["event_id"]
        self.till.action_unpair_screens()
        self.assertEqual(self._take(event_id, mine)[1], "")

    def test_sellers_and_readers_make_no_badges(self):
        """A chip of one's own for a colleague's badge would be that colleague's login."""
        cards = self.env["customer.card"].with_user(self.seller)
        values = {"card_type_id": self.badge.card_type_id.id, "employee_id": self.otto.id}
        with self.assertRaises(AccessError):
            cards.create(values)
        with self.assertRaises(AccessError):
            self.card.with_user(self.seller).write(values)
        encodings = self.env["customer.card.encoding"]
        self._screen()
        with self.assertRaises(UserError):
            encodings.with_user(self.seller).request(self.otto_badge.id, self._own_secret())
        media = self.env["customer.card.medium"].with_user(self.seller)
        with self.assertRaises(AccessError):
            media._assign(self.otto_badge, "token", "qr", media._new_token())
        self.till.write_cards = True
        with self.assertRaises(UserError):
            encodings.with_user(self.bridge).reserve(self.otto_badge.number)
        self.seller.group_ids |= self.env.ref("customer_card.group_manager")
        self.assertTrue(
            encodings.with_user(self.seller).request(self.otto_badge.id, self._own_secret())
        )

    def test_no_way_of_an_officer_leads_to_a_users_odoo(self):
        """F9: the field, the employee's record, its resource, a new employee, a default."""
        officer = new_test_user(self.env, "officer", groups="hr.group_hr_manager")
        victim = new_test_user(self.env, "victim", groups="base.group_user")
        mine = self.otto.with_user(officer)
        field = "badge_user_unconfirmed"
        mine.write({"user_id": victim.id})
        for values in ({field: False}, {"badge_confirmed_user_id": victim.id}):
            with contextlib.suppress(AccessError), self.env.cr.savepoint():
                mine.write(values)
        self.assertTrue(self.otto.badge_user_unconfirmed)
        mine.write({"user_id": False})
        self.otto.resource_id.with_user(officer).write({"user_id": victim.id})
        self.assertEqual(self.otto.user_id, victim)
        self.assertTrue(self.otto.badge_user_unconfirmed)
        self.otto.resource_id.with_user(officer).write({"user_id": False})
        for context in ({}, {"default_badge_confirmed_user_id": victim.id}):
            with contextlib.suppress(AccessError), self.env.cr.savepoint():
                made = mine.with_context(**context).create({"name": "x", "user_id": victim.id})
                self.assertTrue(made.sudo().badge_user_unconfirmed)
                made.sudo().unlink()
        self._screen()
        mine.write({"user_id": victim.id})
        answer = self._claimed(token=self.otto_token)._use_badge("web")
        self.assertEqual(answer["status"], "refused")
        with self.assertRaises(AccessError):
            mine.action_confirm_badge_user()

    def test_a_pin_of_another_company_is_not_set(self):
        """F10: the dialog takes any employee's id."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.env["hr.employee"].create({"name": "X", "company_id": elsewhere.id})
        groups = "customer_card.group_manager,hr.group_hr_manager"
        officer = new_test_user(self.env, "both", groups=groups)
        values = {"employee_id": stranger.id, "pin": "4719", "pin_repeated": "4719"}
        dialogs = self.env["customer.card.badge.pin"].with_user(officer)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialogs.create(values)
        self.assertFalse(stranger.badge_pin)
        self.assertFalse(self.card.with_user(officer).action_badge_pin(), "a customer's card")

    def test_a_colleagues_badge_is_replaced_by_a_manager(self):
        """F19: the lost badge's new chip, or new badge, would be the colleague's login."""
        wizards = self.env["customer.card.replace"].with_user(self.seller)
        self.env.company.card_medium_qr = True
        for how in ("card", "medium"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                wizards.create({"card_id": self.otto_badge.id, "how": how}).action_replace()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.otto_badge.with_user(self.seller).action_print_qr()
        self.assertEqual(self.otto_badge.state, "active")

    def test_log_offs_are_noted_by_screens_only(self):
        log = self.env["customer.card.login"]
        with self.assertRaises(AccessError):
            log.with_user(self.bridge).screen_logoff(self.sabine.id, "idle", "pos")
        log.with_user(self.seller).screen_logoff(self.sabine.id, "login", "pos")
        self.assertEqual(self._log(), [], "only ways of a log-off")
        with self.assertRaises(AccessError):
            log.with_user(self.seller).create({"kind": "login"})


@tagged("post_install", "-at_install")
class TestRemoval(BadgeCase):
    """AX-24: the badge leaves the reader."""

    def test_the_bridge_watches_badges_only_and_only_when_asked_to(self):
        self._screen()
        self.assertNotIn("watch_removal", self._present(self.badge_token))
        self.till.badge_logoff_on_removal = True
        self.assertIs(self._present(self.badge_token, key="2")["watch_removal"], True)
        self.assertNotIn("watch_removal", self._present(key="3"))

    def test_screens_are_told(self):
        self._screen()
        self._claimed(key="1")._removed()
        self.assertNotIn("badge_removed", "".join(self._pushed()), "the till does not ask for it")
        self.till.badge_logoff_on_removal = True
        event = self._claimed(key="2")
        event._removed()
        sent = "".join(self._pushed())
        self.assertIn("customer_card.badge_removed", sent)
        self.assertIn(f'"event_id":{event.id}', sent.replace(" ", ""))
        self.assertEqual(event._use_badge("pos")["status"], "refused", "pulled before the login")


@tagged("post_install", "-at_install")
class TestLogOffs(BadgeCase):
    """A screen tells of who was logged in there, and locks its own till."""

    def setUp(self):
        super().setUp()
        self._screen()
        self.logins = self.env["customer.card.login"].with_user(self.seller)

    def test_no_row_about_anybody_else(self):
        """Any seller wrote log-off rows for anyone."""
        for employee in (self.sabine, self.otto):
            for place in ("web", "pos", "", None, "elsewhere"):
                for way in ("idle", "removed", "button", "switch"):
                    self.logins.screen_logoff(employee.id, way, place, self.secret)
        self.assertEqual(self._log(), [])

    def test_who_came_by_badge_goes_once(self):
        self.assertEqual(self._claimed()._use_badge("pos")["status"], "login")
        other = self.env["customer.card.login"].with_user(self.otto.user_id)
        other.screen_logoff(self.sabine.id, "idle", "pos", self._screen(user=self.otto.user_id))
        self.assertEqual(len(self._log(kind="logoff")), 0, "another user's screen")
        for _time in range(2):
            self.logins.screen_logoff(self.sabine.id, "idle", "pos", self.secret)
        self.assertEqual(self._log(kind="logoff"), [("Sabine Verkauf", "logoff", "idle", "pos")])

    def test_in_odoo_everybody_logs_off_himself(self):
        sabine = self.env["customer.card.login"].with_user(self.sabine.user_id)
        sabine.screen_logoff(self.otto.id, "idle", "web")
        self.assertEqual(self._log(), [])
        sabine.screen_logoff(self.sabine.id, "idle", "web")
        self.assertEqual(self._log(), [("Sabine Verkauf", "logoff", "idle", "web")])

    def test_nobody_locks_a_till_with_anothers_secret(self):
        locked = []
        self.patch(
            self.env.registry["customer.till"],
            "_after_logoff",
            lambda till, *_args: locked.extend(till.ids),
        )
        other = self.env["customer.card.login"].with_user(self.otto.user_id)
        for secret in (None, "guess", self.secret):
            other.screen_logoff(0, "idle", "pos", secret)
        self.assertEqual(locked, [])
        self.logins.screen_logoff(0, "idle", "pos", self.secret)
        self.assertEqual(locked, self.till.ids)
