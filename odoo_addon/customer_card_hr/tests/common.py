from unittest.mock import patch

from odoo.addons.customer_card.tests.common import CardCase
from odoo.fields import Command
from odoo.tests import new_test_user

PIN = "4711"


class BadgeCase(CardCase):
    """Sabine and Otto with badges and users, a till with a paired screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Hashing a password takes a third of a second on purpose; tests need not wait for it.
        cls.env["ir.config_parameter"].set_param("password.hashing.rounds", 1000)
        cls.sabine, cls.badge, cls.badge_token = cls._employee("Sabine Verkauf", "sabine")
        cls.otto, cls.otto_badge, cls.otto_token = cls._employee("Otto Lager", "otto")
        cls.company = cls.env.company

    @classmethod
    def _employee(cls, name, login, groups="customer_card.group_user"):
        user = new_test_user(cls.env, login, groups=groups, password=login)
        employee = cls.env["hr.employee"].create({"name": name, "user_id": user.id})
        badge = cls._badge(employee)
        token = cls.env["customer.card.medium"]._new_token()
        cls.env["customer.card.medium"]._assign(badge, "token", "chip", token)
        return employee, badge, token

    @classmethod
    def _badge(cls, employee, **values):
        return cls.env["customer.card"].create(
            {
                "card_type_id": cls.env.ref("customer_card_hr.card_type_employee").id,
                "employee_id": employee.id,
                **values,
            }
        )

    def _serial(self, badge, uid="04A1B2C3"):
        """Let *badge* be known by its serial number only."""
        self.env["customer.card.medium"]._assign(badge, "uid", "rfid", uid)
        return uid

    def _claimed(self, token=None, screen=None, **values):
        """The seller's screen claims a presented badge; return what it may use."""
        answer = self._present(token or self.badge_token, **values)
        self._claim(answer)
        events = self.env["customer.card.event"].with_user(self.seller)
        return events._claimed_badge(answer["event_id"], screen or self._own_secret())

    def _login_page(self, till=None):
        """A browser that was paired by the seller and shows the login page now; its secret."""
        secret = self._screen(till=till or self.till)
        screen = self.env["customer.till.screen"]._of_secret(secret)
        screen.at_login = True
        return secret

    def _take(self, event_id, secret):
        """A login page asks for a badge: ``(event, ticket)``."""
        events = self.env["customer.card.event"].with_user(self.env.ref("base.public_user"))
        return events._take_badge(event_id, secret)

    def _log(self, **domain):
        """The login log, newest first, as (employee, kind, way, place)."""
        rows = self.env["customer.card.login"].search(
            [(name, "=", value) for name, value in domain.items()]
        )
        return [(row.employee_id.name, row.kind, row.way, row.place) for row in rows]

    def _pushed(self):
        """What went to the till's screens, after the commit."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("channel", "ilike", "customer.till.screen")])
        return [row.message for row in rows]


def at(moment):
    """Let the clock of badges stand at *moment*."""
    return patch("odoo.fields.Datetime.now", lambda *args: moment)


__all__ = ["PIN", "BadgeCase", "Command", "at"]
