from unittest.mock import patch

from odoo import http
from odoo.addons.customer_card.rules import presented
from odoo.addons.customer_card.tests.common import PatientBrowser
from odoo.tests import tagged

from ..models.res_users import SESSION_KEY
from .common import PIN, BadgeCase


@tagged("post_install", "-at_install")
class TestLoginPage(BadgeCase, PatientBrowser):
    """A badge at Odoo's own login page, and at a screen that somebody else uses."""

    def setUp(self):
        super().setUp()
        # A browser needs longer to start than a card event lives.
        self.startPatcher(patch.object(presented, "FRESH_S", 7200))
        self._screen()
        self.browser = self._left_screen()

    def _left_screen(self):
        """A browser in which a seller was logged in; return what it keeps."""
        secret = self._screen(till=self.till)
        self.env["customer.till.screen"]._of_secret(secret).session = "x" * 42
        return secret

    def _event(self, token, key="insert-1"):
        """A badge for a tour that plays the bus itself.

        To a new browser the real bus brings its last minute, at any moment of the tour.
        """
        event_id = self._present(token, key=key)["event_id"]
        self.env.cr.flush()
        self.env["bus.bus"].search([]).unlink()
        return event_id

    def _tour(self, name, refused=""):
        event_id = self._event(self.badge_token)
        address = f"/web/login?event={event_id}&secret={self.browser}&refused={refused}"
        self.start_tour(address, f"customer_card_hr_{name}", login=None)

    def _arrive(self):
        """The login page says that it is there, as its script does first."""
        params = {"screen": self.browser}
        answer = self.make_jsonrpc_request("/customer_card/badge/alive", params)
        self.browser = answer["secret"] or self.browser
        return answer

    def _open(self, event_id, screen=None):
        self._arrive()
        params = {"event_id": event_id, "screen": screen or self.browser}
        return self.make_jsonrpc_request("/customer_card/badge/open", params)

    def _post_login(self, ticket, **more):
        """Send the login form as a browser does; return where it leads."""
        form = {"type": "customer_card_badge", "badge_ticket": ticket, "password": "", **more}
        form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open("/web/login", data=form, allow_redirects=False)

    def test_a_badge_logs_in(self):
        """AX-23: no password, and a row in both logs."""
        self._tour("login_page")
        self.assertEqual(self._log(), [("Sabine Verkauf", "login", "badge", "web")])
        self.assertTrue(self.sabine.user_id.log_ids)

    def test_the_pin_is_asked_where_the_shop_wants_it(self):
        """AX-23: the first badge is an administrator's and is refused, the second asks."""
        self.otto.user_id.group_ids |= self.env.ref("base.group_system")
        refused = self._event(self.otto_token, "0")
        self.company.badge_web_pin = True
        self.sabine._set_badge_pin(PIN)
        self._tour("login_page_pin", refused=refused)
        self.assertEqual(self._log(kind="login"), [("Sabine Verkauf", "login", "badge_pin", "web")])

    def test_another_badge_changes_the_user(self):
        """AX-24: Otto's badge ends Sabine's session; a wrong PIN changes nothing."""
        self.company.badge_web_pin = True
        self.otto._set_badge_pin(PIN)
        pos_open = self._event(self.otto_token, "1")
        event_id = self._event(self.otto_token, "2")
        address = f"/odoo?event={event_id}&pos_open={pos_open}&till={self.till.id}"
        self.start_tour(address, "customer_card_hr_switch", login="sabine")
        self.assertEqual(
            self._log()[:2],
            [
                ("Otto Lager", "login", "badge_pin", "web"),
                ("Otto Lager", "refused", "badge_pin", "web"),
            ],
        )

    def test_an_unused_screen_logs_off(self):
        """AX-24: 5 min idle at a screen that is paired with a till."""
        self.company.badge_idle_minutes = 5
        address = f"/odoo?event=0&till={self.till.id}"
        self.start_tour(address, "customer_card_hr_idle", login="sabine")
        self.assertEqual(self._log(), [("Sabine Verkauf", "logoff", "idle", "web")])

    # --- without a browser ------------------------------------------------------------

    def test_attacks_on_the_page(self):
        """HS-11: no secret, a foreign one, twice, an old ticket: the same answer, nobody in."""
        self.authenticate(None, None)
        event_id = self._present(self.badge_token)["event_id"]
        refusals = [self._open(event_id, "guess"), self._open(0), self._open(999999)]
        opened = self._open(event_id)
        self.assertEqual(opened["status"], "ready")
        refusals.append(self._open(event_id))
        self.assertEqual(len({str(answer) for answer in refusals}), 1, refusals)
        for ticket in ("", "guess", str(event_id), self.browser):
            self.assertEqual(self._post_login(ticket).status_code, 200, "the page with the error")
        self.assertEqual(self._post_login(opened["ticket"]).status_code, 303)
        self.authenticate(None, None)
        self.assertEqual(self._post_login(opened["ticket"]).status_code, 200, "replay")

    def test_the_ticket_decides_who_logs_in(self):
        """HS-11: the login that is sent along counts for nothing."""
        self.authenticate(None, None)
        ticket = self._open(self._present(self.badge_token)["event_id"])["ticket"]
        self.assertEqual(self._post_login(ticket, login="otto").status_code, 303)
        session = http.root.session_store.get(self.session.sid)
        self.assertEqual(
            self._log(kind="login"), [("Sabine Verkauf", "login", "badge", "web")], session
        )

    def test_a_second_factor_stays_needed(self):
        """AX-23: a user with TOTP is asked for it after the badge."""
        self.env.cr.execute(
            "UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = %s",
            [self.sabine.user_id.id],
        )
        self.env.invalidate_all()
        self.authenticate(None, None)
        ticket = self._open(self._present(self.badge_token)["event_id"])["ticket"]
        answer = self._post_login(ticket)
        self.assertIn("/web/login/totp", answer.headers["Location"])

    def test_wrong_pins_at_the_page_are_counted(self):
        """AX-23: they are kept though the request was refused."""
        self.company.badge_web_pin = True
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        self.sabine._set_badge_pin(PIN)
        self.authenticate(None, None)
        ticket = self._open(self._present(self.badge_token)["event_id"])["ticket"]
        for _try in range(6):
            page = self._post_login(ticket, badge_pin="0815")
            self.assertEqual(page.status_code, 200)
        self.assertIn("five minutes", page.text)
        self.assertEqual(len(self._log(kind="refused")), 5)
        self.assertEqual(len(self._log(kind="locked")), 1)
        self.assertEqual(self._post_login(ticket, badge_pin=PIN).status_code, 200)

    def test_a_silent_screen_loses_its_session(self):
        """AX-24: on the server, too: minutes and a half after the last sign nothing answers."""
        self.company.badge_idle_minutes = 5
        self.authenticate(None, None)
        ticket = self._open(self._present(self.badge_token)["event_id"])["ticket"]
        answer = self._post_login(ticket)
        sid = answer.cookies["session_id"]
        self.opener.cookies["session_id"] = sid
        active = {"params": {}}
        url = "/customer_card/badge/active"
        self.assertIs(self.url_open(url, json=active).json()["result"], True)
        session = http.root.session_store.get(sid)
        badge = session[SESSION_KEY]
        session[SESSION_KEY] = {**badge, "at": badge["at"] - 5 * 60 - 91}
        http.root.session_store.save(session)
        self.assertIn("Session", str(self.url_open(url, json=active).json()["error"]))
