from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BadgeCase, at


@tagged("post_install", "-at_install")
class TestBadgeAttack(BadgeCase):
    """HS-11: what somebody with a stolen reader key, or another till's screen, tries in vain."""

    def test_the_readers_user_does_not_learn_the_channel(self):
        """A key presents a token it has made or stolen; the screen's secret it never reads."""
        self._screen()
        answer = self._present(self.badge_token)
        self.assertNotIn(self.till.channel, str(answer))
        as_bridge = self.env["customer.till"].with_user(self.bridge)
        info = {"readers": [{"name": "R", "state": "ready"}], "version": "1"}
        self.assertNotIn(self.till.channel, str(as_bridge.heartbeat(info)))
        self.assertNotIn(self.till.channel, str(as_bridge.card_outcomes(["insert-1"])))
        till = self.till.with_user(self.bridge)
        for attack in (
            lambda: till.read(["channel"]),
            lambda: till.search([("channel", "like", "customer_till-%")]),
            lambda: self.env["bus.bus"].with_user(self.bridge).search_read([], ["channel"]),
            lambda: as_bridge.pair_screen(self.till.id),
            lambda: as_bridge.screen_tills(),
            lambda: self.env["customer.card.event"].with_user(self.bridge).search_read([]),
            lambda: self.env["customer.card.login"].with_user(self.bridge).search_read([]),
        ):
            with self.assertRaises(AccessError):
                attack()
        with self.assertRaises(AccessError):
            self.till.with_user(self.seller).read(["channel"])

    def test_the_readers_user_claims_nothing(self):
        self._screen()
        event_id = self._present(self.badge_token)["event_id"]
        events = self.env["customer.card.event"].with_user(self.bridge)
        with self.assertRaises(AccessError):
            events.claim(event_id, "backend")
        self.assertFalse(events._claimed_badge(event_id, self.till.channel))

    def test_a_claim_without_the_channel_is_worth_nothing(self):
        """A seller claims by number, but without the till's secret the badge stays unused."""
        self._screen()
        other = self.env["customer.till"].create({"name": "Counter 2"})
        for key, channel in (
            ("1", "customer_till-guess"),
            ("2", other.channel),
            ("3", ""),
            ("4", None),
        ):
            answer = self._present(self.badge_token, key=key)
            self._claim(answer)
            events = self.env["customer.card.event"].with_user(self.seller)
            self.assertFalse(events._claimed_badge(answer["event_id"], channel))

    def test_a_login_page_needs_the_channel_of_the_events_till(self):
        self._screen()
        other = self.env["customer.till"].create({"name": "Counter 2"})
        event_id = self._present(self.badge_token)["event_id"]
        take = self.env["customer.card.event"]._take_badge
        for channel in ("", None, "customer_till-guess", other.channel):
            self.assertEqual(take(event_id, channel)[1], "")
        event, ticket = take(event_id, self.till.channel)
        self.assertEqual(event.id, event_id)
        self.assertEqual(take(event_id, self.till.channel)[1], "", "claimed twice")
        of_ticket = self.env["customer.card.event"]._of_ticket
        self.assertFalse(of_ticket("") or of_ticket(None) or of_ticket(event.badge_ticket))
        self.assertEqual(of_ticket(ticket), event)
        self.assertEqual(event._use_badge("web")["status"], "login")
        self.assertFalse(of_ticket(ticket), "replay")

    def test_an_old_badge_is_nobodys(self):
        """After ten seconds no screen takes it, and no ticket works without PIN."""
        self._screen()
        first = self._present(self.badge_token)
        late = fields.Datetime.now() + timedelta(seconds=11)
        with at(late):
            take = self.env["customer.card.event"]._take_badge
            self.assertEqual(take(first["event_id"], self.till.channel)[1], "")
            self.assertFalse(self._claim(first))
        event, ticket = self.env["customer.card.event"]._take_badge(
            self._present(self.badge_token, key="2")["event_id"], self.till.channel
        )
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
        self.assertFalse(events._claimed_badge(answer["event_id"], self.till.channel))
        self.assertEqual(events._take_badge(answer["event_id"], self.till.channel)[1], "")

    def test_another_users_claim_is_not_mine(self):
        self._screen()
        answer = self._present(self.badge_token)
        self._claim(answer)
        mine = self.env["customer.card.event"].with_user(self.otto.user_id)
        self.assertFalse(mine._claimed_badge(answer["event_id"], self.till.channel))

    def test_unpairing_takes_the_channel_away(self):
        self._screen()
        old = self.till.channel
        event_id = self._present(self.badge_token)["event_id"]
        self.till.action_unpair_screens()
        self.assertEqual(self.env["customer.card.event"]._take_badge(event_id, old)[1], "")

    def test_sellers_and_readers_make_no_badges(self):
        """A chip of one's own for a colleague's badge would be that colleague's login."""
        cards = self.env["customer.card"].with_user(self.seller)
        values = {"card_type_id": self.badge.card_type_id.id, "employee_id": self.otto.id}
        with self.assertRaises(AccessError):
            cards.create(values)
        with self.assertRaises(AccessError):
            self.card.with_user(self.seller).write(values)
        encodings = self.env["customer.card.encoding"]
        with self.assertRaises(UserError):
            encodings.with_user(self.seller).request(self.otto_badge.id, self.till.channel)
        media = self.env["customer.card.medium"].with_user(self.seller)
        with self.assertRaises(AccessError):
            media._assign(self.otto_badge, "token", "qr", media._new_token())
        self.till.write_cards = True
        with self.assertRaises(UserError):
            encodings.with_user(self.bridge).reserve(self.otto_badge.number)
        self.seller.group_ids |= self.env.ref("customer_card.group_manager")
        self.assertTrue(
            encodings.with_user(self.seller).request(self.otto_badge.id, self.till.channel)
        )

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
