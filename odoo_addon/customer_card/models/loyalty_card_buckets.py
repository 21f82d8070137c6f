from odoo import fields, models

from ..rules.buckets import Buckets, give_back, spend
from .ledger import POINTS, exact

MONEY_TYPES = ("gift_card", "ewallet")


class LoyaltyCard(models.Model):
    """Stored value in two buckets: ``points == paid + bonus``, paid money is spent first (I3)."""

    _inherit = "loyalty.card"

    paid = fields.Float(digits=POINTS, readonly=True, copy=False)
    bonus = fields.Float(digits=POINTS, readonly=True, copy=False)

    def _holds_money(self):
        return self.program_id.program_type in MONEY_TYPES

    def _split(self, delta, values):
        """Return the :class:`Buckets` of a change of *delta*.

        A booking that knows says so (``paid_delta``, ``bonus_delta``). Spending takes paid money
        first; what a document gives back goes to where that document took it from.
        """
        self.ensure_one()
        if not self._holds_money():
            return Buckets(exact(0), exact(0))
        if "paid_delta" in values:
            return Buckets(exact(values["paid_delta"]), exact(values["bonus_delta"]))
        if delta <= 0:
            return spend(Buckets(exact(self.paid), exact(self.bonus)), -delta)
        return give_back(self._spent_by(values), delta)

    def _spent_by(self, values):
        """Return what the document of *values* took from each bucket and has not given back."""
        if not values.get("origin_id"):
            return Buckets(exact(0), exact(0))
        entries = (
            self.env["loyalty.card.entry"]
            .sudo()
            .search(
                [
                    ("card_id", "in", self._with_joined().ids),
                    ("origin_model", "=", values["origin_model"]),
                    ("origin_id", "=", values["origin_id"]),
                    ("reason", "!=", "grant"),
                ]
            )
        )
        return Buckets(
            -sum((exact(entry.paid_delta) for entry in entries), exact(0)),
            -sum((exact(entry.bonus_delta) for entry in entries), exact(0)),
        )

    def _with_joined(self):
        """Return this account and those that merges of customers joined into it."""
        found = cards = self.sudo().with_context(active_test=False)
        while found := found.search([("merged_into_id", "in", found.ids)]):
            cards |= found
        return cards
