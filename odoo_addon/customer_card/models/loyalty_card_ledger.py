import secrets

from odoo import api, models
from odoo.tools import SQL

from .ledger import BalanceTooLow, KeyReused, exact, open_ledger, opening, shown

# Without letters and digits that look alike.
CODE_SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# Types whose points are money, points or pieces. Cards of native promotions are thrown away.
LEDGER_TYPES = ("gift_card", "ewallet", "loyalty", "bonus_item")


class LoyaltyCard(models.Model):
    """The one place where balances change.

    Everything that native Sales and Point of Sale book passes ``create`` and ``write`` here, so
    ``points`` always equals the sum of the entries and the last entry's balance (law 1).
    """

    _inherit = "loyalty.card"

    def _is_ledgered(self):
        return self.is_enrolment or self.program_id.program_type in LEDGER_TYPES

    # --- the ledger's gate ------------------------------------------------------------

    @api.model
    def _voucher_code(self):
        """Return a code nobody can guess: 80 random bits, easy to read and to type."""
        symbols = [secrets.choice(CODE_SYMBOLS) for _ in range(16)]
        return "-".join("".join(symbols[at : at + 4]) for at in range(0, 16, 4))

    @api.model_create_multi
    def create(self, vals_list):
        values = opening()
        for vals in vals_list:
            self._check_may_create(vals)
            if vals.get("is_enrolment"):
                vals.setdefault("code", self._voucher_code())
        cards = super().create(vals_list)
        for card in cards:
            if card._is_ledgered() and card.points:
                if not self.env.user.has_group("customer_card.group_manager"):
                    card._check_may_book()
                card._append_first_entry(values or {})
        return cards

    def _append_first_entry(self, values):
        """Write the entry of a balance that a card was made with, all of it paid money."""
        points = exact(self.points)
        money = points if self._holds_money() else exact(0)
        values = {"paid_delta": float(money), "bonus_delta": 0.0, **values}
        self._append_entry(points, points, 1, values)
        self.sudo().write({"entry_seq": 1, "paid": float(money)})

    def write(self, vals):
        self._check_may_write(vals)
        if "points" not in vals:
            return super().write(vals)
        ledgered = self.filtered(lambda card: card._is_ledgered())
        res = super(LoyaltyCard, self - ledgered).write(vals) if self - ledgered else True
        if ledgered:
            ledgered._check_may_book()
            before = ledgered._lock()
            for card in ledgered.sorted("id"):
                card._write_points(vals, *before[card.id])
        return res

    def _write_points(self, vals, points, seq):
        values = opening()
        balance = exact(vals["points"])
        if balance == points and "key" not in (values or {}):
            return super().write({name: value for name, value in vals.items() if name != "points"})
        values = self._completed(balance - points, balance, values or {})
        stored = {**vals, "entry_seq": seq + 1}
        if self._holds_money():
            stored["paid"] = float(exact(self.paid) + exact(values["paid_delta"]))
            stored["bonus"] = float(balance - exact(stored["paid"]))
        res = super().write(stored)
        self._append_entry(balance - points, balance, seq + 1, values)
        if values.get("overdrawn"):
            self._tell_overdraft()
        return res

    def _completed(self, delta, balance, values):
        """Return the entry's *values* with its buckets, and flagged when it overdraws.

        Native code has no limits: an order that is paid is booked whatever is left (law 6).
        """
        parts = self._split(delta, values)
        overdrawn = values.get("overdrawn") or (delta < 0 and balance < exact(self.held))
        return {
            **values,
            "paid_delta": float(parts.paid),
            "bonus_delta": float(parts.bonus),
            "overdrawn": bool(overdrawn),
        }

    def _lock(self):
        """Lock the rows and return ``{id: (points, entry_seq)}`` as the database holds them.

        Every booking also updates the row, so a transaction whose snapshot is older fails with a
        serialization error, which Odoo repeats (law 5).
        """
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, points, COALESCE(entry_seq, 0) FROM loyalty_card"
                " WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids),
            )
        )
        return {card_id: (exact(points or 0), seq) for card_id, points, seq in rows}

    def _append_entry(self, delta, balance, seq, values):
        self.ensure_one()
        customer_card = self.env["customer.card"].browse(values.get("customer_card_id") or ())
        customer_card = customer_card.sudo() or self.customer_card_id.sudo()
        return (
            self.env["loyalty.card.entry"]
            .sudo()
            .create(
                {
                    "reason": "sale",
                    "key": f"card:{self.id}:{seq}",
                    "user_id": self.env.uid,
                    "company_id": (self.company_id or self.env.company).id,
                    "partner_id": self.partner_id.id,
                    "customer_card_id": customer_card.id,
                    **customer_card._entry_values(),
                    **values,
                    "card_id": self.id,
                    "sequence": seq,
                    "delta": float(delta),
                    "balance": float(balance),
                }
            )
        )

    def unlink(self):
        """Archive what has a history (native code deletes gift cards of cancelled orders)."""
        kept = self.filtered(lambda card: card.entry_seq)
        kept.active = False
        return super(LoyaltyCard, self - kept).unlink()

    # --- our own bookings -------------------------------------------------------------

    def _post(self, delta, *, key, reason, **values):
        """Book *delta* on this card once per *key* and return the entry.

        :param delta: signed Decimal, in the program's unit (currency, points, pieces)
        :param key: names the event; the same key with the same content returns the same entry
        :param values: further fields of the entry
        :raises KeyReused: the key stands for another booking
        :raises BalanceTooLow: the balance would fall below what is reserved
        """
        self.ensure_one()
        card = self.sudo()
        delta = exact(delta)
        points = card._lock()[card.id][0]
        if entry := card._entry_of(key, delta, values):
            return entry
        if delta < 0 and not values.get("overdrawn") and points + delta < exact(card.held):
            raise BalanceTooLow(
                self.env._(
                    "Only %(left)s left on %(program)s: nothing was booked.",
                    left=shown(card.env, points - exact(card.held)),
                    program=card.program_id.name,
                )
            )
        values = {"user_id": self.env.uid, **values, "key": key, "reason": reason}
        with open_ledger(**values):
            card.with_context(tracking_disable=True).write({"points": float(points + delta)})
        return card.env["loyalty.card.entry"].search([("key", "=", key)])

    def _entry_of(self, key, delta, values):
        entry = self.env["loyalty.card.entry"].search([("key", "=", key)])
        if not entry:
            return entry
        same = entry.card_id == self and exact(entry.delta) == delta
        for name in ("product_id", "allowance_id"):
            same = same and entry[name].id == values.get(name, False)
        if not same or exact(entry.quantity) != exact(values.get("quantity")):
            raise KeyReused(
                self.env._("This key was used for another booking: nothing was booked.")
            )
        return entry

    def _post_opening_balance(self):
        """Write the first entry of balances that are older than the ledger."""
        for card in self.filtered(lambda card: card._is_ledgered() and not card.entry_seq):
            card._append_first_entry({"reason": "opening"})
