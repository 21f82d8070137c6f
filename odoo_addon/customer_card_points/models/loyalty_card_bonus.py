from decimal import Decimal

from odoo import models
from odoo.addons.customer_card.lib.exact import exact

from ..rules.visits import Visit, birthday_near, bonuses

ZERO = Decimal(0)
VISIT_REASONS = ("visit", "return", "birth_month", "birthday")


class LoyaltyCard(models.Model):
    """Bonuses for visits and birthdays follow from the receipts, as points of receipts do."""

    _inherit = "loyalty.card"

    def _settle_bonuses(self, days):
        """Book what the visits near these *days* bring, less what was booked for them.

        A changed birth date does not reach into the past: only days near a receipt that came,
        changed or went are looked at.
        """
        self.ensure_one()
        if not days or not self._has_bonuses():
            return
        receipts = self.env["loyalty.card.receipt"].sudo()
        accounts = self._with_joined()
        visits, terms_of = [], {}
        for day, is_gent, terms_id in receipts._visits(accounts):
            visits.append(Visit(day, is_gent))
            terms_of[day] = self.env["loyalty.points.terms"].sudo().browse(terms_id)
        born = self.partner_id.sudo().birthdate_date or None
        rules = {}

        def rules_at(day):
            terms = terms_of.get(day) or self.program_id._terms_on(day)
            if terms not in rules:
                rules[terms] = terms._visit_terms()
            return rules[terms]

        worth = bonuses(visits, born, rules_at)
        affected = self._affected(
            days,
            terms_of,
            lambda day: born and birthday_near(born, day, rules_at(day).birthday),
        )
        booked = self._booked_bonuses(accounts, affected)
        keys = {key for key in worth if key in affected} | booked.keys()
        for day, reason in sorted(keys):
            sums, number = booked.get((day, reason), (ZERO, 0))
            delta = worth.get((day, reason), ZERO) - sums
            if delta:
                self._post_bonus(reason, day, delta, number + 1, terms_of.get(day))

    def _has_bonuses(self):
        """Tell whether this program ever gave points for coming: most do not."""
        return any(
            terms.birth_month_points
            or terms.birthday_points
            or terms.visit_points
            or terms.gent_visit_points
            or terms.return_points
            or terms.gent_return_points
            for terms in self.program_id.sudo().terms_ids
        )

    def _affected(self, days, visits, near):
        """Return the ``(day, reason)`` that a receipt on one of *days* may change.

        :param near: the birthday whose window a day lies in, or None
        """
        found = {(day, reason) for day in days for reason in VISIT_REASONS}
        for day in days:
            if following := min((one for one in visits if one > day), default=None):
                found.add((following, "return"))
            if birthday := near(day):
                found |= {(one, "birthday") for one in visits if near(one) == birthday}
        return found

    def _booked_bonuses(self, accounts, keys):
        """Return ``{(day, reason): (points, entries)}`` of *keys*."""
        found = {}
        days = list({day for day, _reason in keys})
        entries = self.env["loyalty.card.entry"].sudo()
        for entry in entries.search([("card_id", "in", accounts.ids), ("bonus_day", "in", days)]):
            if (key := (entry.bonus_day, entry.bonus)) in keys:
                points, number = found.get(key, (ZERO, 0))
                found[key] = points + exact(entry.delta), number + 1
        return found

    def _post_bonus(self, reason, day, delta, number, terms):
        self._lock()
        self._post(
            delta,
            key=f"bonus:{self.id}:{day}:{reason}:{number}",
            reason="earn" if delta > 0 else "claw_back",
            overdrawn=delta < 0 and exact(self.points) + delta < 0,
            bonus=reason,
            bonus_day=day,
            terms_id=terms.id if terms else False,
        )
