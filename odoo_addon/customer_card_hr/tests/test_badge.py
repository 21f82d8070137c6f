from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.base.models.res_users import ResUsers
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..models import res_users
from ..models.res_users import CREDENTIAL
from .common import BadgeCase


@tagged("post_install", "-at_install")
class TestBadge(BadgeCase):
    """AX-02: a badge says who stands at the till. It opens nobody and runs no program."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.battery_customer = cls.env["res.partner"].create({"name": "Battery customer"})
        cls.env.company.card_issue_partner_id = cls.battery_customer

    def test_a_badge_names_the_employee_and_opens_nobody(self):
        """AX-02: E is identified, at the reader and on the screen; no customer, no program."""
        counter = self._counter_program(no_article_choice=True)
        private = counter._enrol(self.sabine.work_contact_id)
        self._screen()
        answer = self._present(self.badge_token)
        self.assertEqual(
            (answer["status"], answer["action"], answer["message"]),
            ("pushed", "login", "Sabine Verkauf"),
        )
        event = self.env["customer.card.event"].browse(answer["event_id"])
        self.assertFalse(event.partner_id, "no customer")
        claim = self._claim(answer)
        self.assertEqual((claim["action"], claim["holder"]), ("login", "Sabine Verkauf"))
        self.assertFalse(claim["partner"] or claim["enrolments"] or claim["counters"])
        self.assertEqual(private.points, 72, "what the employee owns as a customer is left alone")
        self.assertEqual(len(private.entry_ids), 1)

    def test_a_badge_sets_no_password(self):
        """N7: password_security asks behind each log-in; a badge gets no link that sets one."""
        user = self.env.user
        for kind, expired in ((CREDENTIAL, False), ("password", True)):
            call = SimpleNamespace(params={"type": kind, "badge_ticket": "x"})
            with (
                patch.object(res_users, "request", call),
                patch.object(ResUsers, "_password_has_expired", lambda user: True, create=True),
            ):
                self.assertIs(user._password_has_expired(), expired)

    def test_the_name_goes_to_the_screen_as_a_short_notice(self):
        """AX-02: of a badge that lay in the reader the screen shows the name and nothing else."""
        self._screen()
        self._present(self.badge_token, origin="found")
        sent = "".join(self._pushed())
        self.assertIn('"action":"message"', sent.replace(" ", ""))
        self.assertIn('"message":"SabineVerkauf"', sent.replace(" ", ""))
        self.assertIn('"kind":"info"', sent.replace(" ", ""))

    def test_a_badge_needs_no_screen(self):
        """AX-02: who stands at the till is known without a screen."""
        self.assertEqual(self._present(self.badge_token)["status"], "identified")

    def test_a_blocked_badge_identifies_nobody(self):
        """AX-02: a lost badge says nothing of its holder."""
        self.badge.action_block()
        self._screen()
        answer = self._present(self.badge_token)
        self.assertEqual(answer["status"], "blocked")
        self.assertNotIn("Sabine", answer["message"])

    def test_a_badge_of_somebody_who_left_does_nothing(self):
        """AX-02: the employee is archived: not identified, and nothing is issued."""
        self._counter_program(0)._enrol(customer_card=self.badge)
        self.sabine.sudo().active = False
        self._screen()
        answer = self._present(self.badge_token)
        self.assertEqual((answer["status"], answer["action"]), ("refused", ""))
        self.assertIn("no longer here", answer["message"])

    def test_a_badge_with_an_ended_program_still_identifies(self):
        """AX-02: the program is over, the employee is not."""
        self._counter_program()._enrol(customer_card=self.badge).blocked = True
        self._screen()
        self.assertEqual(self._present(self.badge_token)["message"], "Sabine Verkauf")

    def test_an_issue_with_a_badge_carries_the_employee(self):
        """AX-10 AX-12: the badge issues; the entry carries E and the battery customer."""
        enrolment = self._counter_program(0)._enrol(customer_card=self.badge)
        self._screen()
        claim = self._claim(self._present(self.badge_token))
        self.assertEqual((claim["holder"], claim["partner"]), ("Sabine Verkauf", False))
        events = self.env["customer.card.event"].with_user(self.seller)
        allowance = claim["counters"][0]["allowance_id"]
        events.issue(
            claim["event_id"],
            allowance,
            self.battery.id,
            1,
            "dialog",
            self.secret,
            purpose="own_use",
        )
        self.env.invalidate_all()
        entry = enrolment.entry_ids[0]
        self.assertEqual(
            (entry.employee_id, entry.purpose, entry.partner_id),
            (self.sabine, "own_use", self.battery_customer),
        )
        enrolment._reverse_issue(entry, key="undo")
        self.env.invalidate_all()
        back = enrolment.entry_ids[0]
        self.assertEqual((back.employee_id, back.quantity), (self.sabine, -1))

    def test_a_card_has_one_holder(self):
        """AX-02: a badge belongs to an employee, a customer card never does."""
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._badge(self.env["hr.employee"])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._badge(self.sabine, partner_id=self.berg.id)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.card.employee_id = self.sabine
        other = self.env["hr.employee"].create({"name": "Otto"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.badge.employee_id = other

    def test_sellers_see_whose_badge_it_is(self):
        """A seller has no access to personnel files, but reads the name on the badge."""
        badge = self.badge.with_user(self.seller)
        badge.invalidate_recordset()
        shown = badge.web_read({"employee_id": {"fields": {"display_name": {}}}})
        self.assertEqual(shown[0]["employee_id"]["display_name"], "Sabine Verkauf")

    def test_without_this_module_a_badge_opens_nothing(self):
        """Uninstalling takes the holder away: the card is blocked, not a bearer's."""
        option = self.env.ref(
            "customer_card_hr.selection__customer_card_type__holder_type__employee"
        )
        option._process_ondelete()
        self.env.flush_all()
        self.assertEqual((self.badge.active, self.badge.state), (False, "blocked"))
        self.assertEqual(self.badge.holder_type, "bearer")
        self.assertEqual(self._present(self.badge_token)["status"], "blocked")
