from datetime import timedelta

from odoo import fields
from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_pos.tests.common import PaidOrders
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import PIN, Staff


@tagged("post_install", "-at_install")
class TestCashier(Staff, PaidOrders, CardCase):
    """What the server says to a badge at the point of sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.set_up_staff(cls.config)
        cls.till.pos_config_id = cls.config
        cls.seller.group_ids |= cls.env.ref("point_of_sale.group_pos_user")

    def _badge(self, number, key="1", **values):
        """Present badge *number* (0..2); the point of sale claims it. Return the event's id."""
        self._own_secret()
        answer = self._present(self.tokens[number], key=key, **values)
        self._claim(answer, page="pos")
        return answer["event_id"]

    def _log_in(self, event_id, user=None, **values):
        events = self.env["customer.card.event"].with_user(user or self.seller)
        kwargs = {"screen": self._own_secret(), "config_id": self.config.id, **values}
        return events.badge_cashier(event_id, **kwargs)

    def test_a_badge_makes_the_cashier(self):
        """AX-23: that employee, no password asked, one row in the log."""
        answer = self._log_in(self._badge(0))
        self.assertEqual((answer["status"], answer["employee_id"]), ("login", self.sabine.id))
        self.assertEqual(self.login_rows(), [("Sabine Verkauf", "login", "badge")])

    def test_only_cashiers_of_this_point_of_sale(self):
        """AX-23: basic, minimal and advanced employees; nobody where employees do not log in."""
        refused = self._log_in(self._badge(2))
        self.assertEqual((refused["status"], refused["employee_id"]), ("refused", False))
        self.assertIn("Paul Fremd is not allowed", refused["message"])
        self.config.advanced_employee_ids |= self.paul
        self.assertEqual(self._log_in(self._badge(2, "2"))["status"], "login")
        self.config.module_pos_hr = False
        self.assertEqual(self._log_in(self._badge(0, "3"))["status"], "refused")

    def test_attacks(self):
        """HS-11: another till's screen, none, twice, the reader's user, a portal user."""
        event_id = self._badge(0)
        other = self.env["customer.till"].create({"name": "Counter 2"})
        for secret in (self._screen(till=other), "", "guess", None):
            self.assertEqual(self._log_in(event_id, screen=secret)["status"], "refused")
        for user in (self.bridge, new_test_user(self.env, "portal", groups="base.group_portal")):
            with self.assertRaises(AccessError):
                self._log_in(event_id, user=user)
        answer = self._log_in(event_id)
        self.assertEqual(answer["status"], "login", answer)
        self.assertEqual(self._log_in(event_id)["status"], "refused", "once")

    def test_a_serial_number_asks_for_the_pin(self):
        """AX-23: only where the manager allows it."""
        self.env["customer.card.medium"]._assign(self.badges[0], "uid", "rfid", "04AABBCC")
        self.tokens = ["04AABBCC"]
        self.assertEqual(self._log_in(self._badge(0, kind="uid"))["status"], "refused")
        self.env.company.badge_uid_allowed = True
        self.sabine._set_badge_pin(PIN)
        event_id = self._badge(0, "2", kind="uid")
        self.assertEqual(self._log_in(event_id)["status"], "pin")
        self.assertEqual(self._log_in(event_id, pin="1")["status"], "again")
        self.assertEqual(self._log_in(event_id, pin=PIN)["status"], "login")

    # --- locked -----------------------------------------------------------------------

    def _lock(self):
        log = self.env["customer.card.login"].with_user(self.seller)
        log.screen_logoff(self.sabine.id, "idle", "pos", self._own_secret())

    def test_a_locked_till_takes_badges_only(self):
        """AX-24: a customer's card issues nothing, a badge with a counter logs in instead."""
        self._screen()
        customer = self._counter_program(no_article_choice=True)._enrol(customer_card=self.card)
        own = self._counter_program(no_article_choice=True)._enrol(customer_card=self.badges[0])
        self._lock()
        self.assertFalse(self._claim(self._present(), page="pos"))
        self.assertEqual(customer.points, 72)
        answer = self._present(self.tokens[0], key="2")
        self.assertEqual(answer["action"], "issue")
        self.assertEqual(self._claim(answer, page="pos")["action"], "login")
        self.assertEqual(own.points, 72)
        self.assertEqual(self._log_in(answer["event_id"])["status"], "login")
        self.assertFalse(self.till.pos_locked_at)
        self.assertTrue(self._claim(self._present(key="3"), page="pos"))
        self.assertEqual(customer.points, 71)

    def test_who_was_chosen_on_the_screen_unlocks_and_is_noted_as_such(self):
        """AX-24: Odoo's own PIN is checked in the browser; the log does not call it a badge."""
        self._screen()
        self._lock()
        log = self.env["customer.card.login"].with_user(self.seller)
        log.screen_login(self.paul.id, self.config.id, self._own_secret())
        self.assertTrue(self.till.pos_locked_at, "no cashier here")
        log.screen_login(self.otto.id, self.config.id, self._own_secret())
        self.assertFalse(self.till.pos_locked_at)
        self.assertEqual(self.login_rows()[-1], ("Otto Lager", "login", "screen"))

    def test_a_click_on_a_name_unlocks_nothing(self):
        """AX-24, EX-01: without a PIN of Odoo's, and at a till that takes badges only."""
        self._screen()
        self._lock()
        log = self.env["customer.card.login"].with_user(self.seller)
        log.screen_login(self.sabine.id, self.config.id, self._own_secret())
        self.assertTrue(self.till.pos_locked_at)
        self.assertEqual(self.login_rows()[-1], ("Sabine Verkauf", "refused", "screen"))
        self.config.badge_only = True
        log.screen_login(self.otto.id, self.config.id, self._own_secret())
        self.assertTrue(self.till.pos_locked_at)
        self.assertEqual(self._log_in(self._badge(1))["status"], "login")
        self.assertFalse(self.till.pos_locked_at)
        log.screen_login(self.sabine.id, self.config.id, self._own_secret())
        self.assertEqual(self.login_rows()[-1], ("Sabine Verkauf", "refused", "screen"))

    def test_a_sale_at_a_locked_till_reaches_a_manager(self):
        """AX-24: it is booked (the goods are gone), and an activity asks who stood there."""
        self._screen()
        self.pay(self.sold(self.case))
        self.assertFalse(self._told(), "not locked")
        self._lock()
        self.till.pos_locked_at = fields.Datetime.now() - timedelta(minutes=1)
        order = self.pay(self.sold(self.case), date_order=str(fields.Datetime.now()))
        self.assertEqual(order.state, "paid")
        self.assertTrue(self._told())

    def test_a_sale_that_says_it_was_made_before_the_lock(self):
        """D8: a browser that dates its order back was not told; the arrival counts."""
        self._screen()
        self._lock()
        earlier = fields.Datetime.now() - timedelta(hours=1)
        order = self.pay(self.sold(self.case), date_order=str(earlier))
        self.assertEqual(order.state, "paid")
        self.assertTrue(self._told())

    def _told(self):
        return [summary for summary, note in self.activities() if "locked till" in summary]

    # --- attacks on a locked till -------------------------------------------------------

    def test_a_locked_till_claims_badges_only_whatever_page_asks(self):
        """F15: claim(id, "backend") opened customers' cards at a locked till."""
        self._screen()
        customer = self._counter_program(no_article_choice=True)._enrol(customer_card=self.card)
        self._lock()
        for key, page in enumerate(("backend", "pos", "", None, "POS", 1, ["pos"])):
            self.assertFalse(self._claim(self._present(key=f"c{key}"), page=page))
        self.assertEqual(customer.points, 72)
        badge = self._present(self.tokens[0], key="badge")
        self.assertEqual(self._claim(badge, page="backend")["action"], "login")

    def test_a_card_claimed_before_the_lock_issues_nothing_after_it(self):
        """F15: the dialog that was open when the till locked."""
        self._screen()
        customer = self._counter_program()._enrol(customer_card=self.card)
        claim = self._claim(self._present(), page="pos")
        self._lock()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._issue(claim)
        self.assertEqual(customer.points, 72)

    def test_a_locked_tills_screen_reads_no_names(self):
        """F15: the message on the bus names no customer while nobody is logged in."""
        self._screen()
        self._present(key="open")
        self._lock()
        self._present(key="locked")
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].search([("message", "like", "customer_card.event")], order="id")
        self.assertEqual(["Karl Berg" in one.message for one in sent], [True, False])

    def test_nobody_unlocks_another_till(self):
        """No secret, a guess, another till's, a colleague's: this till stays locked."""
        self._screen()
        self._lock()
        other = self.env["customer.till"].create({"name": "Counter 2"})
        colleague = new_test_user(
            self.env,
            "colleague",
            groups="customer_card.group_user,point_of_sale.group_pos_user",
        )
        log = self.env["customer.card.login"]
        for user, secret in (
            (self.seller, None),
            (self.seller, "guess"),
            (self.seller, self._screen(till=other)),
            (colleague, self.secret),
        ):
            log.with_user(user).screen_login(self.otto.id, self.config.id, secret)
        self.assertTrue(self.till.pos_locked_at)
