from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import BadNumber, BalanceTooLow
from ...lib.exact import exact, shown

POS_HOLD = timedelta(minutes=15)


class LoyaltyCard(models.Model):
    """Reservations: who spends reserves first, so two open orders never spend the same (law 6).

    Every change of a reservation also updates the enrolment's row. With a lock alone a second
    transaction would not see what the first one reserved (law 5).
    """

    _inherit = "loyalty.card"

    def _free(self, key=None):
        """Return what can still be spent: the balance less what others than *key* reserved."""
        self.ensure_one()
        card = self.sudo()
        own = card._open_hold(key) if key else card.env["loyalty.card.hold"]
        return exact(card.points) - exact(card.held) + exact(own.amount)

    def _reserved_text(self, key):
        """Return what others than *key* reserved of this balance, and where; or an empty text."""
        self.ensure_one()
        card = self.sudo()
        holds = card.hold_ids.filtered(lambda hold: hold.state == "open" and hold.key != key)
        if not holds:
            return ""
        return self.env._(
            "%(program)s: %(amount)s reserved (%(where)s)",
            program=card.program_id.name,
            amount=card._amount_text(sum(holds.mapped("amount"))),
            where=", ".join(hold._place() for hold in holds),
        )

    def _open_hold(self, key):
        return self.env["loyalty.card.hold"].search([("key", "=", key), ("state", "=", "open")])

    def _reserve(self, amount, *, kind, key, expires_at=None):
        """Reserve *amount* for the open order *key*; the same key again changes its reservation.

        :param amount: Decimal in the program's unit; 0 releases
        :param kind: ``pos`` (ends after 15 minutes unless told otherwise) or ``quotation``
        :return: the open reservation, or an empty one
        :raises BalanceTooLow: less than *amount* is free; the old reservation stays
        """
        self.ensure_one()
        card, amount = self.sudo(), exact(amount)
        if amount < 0:
            raise BadNumber(self.env._("Enter an amount above zero."))
        points = card._lock()[card.id][0]
        card.invalidate_recordset(["held"])
        card._release_due(key)
        hold = card._open_hold(key)
        free = points - exact(card.held) + exact(hold.amount)
        if amount > free:
            raise BalanceTooLow(
                self.env._(
                    "Only %(left)s left on %(program)s.",
                    left=shown(card.env, max(free, exact(0))),
                    program=card.program_id.name,
                )
            )
        if not amount:
            hold._close("released")
            return hold.browse()
        if kind == "pos" and not expires_at:
            expires_at = fields.Datetime.now() + POS_HOLD
        card.held = float(exact(card.held) - exact(hold.amount) + amount)
        values = {"amount": float(amount), "expires_at": expires_at}
        if hold:
            hold.write(values)
            return hold
        return hold.create({"card_id": card.id, "kind": kind, "key": key, **values})

    def _release_hold(self, key):
        """Give back what the order *key* reserved; nothing reserved is no error."""
        for card in self.sorted("id"):
            card._close_hold(key, "released")

    def _capture_hold(self, key, amount=None):
        """Turn the reservation of *key* into the booking that follows in this transaction.

        Spending needs a reservation: book what this returns, and nothing when it is 0. A captured
        reservation is closed, so a second call returns 0, also after a repeat of the order.

        :param amount: Decimal that the order wants to spend; default, and at most, what it reserved
        :return: Decimal that may be spent now, 0 when nothing is reserved under *key*
        """
        self.ensure_one()
        reserved = self._close_hold(key, "captured")
        return reserved if amount is None else max(min(exact(amount), reserved), exact(0))

    def _close_hold(self, key, state):
        """Close this card's open reservation of *key* and return its amount, 0 without one."""
        card = self.sudo()
        card._lock()
        card.invalidate_recordset(["held"])
        hold = card._open_hold(key).filtered(lambda one: one.card_id == card)
        hold._close(state)
        return exact(hold.amount)

    def _release_due(self, key):
        """Release what open orders of the point of sale reserved too long ago, but for *key*."""
        due = self.env["loyalty.card.hold"].search(
            [
                ("card_id", "=", self.id),
                ("state", "=", "open"),
                ("expires_at", "<", fields.Datetime.now()),
                ("key", "!=", key),
            ]
        )
        due._close("released")

    @api.model
    def _cron_release_holds(self):
        """Release reservations whose time is over, card by card."""
        due = self.env["loyalty.card.hold"].search(
            [("state", "=", "open"), ("expires_at", "<", fields.Datetime.now())], limit=1000
        )
        for card in due.card_id.sorted("id"):
            card._lock()
            card.invalidate_recordset(["held"])
            card._release_due("")
