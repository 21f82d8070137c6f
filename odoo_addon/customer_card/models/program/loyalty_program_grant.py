from odoo import models
from odoo.exceptions import UserError

from ...lib.exact import exact
from ...lib.opening import open_ledger
from ...rules.buckets import credit
from ...rules.kinds import BEARER_KINDS, HELD_ONCE_KINDS, MONEY_KINDS
from ...rules.periods import add_months, term_end


class LoyaltyProgram(models.Model):
    """How a holder gets a program: sold, or given in the office."""

    _inherit = "loyalty.program"

    def _enrol(
        self,
        partner=None,
        customer_card=None,
        *,
        day=None,
        key=None,
        side=False,
        amount=0,
        paid=0,
        extend=False,
    ):
        """Give this program to a holder without a sale and return the enrolment.

        Discounts, points and stored value exist once per holder: a live one without *extend* and
        without *amount* is returned as it is.

        :param day: first valid day, default today in the company's time zone
        :param key: idempotency key: the same key gives it once
        :param amount: credit to start with, for stored value and vouchers without preset credit
        :param paid: how much of it was paid; the rest is bonus
        :raises UserError: no holder named, or the card is full
        :source: seed 002, Verkauf durch; seed 000, Programme der Karte zuordnen
        """
        self.ensure_one()
        cards = self.env["loyalty.card"].sudo()
        partner = partner or (customer_card and customer_card.order_partner_id)
        partner = partner or self.env["res.partner"]
        day = day or cards._today(self.company_id)
        if self.kind in HELD_ONCE_KINDS and not extend and not amount:
            domain = self._live_enrolment_domain(partner, customer_card, day)
            if live := cards.search(domain + [("program_id", "=", self.id)], limit=1):
                return live
        return self._grant(
            partner, customer_card, day=day, side=side, paid=paid, amount=amount, key=key
        ).card_id

    def _grant(self, partner=None, customer_card=None, *, key=None, **terms):
        """Create or extend the holder's enrolment by one unit of this program, once per *key*.

        :param terms: see :meth:`_grant_units`
        :return: the ``loyalty.card.grant``
        """
        grants = self.env["loyalty.card.grant"].sudo()
        if key and (found := grants.search([("key", "=", key)])):
            return found
        return self._grant_units([key], partner, customer_card, **terms)

    def _grant_units(
        self,
        keys,
        partner=None,
        customer_card=None,
        *,
        day=None,
        side=False,
        paid=0,
        amount=None,
        till_id=False,
        origin=None,
        number=0,
    ):
        """Give one unit for each of *keys*, which are new, in a few statements.

        Each unit is a grant of its own that is undone alone. Units that add up on one enrolment
        are one entry of the ledger.

        :param keys: idempotency keys of the units; None: the enrolment names it
        :param number: of the first unit on its document line
        :return: the ``loyalty.card.grant`` of each unit
        """
        self.ensure_one()
        program = self.sudo()
        cards = program.env["loyalty.card"].with_context(
            tracking_disable=True, mail_create_nolog=True
        )
        partner = partner or (customer_card and customer_card.order_partner_id)
        partner = (partner or self.env["res.partner"]).sudo()._card_customer()
        if not partner and not customer_card and self.kind not in BEARER_KINDS:
            raise UserError(self.env._("Choose the customer or the card that gets the program."))
        day, origin = day or cards._today(self.company_id), origin or {}
        if partner or customer_card:
            cards._lock_holder(partner, customer_card)
        card = cards._extendable(program, partner, customer_card, day, side)
        if not card:
            sold = origin.get("origin_model") == "pos.order.line"
            program._limited_cards(partner, customer_card)._check_program_limit(program, sold)
        holder = (program, partner, customer_card, day, side)
        booking = {"paid": exact(paid), "till_id": till_id, "origin": origin, "number": number}
        booking["amount"] = exact(amount) if amount else None
        if card or len(keys) == 1 or program._adds_up():
            return program._add_units(card, keys, holder, booking)
        return program._begin_each(cards, keys, holder, booking)

    def _adds_up(self):
        """Tell whether a second unit extends the enrolment that the first one began."""
        if self.kind == "bonus_item":
            return bool(self.total_months) and not self.always_new
        return self.kind in HELD_ONCE_KINDS

    def _add_units(self, card, keys, holder, booking):
        """Extend *card* by these units, or the enrolment that the first of them begins."""
        cards, day = self.env["loyalty.card"], holder[3]
        grants, rows, total = cards.env["loyalty.card.grant"], [], None
        if card:
            card._lock()
        for key in keys:
            began, end_before, sold_before = not card, card.expiration_date, card.term_total
            if card:
                card._extend(day)
            else:
                card = cards._create_enrolment(*holder)
            pieces = card._create_allowances(sold_before)
            gift = self._granted(card, pieces, booking["amount"], booking["paid"])
            total = gift if total is None else {name: total[name] + gift[name] for name in gift}
            key = key or f"grant:{card.id}:{len(card.grant_ids) + 1}"
            row = {"began": began, "end_before": end_before}
            rows.append({**row, **self._grant_values(card, key, pieces, gift["delta"])})
        entry = self.env["loyalty.card.entry"]
        if total["delta"] or self.kind == "bonus_item":
            entry = self._book_grant(card, total, rows[0]["key"], booking)
        return grants.create(self._numbered(rows, booking, [entry] * len(rows)))

    def _begin_each(self, cards, keys, holder, booking):
        """Begin an enrolment for each unit: vouchers, and counters that stand side by side."""
        pieces = {line: exact(line.quantity) for line in self._quota_lines()}
        gift = self._granted(cards, pieces, booking["amount"], booking["paid"])
        delta = gift["delta"]
        with open_ledger(**self._entry_of_grant(gift, booking)):
            begun = cards._create_enrolment(*holder, points=float(delta), count=len(keys))
        counted = begun._create_first_allowances()
        rows = [
            {"began": True, **self._grant_values(card, key, counters, delta)}
            for card, key, counters in zip(begun, keys, counted, strict=True)
        ]
        entries = self.env["loyalty.card.entry"].search([("card_id", "in", begun.ids)])
        entries = {entry.card_id: entry for entry in entries}
        if not delta and self.kind == "bonus_item":
            for card, key in zip(begun, keys, strict=True):
                entries[card] = self._book_grant(card, gift, key, booking)
        none = self.env["loyalty.card.entry"]
        rows = self._numbered(rows, booking, [entries.get(card, none) for card in begun])
        return self.env["loyalty.card.grant"].create(rows)

    def _grant_values(self, card, key, pieces, amount):
        return {
            "card_id": card.id,
            "key": key,
            "amount": float(amount),
            "months": self.total_months,
            "pieces": {str(counter.id): str(count) for counter, count in pieces.items()},
        }

    def _numbered(self, rows, booking, entries):
        paid, origin = float(booking["paid"]), booking["origin"]
        return [
            {**row, "paid": paid, "number": number, "entry_id": entry.id, **origin}
            for number, (row, entry) in enumerate(
                zip(rows, entries, strict=True), booking["number"]
            )
        ]

    def _book_grant(self, card, gift, key, booking):
        key = f"grant:{key}" if booking["origin"] else key
        return card._post(gift["delta"], key=key, **self._entry_of_grant(gift, booking))

    def _entry_of_grant(self, gift, booking):
        buckets = {name: value for name, value in gift.items() if name != "delta"}
        return {"reason": "grant", "till_id": booking["till_id"], **buckets, **booking["origin"]}

    def _granted(self, card, pieces, amount, paid):
        """Return the booking of one unit: pieces, credit in its buckets, one use, or nothing."""
        if self.kind == "bonus_item":
            return {"delta": sum(pieces.values(), exact(0))}
        if self.kind == "coupon":
            return {"delta": exact(1)}
        if self.kind not in MONEY_KINDS:
            return {"delta": exact(0)}
        amount = self._credit_of(paid) if amount is None else amount
        parts = credit(amount, paid)
        return {
            "delta": amount,
            "paid_delta": float(parts.paid),
            "bonus_delta": float(parts.bonus),
        }

    def _end_after(self, start, sold, end, months):
        """Return the last day when *months* are taken off an enrolment that ends on *end*."""
        if sold and add_months(start, sold + months) == end:
            return term_end(start, sold)
        return add_months(end, -months)
