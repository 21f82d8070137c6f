from odoo import models
from odoo.exceptions import UserError

from ..rules.buckets import credit
from ..rules.periods import add_months, term_end
from .ledger import exact
from .loyalty_program import MONEY_KINDS


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
        if self.kind in ("discount", "points", "stored_value") and not extend and not amount:
            domain = self._live_enrolment_domain(partner, customer_card, day)
            if live := cards.search(domain + [("program_id", "=", self.id)], limit=1):
                return live
        return self._grant(
            partner, customer_card, day=day, side=side, paid=paid, amount=amount, key=key
        ).card_id

    def _grant(
        self,
        partner=None,
        customer_card=None,
        *,
        day=None,
        side=False,
        paid=0,
        amount=None,
        key=None,
        till_id=False,
        origin=None,
        number=0,
    ):
        """Create or extend the holder's enrolment by one unit of this program, once per *key*.

        :return: the ``loyalty.card.grant``
        """
        self.ensure_one()
        program = self.sudo()
        cards, grants = program.env["loyalty.card"], program.env["loyalty.card.grant"]
        partner = partner or (customer_card and customer_card.order_partner_id)
        partner = partner or self.env["res.partner"]
        partner = partner.sudo()
        if not partner and not customer_card and self.kind not in ("voucher", "coupon"):
            raise UserError(self.env._("Choose the customer or the card that gets the program."))
        if key and (found := grants.search([("key", "=", key)])):
            return found
        day = day or cards._today(self.company_id)
        if partner or customer_card:
            cards._lock_holder(partner, customer_card)
        card = cards._extendable(program, partner, customer_card, day, side)
        began, end_before, sold_before = not card, card.expiration_date, card.term_total
        if card:
            card._lock()
            card._extend(day)
        else:
            sold = (origin or {}).get("origin_model") == "pos.order.line"
            program._limited_cards(partner, customer_card)._check_program_limit(program, sold)
            card = cards._create_enrolment(program, partner, customer_card, day, side)
        pieces = card._create_allowances(sold_before)
        gift = program._granted(card, pieces, exact(amount) if amount else None, exact(paid))
        key = key or f"grant:{card.id}:{len(card.grant_ids) + 1}"
        entry = self.env["loyalty.card.entry"]
        if gift["delta"] or self.kind == "bonus_item":
            entry = program._book_grant(card, gift, key, till_id, origin or {})
        return grants.create(
            {
                "card_id": card.id,
                "key": key,
                "number": number,
                "amount": float(gift["delta"]),
                "paid": float(exact(paid)),
                "months": program.total_months,
                "began": began,
                "end_before": end_before,
                "pieces": {str(counter.id): str(count) for counter, count in pieces.items()},
                "entry_id": entry.id,
                **(origin or {}),
            }
        )

    def _book_grant(self, card, gift, key, till_id, origin):
        values = {name: value for name, value in gift.items() if name != "delta"}
        return card._post(
            gift["delta"],
            key=f"grant:{key}" if origin else key,
            reason="grant",
            till_id=till_id,
            **values,
            **origin,
        )

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
