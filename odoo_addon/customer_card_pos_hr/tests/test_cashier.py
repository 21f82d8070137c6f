from datetime import timedelta

from odoo import fields
from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_pos.tests.common import PaidOrders
from odoo.exceptions import AccessError
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
        self._screen()
        answer = self._present(self.tokens[number], key=key, **values)
        self._claim(answer, page="pos")
        return answer["event_id"]

    def _log_in(self, event_id, user=None, **values):
        events = self.env["customer.card.event"].with_user(user or self.seller)
        kwargs = {"channel": self.till.channel, "config_id": self.config.id, **values}
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
        """HS-11: another till's channel, none, twice, the reader's user, a portal user."""
        event_id = self._badge(0)
        other = self.env["customer.till"].create({"name": "Counter 2"})
        for channel in (other.channel, "", "customer_till-x", None):
            self.assertEqual(self._log_in(event_id, channel=channel)["status"], "refused")
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
        log.screen_logoff(self.sabine.id, "idle", "pos", self.till.channel)

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
        log.screen_login(self.paul.id, self.config.id, self.till.channel)
        self.assertTrue(self.till.pos_locked_at, "no cashier here")
        log.screen_login(self.otto.id, self.config.id, self.till.channel)
        self.assertFalse(self.till.pos_locked_at)
        self.assertEqual(self.login_rows()[-1], ("Otto Lager", "login", "screen"))

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

    def _told(self):
        return [summary for summary, note in self.activities() if "locked till" in summary]
