from unittest.mock import patch

from odoo.addons.customer_card.tests.common import PEPPER
from odoo.addons.customer_card_pos.tests.common import CardTours
from odoo.tests import tagged

from .common import PIN, Staff


@tagged("post_install", "-at_install")
class TestCashierTours(Staff, CardTours):
    """Cashiers and their badges in a real point of sale, in German."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": PEPPER}))
        cls.set_up_staff(cls.main_pos_config)

    def setUp(self):
        super().setUp()
        self.env["customer.till"].search([]).filtered(lambda till: till != self.till).active = False

    def run_badge_tour(self, name, times=1):
        for badge in self.badges:
            events = self.present(badge, times=times, action="login")
            events.medium_id = badge.medium_ids[:1]
        self.start_pos_tour(f"customer_card_pos_hr_{name}")
        self.env.invalidate_all()

    def test_login(self):
        """AX-23 AX-24: another badge switches and keeps the order, a stranger is refused, the badge
        is taken out, a click on a name without PIN opens nothing, Odoo's own PIN does, and a
        UID-only badge asks for its PIN."""
        self.env.company.badge_uid_allowed = True
        self.berta._set_badge_pin(PIN)
        self.badges[3].medium_ids.sudo().tier = "0"
        self.run_badge_tour("login")
        self.assertEqual(
            self.login_rows(),
            [
                ("Sabine Verkauf", "login", "badge"),
                ("Otto Lager", "login", "badge"),
                ("Sabine Verkauf", "logoff", "switch"),
                ("Paul Fremd", "refused", "badge"),
                ("Otto Lager", "logoff", "removed"),
                ("Otto Lager", "login", "screen"),
                ("Otto Lager", "logoff", "button"),
                ("Berta Chip", "refused", "badge_pin"),
                ("Berta Chip", "login", "badge_pin"),
            ],
        )
        self.assertEqual(self.main_pos_config.current_session_id.employee_id, self.berta)
        self.assertFalse(self.till.pos_locked_at)

    def test_only_with_the_badge(self):
        """EX-01: no list of names, no PIN and no browser's memory unlocks it or changes the
        cashier; badges do, with their PIN where they can be copied."""
        self.main_pos_config.badge_only = True
        self.env.company.badge_uid_allowed = True
        self.berta._set_badge_pin(PIN)
        self.badges[3].sudo().medium_ids.tier = "0"
        self.run_badge_tour("badge_only")
        logins = [row for row in self.login_rows() if row[1] == "login"]
        self.assertEqual(
            logins,
            [
                ("Sabine Verkauf", "login", "badge"),
                ("Otto Lager", "login", "badge"),
                ("Berta Chip", "login", "badge_pin"),
            ],
        )

    def test_meal(self):
        """HS-19: a badge asks "Meal / Sign in"; a meal is free, and only what may be one."""
        soup = self.new_product("Suppe", 4.5)
        soup.is_staff_meal = True
        self.run_badge_tour("meal")
        order = self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)], limit=1)
        self.assertEqual((order.amount_total, order.employee_id), (0, self.sabine))
        self.assertEqual((order.meal_employee_id, order.meal_value), (self.paul, 4.5))

    def test_idle(self):
        """AX-24: 5 min idle -> locked, order kept; a payment is not cut off."""
        self.run_badge_tour("idle", times=2)
        rows = [row for row in self.login_rows() if row[1] == "logoff"]
        self.assertEqual(
            rows, [("Sabine Verkauf", "logoff", "idle"), ("Otto Lager", "logoff", "idle")]
        )
        order = self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)], limit=1)
        self.assertEqual((order.state, order.employee_id), ("paid", self.sabine))
