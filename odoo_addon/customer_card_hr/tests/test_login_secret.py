from odoo import http
from odoo.addons.customer_card.models.till.ir_websocket import SCREEN
from odoo.tests import HttpCase, tagged

from .common import BadgeCase


@tagged("post_install", "-at_install")
class TestLoginSecret(BadgeCase, HttpCase):
    """F8: a login page hears badges of its own paired browser, and nobody elsewhere does."""

    def setUp(self):
        super().setUp()
        secret = self._screen()
        self.env["customer.till.screen"]._of_secret(secret).session = "x" * 42
        self.left = secret
        self._anonymous()

    def _anonymous(self):
        """Another browser in which nobody is logged in; the one before lives on."""
        self.session = None
        return self.authenticate(None, None).sid

    def _ask(self, path, **params):
        return self.make_jsonrpc_request(f"/customer_card/badge/{path}", params)

    def _arrive(self, secret):
        return self._ask("alive", screen=secret)

    def _heard(self, secret):
        self.env.cr.precommit.run()
        asked = {"channels": [SCREEN + secret], "last": 0, "is_first_poll": True}
        answer = self.make_jsonrpc_request("/websocket/peek_notifications", asked)
        found = [one["message"] for one in answer["notifications"]]
        return [one["payload"] for one in found if one["type"].startswith("customer_card.")]

    def test_it_hears_badges_and_no_customers(self):
        secret = self._arrive(self.left)["secret"]
        self.assertTrue(secret)
        self._present(key="customer")
        self.till._tell_screens()
        self.assertEqual(self._heard(secret), [])
        event_id = self._present(self.badge_token, key="badge")["event_id"]
        self._present(self.env["customer.card.medium"]._new_token(), key="unknown")
        heard = self._heard(secret)
        self.assertEqual([one["action"] for one in heard], ["login", "message"])
        self.assertNotIn("Berg", str(heard))
        self.assertEqual(self._ask("open", event_id=event_id, screen=secret)["status"], "ready")

    def test_a_refused_customers_card_is_not_told_either(self):
        secret = self._arrive(self.left)["secret"]
        self.card.action_block()
        self.assertEqual(self._present(key="blocked")["status"], "blocked")
        self.assertEqual(self._heard(secret), [])

    def test_the_same_secret_elsewhere_is_worth_nothing(self):
        secret = self._arrive(self.left)["secret"]
        event_id = self._present(self.badge_token)["event_id"]
        self._anonymous()
        for stolen in (secret, self.left):
            self.assertEqual(self._heard(stolen), [])
            self.assertEqual(self._arrive(stolen)["till"], "")
            answer = self._ask("open", event_id=event_id, screen=stolen)
            self.assertEqual((answer["status"], answer.get("ticket", "")), ("refused", ""))
        self.authenticate("otto", "otto")
        self.assertEqual(self._ask("open", event_id=event_id, screen=secret)["status"], "refused")
        self.assertEqual(self._ask("switch", event_id=event_id, screen=secret)["status"], "refused")
        self.assertEqual(self.env["customer.card.event"].browse(event_id).state, "new")

    def test_who_has_left_opens_no_login(self):
        """F8: it worked also after the seller had left the firm."""
        secret = self._arrive(self.left)["secret"]
        event_id = self._present(self.badge_token)["event_id"]
        self.seller.active = False
        self.assertEqual(self._heard(secret), [])
        self.assertEqual(self._arrive(secret)["till"], "")
        self.assertEqual(self._ask("open", event_id=event_id, screen=secret)["status"], "refused")

    def test_who_lost_the_right_opens_no_login(self):
        secret = self._arrive(self.left)["secret"]
        event_id = self._present(self.badge_token)["event_id"]
        self.seller.group_ids -= self.env.ref("customer_card.group_user")
        self.assertEqual(self._ask("open", event_id=event_id, screen=secret)["status"], "refused")

    def test_a_logged_in_screens_secret_is_none_of_a_login_page(self):
        """While the seller is logged in nobody else's login page takes his screen's badges."""
        secret = self._screen(till=self.till)
        event_id = self._present(self.badge_token)["event_id"]
        self.assertEqual(self._arrive(secret)["till"], "")
        self.assertEqual(self._ask("open", event_id=event_id, screen=secret)["status"], "refused")

    def test_a_login_page_claims_no_customers_card(self):
        secret = self._arrive(self.left)["secret"]
        event_id = self._present(key="customer")["event_id"]
        self.assertEqual(self._ask("open", event_id=event_id, screen=secret)["status"], "refused")

    def test_whoever_logs_in_there_keeps_the_pairing(self):
        """Login by badge or password: the browser stays paired, under its new user."""
        secret = self._arrive(self.left)["secret"]
        http.root.session_store.delete(self.session)
        self.authenticate("otto", "otto")
        params = {"model": "customer.till", "method": "screen_alive", "args": []}
        params["kwargs"] = {"screen": secret}
        url = "/web/dataset/call_kw/customer.till/screen_alive"
        answer = self.make_jsonrpc_request(url, params)
        self.assertEqual((answer["till"], bool(answer["secret"])), ("Counter 1", True))
        screen = self.till.screen_ids
        self.assertEqual((screen.user_id, screen.at_login), (self.otto.user_id, False))

    def test_nonsense_gets_the_same_answer(self):
        for secret in (None, "", 5, [], {"a": 1}, "x" * 10000, True):
            self.assertEqual(self._arrive(secret)["till"], "")
            self.assertEqual(self._ask("open", event_id=1, screen=secret)["status"], "refused")
