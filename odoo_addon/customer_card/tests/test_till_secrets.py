import json

from odoo import fields
from odoo.addons.customer_card.models.till.ir_websocket import SCREEN
from odoo.exceptions import UserError
from odoo.http import root
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import HOST, Opener
from odoo.tools import file_open

from .common import CardCase


class SessionCase(CardCase, HttpCase):
    """Screens that are real sessions: each with its own cookie."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(cls.env, "colleague", groups="customer_card.group_user")
        cls.other_till = cls.env["customer.till"].create({"name": "Counter 2"})
        cls.screens = cls.env["customer.till.screen"]

    def _log_in(self, login):
        """Open one more session and use it from now on; return its cookie."""
        self.session = None  # the one before stays
        return self.authenticate(login, login).sid

    def _use(self, sid):
        """Go on in an earlier session; a new opener, as Odoo's own authenticate makes one."""
        self.opener = Opener(self)
        self.opener.cookies.set("session_id", sid, domain=HOST)

    def _log_out(self, sid):
        """As Odoo's logout does to a session."""
        root.session_store.delete_from_identifiers([sid[:42]])

    def _call(self, model, method, **kwargs):
        params = {"model": model, "method": method, "args": [], "kwargs": kwargs}
        return self.make_jsonrpc_request(f"/web/dataset/call_kw/{model}/{method}", params)

    def _pair(self, till=None):
        till = till or self.till
        return self._call("customer.till", "pair_screen", till_id=till.id)["secret"]

    def _alive(self, secret):
        return self._call("customer.till", "screen_alive", screen=secret)

    def _hears(self, *channels):
        """Return the kinds of messages that the session hears which names these channels."""
        self.env.cr.precommit.run()
        asked = {"channels": list(channels), "last": 0, "is_first_poll": True}
        answer = self.make_jsonrpc_request("/websocket/peek_notifications", asked)
        return [one["message"]["type"] for one in answer["notifications"]]

    def _hears_cards(self, secret):
        return "customer_card.event" in self._hears(SCREEN + secret)


@tagged("post_install", "-at_install")
class TestTillSecrets(SessionCase):
    """F8: a secret belongs to one screen; who knows a channel's name hears and claims nothing."""

    def test_the_database_keeps_no_secret(self):
        secret = self._screen()
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(s)::text FROM customer_till_screen s")
        self.assertNotIn(secret, str(self.env.cr.fetchall()))
        self.assertNotIn("channel", self.env["customer.till"]._fields)

    def test_a_screen_hears_its_tills_cards_and_nobody_elses(self):
        mine = self._log_in("card_seller")
        secret = self._pair()
        elsewhere = self._pair(self.other_till)
        self._present()
        self.assertTrue(self._hears_cards(secret))
        self.assertFalse(self._hears_cards(elsewhere))
        self._log_in("colleague")
        self.assertFalse(self._hears_cards(secret), "a stolen secret in another seller's session")
        self._log_in("card_seller")
        self.assertFalse(self._hears_cards(secret), "another session of the same seller")
        self.session = None
        self.authenticate(None, None)
        self.assertFalse(self._hears_cards(secret), "nobody logged in")
        self._use(mine)
        self.assertTrue(self._hears_cards(secret))

    def test_names_of_channels_are_no_keys(self):
        """The record's own channel, in every spelling that a client can send."""
        self._log_in("card_seller")
        self._pair()
        screen = self.till.screen_ids
        self._present()
        spellings = (
            f"customer.till.screen,{screen.id}",
            f"customer.till.screen_{screen.id}",
            json.dumps([self.env.cr.dbname, "customer.till.screen", screen.id]),
            str(screen),
            SCREEN,
            SCREEN + str(screen.id),
            SCREEN + screen.sudo().secret_hash,
            SCREEN + "%",
            f"customer.till,{self.till.id}",
        )
        self.assertNotIn("customer_card.event", self._hears(*spellings))

    def test_many_guesses_in_one_subscription_are_not_looked_at(self):
        self._log_in("card_seller")
        secret = self._pair()
        self._present()
        guesses = [f"{SCREEN}guess{number}" for number in range(50)]
        self.assertNotIn("customer_card.event", self._hears(SCREEN + secret, *guesses))

    def test_the_secret_ends_with_the_session(self):
        """After a logout the same browser shows its secret once more and gets another one."""
        first = self._log_in("card_seller")
        secret = self._pair()
        self._log_out(first)
        self._log_in("card_seller")
        self._present()
        self.assertFalse(self._hears_cards(secret), "nothing before it has said that it is there")
        new = self._alive(secret)["secret"]
        self.assertTrue(new and new != secret)
        self.assertTrue(self._hears_cards(new))
        self.assertEqual(self._alive(new)["secret"], "", "a reload changes nothing")
        self.assertEqual(self._alive(secret)["secret"], "", "nor does another tab of this session")
        second = self._log_in("colleague")
        self.assertIs(self._alive(secret), False, "a copy of the old one is worth nothing")
        self._log_out(second)

    def test_the_next_seller_at_the_same_browser_takes_it_over(self):
        """Shift change: no pairing again; what the first one has copied is void."""
        first = self._log_in("card_seller")
        secret = self._pair()
        self._log_out(first)
        second = self._log_in("colleague")
        new = self._alive(secret)["secret"]
        self.assertEqual(self.till.screen_ids.user_id, self.colleague)
        self._log_out(second)
        self._log_in("card_seller")
        self.assertIs(self._alive(secret), False)
        self.assertTrue(self._alive(new)["secret"], "the browser itself goes on")

    def test_a_stolen_secret_moves_no_living_screen(self):
        self._log_in("card_seller")
        secret = self._pair()
        for login in ("colleague", "card_seller"):
            self._log_in(login)
            self.assertIs(self._alive(secret), False, login)
        self.assertEqual(self.till.screen_ids.user_id, self.seller)

    def test_a_user_without_the_right_takes_no_screen_over(self):
        first = self._log_in("card_seller")
        secret = self._pair()
        self._log_out(first)
        new_test_user(self.env, "clerk", groups="base.group_user")
        self._log_in("clerk")
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            self._alive(secret)
        self.assertEqual(self.till.screen_ids.user_id, self.seller)

    def test_it_ends_with_the_user(self):
        """Who has left hears nothing, also from the till's side, also when taken on again."""
        self._screen()
        self._screen(till=self.other_till, user=self.colleague)
        self.colleague.active = False
        self.assertFalse(self.other_till.screen_ids)
        self.assertFalse(self.other_till.screen_connected)
        self.colleague.active = True
        self.assertFalse(self.other_till.screen_ids)
        self.assertTrue(self.till.screen_ids)

    def _ends(self, end):
        secret = self._screen()
        seller = self.env["customer.till"].with_user(self.seller)
        self.assertTrue(seller.screen_alive(secret))
        event_id = self._present()["event_id"]
        end()
        self.env.flush_all()
        self.env["bus.bus"].search([]).unlink()
        self.till._send_to_screens("customer_card.event", {"id": 1})
        self.env.cr.precommit.run()
        self.assertFalse(self.env["bus.bus"].search([("message", "like", "customer_card.event")]))
        events = self.env["customer.card.event"].with_user(self.seller)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            events.claim(event_id, "backend", secret)
        self.assertEqual(events.sudo().browse(event_id).state, "new")

    def test_it_ends_with_the_right(self):
        self._ends(
            lambda: self.seller.write(
                {"group_ids": [(3, self.env.ref("customer_card.group_user").id)]}
            )
        )

    def test_it_ends_with_the_till(self):
        self._ends(lambda: self.till.write({"active": False}))

    def test_it_ends_with_the_pairing(self):
        self._ends(self.till.action_unpair_screens)
        self.assertFalse(self.till.screen_connected)

    def test_it_ends_with_the_screens_own_unpairing(self):
        self._ends(
            lambda: self.env["customer.till"].with_user(self.seller).unpair_screen(self.secret)
        )

    def test_it_ends_with_the_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._ends(lambda: self.till.write({"company_id": elsewhere.id}))

    def test_one_seller_does_not_unpair_anothers_screen(self):
        secret = self._screen()
        tills = self.env["customer.till"].with_user(self.colleague)
        tills.unpair_screen(secret)
        tills.pair_screen(self.till.id, secret)
        self.assertEqual(self.till.screen_ids.user_id, self.seller | self.colleague)
        self.assertTrue(self.env["customer.till"].with_user(self.seller).screen_alive(secret))

    def test_pairing_again_ends_the_pairing_before(self):
        secret = self._screen()
        tills = self.env["customer.till"].with_user(self.seller)
        tills.pair_screen(self.other_till.id, secret)
        self.assertFalse(self.till.screen_ids)
        self.assertIs(tills.screen_alive(secret), False)

    def test_a_copied_database_reaches_no_screen(self):
        self._screen()
        with file_open("customer_card/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.till.screen_ids)

    def test_screens_that_are_silent_are_sent_nothing_and_forgotten(self):
        self._screen()
        self.till.screen_ids.seen_at = fields.Datetime.subtract(fields.Datetime.now(), minutes=11)
        self._present()
        self.env.cr.precommit.run()
        self.assertFalse(self.env["bus.bus"].search([("message", "like", "customer_card.event")]))
        self.till.screen_ids.seen_at = fields.Datetime.subtract(fields.Datetime.now(), days=61)
        self.screens._gc_screens()
        self.assertFalse(self.till.screen_ids)


@tagged("post_install", "-at_install")
class TestClaimingScreens(SessionCase):
    """F12: a screen that claims names its secret, and gets its own till's cards only."""

    def setUp(self):
        super().setUp()
        self._counter_program()._enrol(customer_card=self.card)
        self._screen()
        self.events = self.env["customer.card.event"]

    def test_a_cashier_elsewhere_takes_no_event_of_this_till(self):
        """F12: no secret, a guess, another till's screen, this till's screen of a colleague."""
        event_id = self._present()["event_id"]
        self.env.flush_all()
        theirs = self._screen(till=self.other_till, user=self.colleague)
        events = self.events.with_user(self.colleague)
        for secret in (None, "", "guess", self.secret, 1, ["x"], {"a": 1}, True):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                events.claim(event_id, "backend", secret)
        self.assertIs(events.claim(event_id, "pos", theirs), False)
        self.assertEqual(self.events.browse(event_id).state, "new")
        self.assertFalse(events._presented(self.card, "sale.order,1"))
        self.assertTrue(self._claim({"event_id": event_id}))

    def test_what_one_screen_has_claimed_no_other_books(self):
        claim = self._claim(self._present())
        events = self.events.with_user(self.seller)
        counter = claim["counters"][0]
        args = (claim["event_id"], counter["allowance_id"])
        others = (None, "guess", self._screen(till=self.other_till), self._screen(till=self.till))
        for secret in others:
            for attack in (
                lambda secret=secret: events.issue(*args, self.battery.id, 1, "x", secret),
                lambda secret=secret: events.search_products(*args, "Batt", secret),
                lambda secret=secret: events.done(claim["event_id"], "", secret),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()
        self.assertEqual(self._issue(claim)["remaining"], 71)

    def test_no_card_is_written_for_a_screen_that_is_not_there(self):
        encodings = self.env["customer.card.encoding"].with_user(self.colleague)
        for secret in (None, "guess", self.secret):
            with self.assertRaisesRegex(UserError, "Pair this screen"), self.env.cr.savepoint():
                encodings.request(self.card.id, secret)
            with self.assertRaisesRegex(UserError, "Pair this screen"), self.env.cr.savepoint():
                encodings.request_new(self.berg.id, secret)

    def test_nobody_scans_in_anothers_name(self):
        tills = self.env["customer.till"].with_user(self.colleague)
        for secret in (None, "guess", self.secret):
            self.assertIs(tills.screen_scanned(secret, self.token, "k"), False)
