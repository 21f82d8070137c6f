from datetime import timedelta

from psycopg2.errors import RaiseException

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PIN, BadgeCase, at


@tagged("post_install", "-at_install")
class TestBadgeUse(BadgeCase):
    """Who may use a badge, and what the login log says of it."""

    def test_a_badge_with_a_token_needs_no_pin(self):
        """AX-23: used once, logged once, with till, way and place."""
        self._screen()
        event = self._claimed()
        answer = event._use_badge("pos")
        self.assertEqual(
            (answer["status"], answer["employee_id"]), ("login", self.sabine.id), answer
        )
        self.assertEqual(self._log(), [("Sabine Verkauf", "login", "badge", "pos")])
        row = self.env["customer.card.login"].search([], limit=1)
        self.assertEqual((row.till_id, row.user_id), (self.till, self.seller))
        self.assertEqual(event._use_badge("pos")["status"], "login", "the record in hand")
        again = self.env["customer.card.event"].with_user(self.seller)
        self.assertFalse(again._claimed_badge(event.id, self._own_secret()), "used up")

    def test_a_serial_number_needs_leave_and_pin(self):
        """AX-23 HS-11: a UID-only badge is refused; with the manager's leave it needs the PIN."""
        uid = self._serial(self.badge)
        self._screen()
        refused = self._claimed(uid, kind="uid")._use_badge("pos")
        self.assertEqual(refused["status"], "refused")
        self.assertIn("serial number", refused["message"])
        self.company.badge_uid_allowed = True
        without = self._claimed(uid, kind="uid", key="2")._use_badge("pos")
        self.assertEqual(without["status"], "refused", "no PIN is set")
        self.sabine._set_badge_pin(PIN)
        event = self._claimed(uid, kind="uid", key="3")
        self.assertEqual(event._use_badge("pos")["status"], "pin")
        self.assertEqual(event._use_badge("pos", "0815")["status"], "again")
        self.assertEqual(event._use_badge("pos", PIN)["status"], "login")
        self.assertEqual(self._log(kind="login"), [("Sabine Verkauf", "login", "badge_pin", "pos")])

    def test_answers_have_one_shape(self):
        """HS-11: whatever the reason, the answer has the same keys."""
        self._screen()
        nothing = self.env["customer.card.event"]._use_badge("pos")
        used = self._claimed()._use_badge("pos")
        self.assertEqual(set(nothing), set(used))

    def test_five_wrong_pins_lock_badge_and_till_for_five_minutes(self):
        """AX-23: the sixth try is not looked at, right or wrong; also at another till."""
        uid = self._serial(self.badge)
        self.company.badge_uid_allowed = True
        self.sabine._set_badge_pin(PIN)
        self.otto._set_badge_pin("8025")
        self._screen()
        event = self._claimed(uid, kind="uid")
        for _try in range(5):
            self.assertEqual(event._use_badge("pos", "0815")["status"], "again")
        locked = event._use_badge("pos", PIN)
        self.assertEqual(locked["status"], "refused")
        self.assertIn("five minutes", locked["message"])
        self.assertEqual(self._log(kind="locked"), [("Sabine Verkauf", "locked", "badge", "pos")])
        other = self._serial(self.otto_badge, "04FFFFFF")
        till_locked = self._claimed(other, kind="uid", key="2")._use_badge("pos", "8025")
        self.assertEqual(till_locked["status"], "refused", "the till is locked, too")
        later = fields.Datetime.now() + timedelta(minutes=5, seconds=1)
        with at(later):
            self._screen()
            event = self._claimed(uid, kind="uid", key="3")
            self.assertEqual(event._use_badge("pos", PIN)["status"], "login")

    def test_a_right_pin_forgets_the_wrong_ones(self):
        """AX-23: four wrong ones a day lock nobody out."""
        uid = self._serial(self.badge)
        self.company.badge_uid_allowed = True
        self.sabine._set_badge_pin(PIN)
        self._screen()
        for key in ("1", "2"):
            event = self._claimed(uid, kind="uid", key=key)
            for _try in range(4):
                self.assertEqual(event._use_badge("pos", "0815")["status"], "again")
            self.assertEqual(event._use_badge("pos", PIN)["status"], "login")

    def test_blocked_between_presented_and_used(self):
        """HS-11: a badge blocked a moment ago logs nobody in."""
        self._screen()
        event = self._claimed()
        self.badge.action_block()
        self.assertEqual(event._use_badge("pos")["status"], "refused")
        revoked = self._claimed(self.otto_token, key="2")
        revoked.medium_id.action_revoke()
        self.assertEqual(revoked._use_badge("pos")["status"], "refused")

    # --- the PIN ----------------------------------------------------------------------

    def test_the_pin_is_kept_as_a_hash_that_nobody_reads(self):
        """AX-23: not readable by the manager, nothing in the dialog's table."""
        manager = new_test_user(self.env, "boss", groups="customer_card.group_manager")
        dialog = self.env["customer.card.badge.pin"].with_user(manager)
        dialog.create({"employee_id": self.sabine.id, "pin": PIN, "pin_repeated": PIN})
        self.assertTrue(self.sabine._is_badge_pin(PIN))
        self.assertNotIn(PIN, self.sabine.badge_pin)
        self.assertNotEqual(self.sabine.badge_pin, self.otto.badge_pin)
        with self.assertRaises(AccessError):
            self.sabine.with_user(manager).read(["badge_pin"])
        self.assertEqual(self._log(kind="pin"), [("Sabine Verkauf", "pin", False, False)])

    def test_weak_pins_are_refused(self):
        for pin in ("12", "1111", "12345", "9876", "12a4", "1234567890123"):
            with self.subTest(pin=pin), self.assertRaises(ValidationError):
                self.sabine._set_badge_pin(pin)
        with self.assertRaises(ValidationError):
            self.env["customer.card.badge.pin"].create(
                {"employee_id": self.sabine.id, "pin": PIN, "pin_repeated": "4712"}
            )

    def test_who_sets_whose_pin(self):
        """HS-11: sellers set nobody's, managers not an administrator's."""
        manager = new_test_user(self.env, "boss", groups="customer_card.group_manager")
        admin = new_test_user(self.env, "chief", groups="base.group_system")
        chief = self.env["hr.employee"].create({"name": "Chief", "user_id": admin.id})
        for user, employee in (
            (self.seller, self.sabine),
            (manager, chief),
            (self.sabine.user_id, self.sabine),  # without the password, from an unlocked screen
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                employee.with_user(user)._set_badge_pin(PIN)
        self.sabine.with_user(manager)._set_badge_pin(PIN)
        other_admin = new_test_user(self.env, "chief2", groups="base.group_erp_manager")
        chief.with_user(other_admin)._set_badge_pin(PIN)

    def test_a_pin_does_not_move_to_another_user(self):
        """HS-11: an HR officer who relinks an own badge to somebody's user gains nothing."""
        officer = new_test_user(self.env, "hr", groups="hr.group_hr_manager")
        self.sabine._set_badge_pin(PIN)
        self.otto.user_id = False
        victim = new_test_user(self.env, "victim", groups="base.group_user")
        self.sabine.with_user(officer).user_id = victim
        self.assertFalse(self.sabine.badge_pin)
        self._screen()
        answer = self._claimed()._use_badge("web")
        self.assertEqual(answer["status"], "refused")
        self.assertIn("administrator must confirm", answer["message"])
        with self.assertRaises(AccessError):
            self.sabine.with_user(officer).action_confirm_badge_user()
        self.sabine.action_confirm_badge_user()
        self.assertEqual(self._claimed(key="2")._use_badge("web")["status"], "login")

    # --- Odoo itself ------------------------------------------------------------------

    def test_who_logs_in_to_odoo(self):
        """AX-23: users by default, administrators only when allowed and then with their PIN."""
        self._screen()
        self.assertEqual(self._claimed()._use_badge("web")["status"], "login")
        self.sabine.user_id.group_ids |= self.env.ref("base.group_erp_manager")
        refused = self._claimed(key="2")._use_badge("web")
        self.assertIn("password", refused["message"])
        self.company.badge_web_login = "all"
        self.assertEqual(self._claimed(key="3")._use_badge("web")["status"], "refused", "no PIN")
        self.sabine._set_badge_pin(PIN)
        event = self._claimed(key="4")
        self.assertEqual(event._use_badge("web")["status"], "pin")
        self.assertEqual(event._use_badge("web", PIN)["status"], "login")
        self.company.badge_web_login = "no"
        self.assertEqual(
            self._claimed(self.otto_token, key="5")._use_badge("web")["status"], "refused"
        )

    def test_the_shop_may_always_ask_for_the_pin(self):
        self.company.badge_web_pin = True
        self.otto._set_badge_pin(PIN)
        self._screen()
        event = self._claimed(self.otto_token)
        self.assertEqual(event._use_badge("web")["status"], "pin")
        self.assertEqual(event._use_badge("pos")["status"], "login", "at the till it is enough")

    def test_portal_users_do_not(self):
        self.sabine.user_id.group_ids = self.env.ref("base.group_portal")
        self._screen()
        self.assertEqual(self._claimed()._use_badge("web")["status"], "refused")

    # --- the log ----------------------------------------------------------------------

    def test_nobody_changes_the_log(self):
        """AX-23: not the administrator, not the superuser, not by SQL."""
        self._screen()
        self._claimed()._use_badge("pos")
        row = self.env["customer.card.login"].search([], limit=1)
        with self.assertRaises(UserError):
            row.reason = "nothing happened"
        with self.assertRaises(UserError):
            row.unlink()
        for statement in (
            "UPDATE customer_card_login SET kind = 'pin'",
            "DELETE FROM customer_card_login",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(RaiseException),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)
        with self.assertRaises(AccessError):
            row.with_user(self.seller).read(["kind"])

    def test_the_log_is_kept_as_long_as_set(self):
        """AX-23: 12 months by default."""
        log = self.env["customer.card.login"]
        old = log._note("login", "badge", employee=self.sabine, company=self.company)
        kept = log._note("login", "badge", employee=self.otto, company=self.company)
        with at(kept.at + timedelta(days=360)):
            log._gc_logins()
            self.assertTrue(old.exists())
        with at(kept.at + timedelta(days=370)):
            self.company.badge_log_months = 0
            log._gc_logins()
            self.assertTrue(old.exists())
            self.company.badge_log_months = 12
            log._gc_logins()
        self.assertFalse((old | kept).exists())

    def test_deleting_an_employee_leaves_the_row(self):
        log = self.env["customer.card.login"]
        employee = self.env["hr.employee"].create({"name": "Gone"})
        row = log._note("login", "badge", employee=employee)
        employee.unlink()
        self.assertTrue(row.exists())
