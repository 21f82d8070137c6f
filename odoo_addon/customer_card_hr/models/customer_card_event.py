import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.customer_card.lib.row_id import row_id
from odoo.addons.customer_card.rules import presented
from odoo.tools import SQL

# How long the employee may take to type the PIN after the badge was claimed.
PIN_TIME = timedelta(seconds=60)


class CustomerCardEvent(models.Model):
    """A presented badge, and the screen that proves it may use it.

    The reader's user presents badges, but it cannot use one: for that a screen names the secret
    that it was told when a seller paired it with the till.
    """

    _inherit = "customer.card.event"

    badge_ticket = fields.Char(copy=False, groups=fields.NO_ACCESS, index="btree_not_null")
    badge_used = fields.Boolean(readonly=True, copy=False)
    removed = fields.Boolean(readonly=True, copy=False)

    def _answer(self, duplicate=False):
        answer = super()._answer(duplicate)
        card = self.customer_card_id
        if card.employee_id and self.action and self.till_id.badge_logoff_on_removal:
            answer["watch_removal"] = True
        return answer

    def _is_badge(self):
        return bool(self.customer_card_id.employee_id)

    def _removed(self):
        """Tell the till's screens that a badge left the reader: who logged in with it goes, too."""
        for event in self.filtered("customer_card_id.employee_id"):
            if not event.till_id.badge_logoff_on_removal:
                continue
            event.removed = True
            event.till_id._send_to_screens(
                "customer_card.badge_removed",
                {"event_id": event.id, "employee_id": event.customer_card_id.employee_id.id},
            )
        return super()._removed()

    def _payload(self):
        """A screen that logs somebody in learns the name; there is no customer and no program."""
        if self.action != "login":
            claim = super()._payload()
            return {**claim, "badge": bool(self.customer_card_id.employee_id)}
        return {
            "event_id": self.id,
            "action": "login",
            "badge": True,
            "holder": self.customer_card_id._holder_name(),
            "partner": False,
            "card": {"id": self.customer_card_id.id, "number": self.customer_card_id.number},
            "enrolments": [],
            "counters": [],
            "result": False,
        }

    @api.model
    def _claimed_badge(self, event_id, screen):
        """Return the badge that the calling screen has claimed, or an empty event.

        :param screen: the screen's secret
        """
        here = self.env["customer.till.screen"]._here(screen)
        if not here:
            return self.sudo().browse()
        return self.sudo().search(
            [
                ("id", "=", row_id(event_id)),
                ("screen_id", "=", here.id),
                ("claimed_by_id", "=", self.env.uid),
                ("claimed_at", ">", fields.Datetime.now() - PIN_TIME),
                ("badge_used", "=", False),
                ("customer_card_id.employee_id", "!=", False),
            ]
        )

    @api.model
    def _take_badge(self, event_id, screen):
        """Give a new badge to the first login page of its till that asks.

        :param screen: the secret of the calling browser
        :return: the event and the ticket it may be used with, both empty when it is too late
        """
        here = self.env["customer.till.screen"]._here(screen)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM customer_card_event"
                " WHERE id = %s AND state = 'new' AND action = 'login'"
                " AND presented_at > %s AND till_id = %s FOR UPDATE SKIP LOCKED",
                row_id(event_id),
                fields.Datetime.now() - timedelta(seconds=presented.FRESH_S),
                here.till_id.id or 0,
            )
        )
        event = self.sudo().browse(row[0] for row in rows)
        event.write({"state": "claimed", "claimed_at": fields.Datetime.now(), "screen_id": here.id})
        return event, event._new_ticket() if event else ""

    def _new_ticket(self):
        """Return a new ticket for this badge; the database keeps its hash."""
        ticket = secrets.token_urlsafe(24)
        self.badge_ticket = self._ticket_hash(ticket)
        return ticket

    @api.model
    def _of_ticket(self, ticket):
        """Return the badge that a login page has claimed with *ticket*, unless it was used."""
        return self.sudo().search(
            [
                ("badge_ticket", "=", self._ticket_hash(str(ticket or ""))),
                ("claimed_at", ">", fields.Datetime.now() - PIN_TIME),
                ("badge_used", "=", False),
            ],
            limit=1,
        )

    def _ticket_hash(self, ticket):
        return hashlib.sha256(ticket.encode()).hexdigest()
