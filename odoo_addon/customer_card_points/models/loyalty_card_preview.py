from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact, shown

from ..rules.points import earned_points
from ..rules.redemption import Part, bill_parts, redemption
from ..rules.visits import Visit, bonuses

ZERO = Decimal(0)


class LoyaltyCard(models.Model):
    """What a receipt will bring, before it is paid: worked out as it will be booked."""

    _inherit = "loyalty.card"

    @api.model
    def _preview_points(self, lines):
        """Return what a receipt of these lines would earn each account that collects on it.

        :param lines: as ``_earning_lines``; nothing is booked
        :return: ``[{"card_id", "name", "earned", "bonuses": {reason: points}, "balance", "after",
            "prompt", "notices"}]``; ``prompt`` is what could be redeemed, or False
        """
        return [card._preview(mine) for card, mine in self._lines_by_card(lines).items() if mine]

    def _preview(self, lines):
        self.ensure_one()
        lines = [self._in_company_currency(line) for line in lines]
        day = fields.Date.to_date(lines[0]["date"])
        terms = self.program_id._terms_on(day)
        paid = self._paid_lines(lines)
        earned = earned_points(paid, terms._earning_rates())
        extra = self._preview_bonuses(day, paid, terms)
        balance = exact(self.points) - exact(self.held)
        after = balance + earned + sum(extra.values(), ZERO)
        return {
            "card_id": self.id,
            "name": self.program_id.name,
            "earned": float(earned),
            "bonuses": {reason: float(points) for reason, points in extra.items()},
            "balance": float(balance),
            "after": float(after),
            "prompt": self._redeem_prompt(paid),
            "notices": self._points_notices(balance, after, terms),
        }

    def _preview_bonuses(self, day, paid, terms):
        """Return ``{reason: points}`` that a first receipt of *day* brings; a second one none."""
        gross = sum((line.gross for line in paid), ZERO)
        if gross <= 0 or not self._has_bonuses():
            return {}
        receipts = self.env["loyalty.card.receipt"].sudo()
        known, terms_of = [], {}
        for one, is_gent, terms_id in receipts._visits(self._with_joined()):
            known.append(Visit(one, is_gent))
            terms_of[one] = receipts.env["loyalty.points.terms"].browse(terms_id)
        if day in terms_of:
            return {}
        own = self.partner_id._points_segment() if self.partner_id else False
        is_gent = own == "gent" if own else all(line.is_gent for line in paid)
        worth = bonuses(
            [*known, Visit(day, is_gent)],
            self.partner_id.sudo().birthdate_date or None,
            lambda one: terms_of.get(one, terms)._visit_terms(),
        )
        return {reason: points for (one, reason), points in worth.items() if one == day}

    def _redeem_prompt(self, paid):
        """Return ``{"points", "amount", "text"}`` of what this bill could redeem, or False."""
        terms = self._redeem_terms_now()
        free = exact(self.points) - exact(self.held)
        if self.state != "active" or not terms.least or free < terms.least:
            return False
        parts = bill_parts([Part(line.gross, line.is_service) for line in paid])
        quote = redemption(terms, parts, free)
        if quote.refusal:
            return False
        amount = self.currency_id.format(float(quote.value))
        text = self.env._(
            "%(points)s points: redeem %(amount)s",
            points=shown(self.env, quote.points),
            amount=amount,
        )
        return {"points": float(quote.points), "amount": float(quote.value), "text": text}

    def _points_notices(self, before, after, terms):
        """Return the sentences for the till: a threshold that is reached, a missing birth date."""
        segment = self._redeem_segment()
        threshold = exact(terms._of(segment, "notice_points"))
        notices = []
        if threshold and before < threshold <= after:
            notices.append(
                terms._of(segment, "notice_text")
                or self.env._("%s points are reached.", shown(self.env, threshold))
            )
        wants_birth_date = terms.birthday_points or terms.birth_month_points
        if wants_birth_date and self.partner_id and not self.partner_id.sudo().birthdate_date:
            notices.append(
                self.env._("No birth date is known: there are no points for the birthday.")
            )
        return notices
