from odoo import models
from odoo.exceptions import AccessError, UserError

from .ledger import BalanceTooLow, CardNotUsable, OncePerDay, exact, shown


class LoyaltyCard(models.Model):
    """Issuing bonus items: the counter goes down at once, the stock follows by itself."""

    _inherit = "loyalty.card"

    def _issue(self, allowance, product, quantity, *, key, **values):
        """Issue *quantity* of *product* from *allowance* once per *key* and return the entry.

        :param quantity: in the article's stock unit
        :param values: further fields of the entry (till_id, customer_card_id, ...)
        :raises CardNotUsable: enrolment not active, period over, article not covered
        :raises OncePerDay: the program was used today
        :raises BalanceTooLow: less is left
        :source: seed 002, Aktion: Anzahl verringern
        """
        self.ensure_one()
        card, quantity = self.sudo(), exact(quantity)
        allowance = allowance.sudo()
        values = {
            **values,
            "allowance_id": allowance.id,
            "product_id": product.id,
            "quantity": float(quantity),
            "unlimited": allowance.unlimited,
        }
        delta = 0 if allowance.unlimited else -quantity
        card._lock()
        if entry := card._entry_of(key, exact(delta), values):
            return entry
        allowance.invalidate_recordset(["used"])
        today = card._today(card.company_id)
        card._check_issue(allowance, product, quantity, today)
        allowance.used = float(exact(allowance.used) + quantity)
        entry = card._post(
            delta,
            key=key,
            reason="issue",
            remaining=allowance.remaining,
            **{**values, "user_id": self.env.uid},
        )
        if card.program_id.once_per_day:
            card.env["loyalty.card.day"].create(
                {"card_id": card.id, "day": today, "entry_id": entry.id}
            )
        card._after_issue(entry)
        return entry

    def _check_issue(self, allowance, product, quantity, today):
        if quantity <= 0:
            raise CardNotUsable(self.env._("Enter a quantity above zero."))
        if refusal := self._refusal(today):
            raise refusal
        if allowance.card_id != self or allowance not in self.allowance_ids._usable_on(today):
            raise BalanceTooLow(self._nothing_left())
        if not product.sudo().filtered_domain(allowance._product_domain()):
            raise CardNotUsable(
                self.env._(
                    "%(product)s is not part of %(program)s. Choose another article.",
                    product=product.sudo().display_name,
                    program=self.program_id.name,
                )
            )
        if not allowance.unlimited and quantity > exact(allowance.remaining):
            raise BalanceTooLow(
                self.env._(
                    "Only %(left)s left on %(program)s: nothing was issued."
                    " Enter a smaller quantity.",
                    left=shown(self.env, allowance.remaining),
                    program=self.program_id.name,
                )
            )

    def _refusal(self, today):
        """Return why nothing can be issued on this enrolment today, as an error, or None."""
        if self.state == "expired":
            return CardNotUsable(
                self.env._(
                    "%(program)s ended on %(date)s.",
                    program=self.program_id.name,
                    date=self.env["ir.qweb.field.date"].value_to_html(self.expiration_date, {}),
                )
            )
        if self.state == "pending":
            return CardNotUsable(
                self.env._(
                    "%(program)s starts on %(date)s.",
                    program=self.program_id.name,
                    date=self.env["ir.qweb.field.date"].value_to_html(self.valid_from, {}),
                )
            )
        if self.state != "active":
            return CardNotUsable(
                self.env._("%s cannot be used: it is blocked.", self.program_id.name)
            )
        if self.program_id.once_per_day and self.env["loyalty.card.day"].search_count(
            [("card_id", "=", self.id), ("day", "=", today)], limit=1
        ):
            return OncePerDay(
                self.env._(
                    "%s was already used today. It can be used again tomorrow.",
                    self.program_id.name,
                )
            )
        if not self.allowance_ids._usable_on(today):
            return BalanceTooLow(self._nothing_left())
        return None

    def _nothing_left(self):
        return self.env._("Nothing left on %s: the counter is at 0.", self.program_id.name)

    def _after_issue(self, entry):
        """Hook: what else must happen when goods went over the counter (stock, billing)."""

    def _reverse_issue(self, entry, *, key):
        """Book *entry* back: pieces, counter and the used day (law 3, law 7). Returns the entry."""
        self.ensure_one()
        card = self.sudo()
        card._lock()
        allowance = entry.allowance_id
        values = {
            "allowance_id": allowance.id,
            "product_id": entry.product_id.id,
            "quantity": -entry.quantity,
            "unlimited": entry.unlimited,
        }
        if done := card._entry_of(key, -exact(entry.delta), values):
            return done
        allowance.used = float(exact(allowance.used) - exact(entry.quantity))
        reversal = card._post(
            -exact(entry.delta),
            key=key,
            reason="reversal",
            reversal_of_id=entry.id,
            remaining=allowance.remaining,
            till_id=entry.till_id.id,
            **{**values, "user_id": self.env.uid},
        )
        card.env["loyalty.card.day"].search([("entry_id", "=", entry.id)]).unlink()
        card._after_issue(reversal)
        return reversal

    def action_reverse_last_issue(self):
        """Take the newest issue back: the pieces return to the counter, the day is free again."""
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may take an issue back."))
        entries = self.env["loyalty.card.entry"].sudo()
        reversals = entries.search([("card_id", "=", self.id), ("reason", "=", "reversal")])
        issues = [("card_id", "=", self.id), ("reason", "=", "issue")]
        taken_back = reversals.reversal_of_id.ids
        issue = entries.search([*issues, ("id", "not in", taken_back)], limit=1)
        if not issue:
            raise UserError(self.env._("There is no issue to take back."))
        self._reverse_issue(issue, key=f"reversal:{issue.id}")
        return True
