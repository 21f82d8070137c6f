import re

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...exceptions import BalanceTooLow, CardNotUsable, KeyReused, OncePerDay
from ...lib.exact import exact, shown
from ...rules.numbers import fits

# How the keys of all issues begin that were booked for one presented card.
VISIT = re.compile(r"event:[0-9]+:")


class LoyaltyCard(models.Model):
    """Issuing bonus items: the counter goes down at once, the stock follows by itself.

    The balance also counts what has lapsed with its period, and adds up articles that nobody can
    swap. People are told neither, but what is left of each quota.
    """

    _inherit = "loyalty.card"

    def _issue(self, allowance, product, quantity, *, key, visit=None, **values):
        """Issue *quantity* of *product* from *allowance* once per *key* and return the entry.

        :param quantity: in the article's stock unit
        :param visit: how the keys of this presented card begin; its counters use the day once
        :param values: further fields of the entry (till_id, customer_card_id, purpose, ...)
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
        delta = exact(0 if allowance.unlimited else -quantity)
        before, entry = card._lock_once(key)
        if entry:
            card._check_same(entry, delta, values)
            return entry
        today = card._today(card.company_id)
        day = card._used_day(today)
        is_used = bool(day) and not card._is_of_visit(day, visit)
        card._check_issue(allowance, product, quantity, today, values, is_used)
        allowance.used = float(exact(allowance.used) + quantity)
        entry = card._post_locked(
            before,
            delta,
            key=key,
            reason="issue",
            remaining=allowance.remaining,
            **{**values, "user_id": self.env.uid},
        )
        if card.program_id.once_per_day and not day:
            card.env["loyalty.card.day"].create(
                {"card_id": card.id, "day": today, "entry_id": entry.id}
            )
        card._after_issue(entry)
        return entry

    def _check_issue(self, allowance, product, quantity, today, values, is_used):
        """Refuse an issue that the program, its counter or the article does not allow.

        :param is_used: the program was used today, other than by the same presented card
        """
        if quantity <= 0:
            raise CardNotUsable(self.env._("Enter a quantity above zero."))
        self._check_pieces(quantity)
        if refusal := self._closed() or (is_used and self._used_up()):
            raise refusal
        used = self.env["customer.card"].sudo().browse(values.get("customer_card_id") or ())
        (used or self.customer_card_id)._check_issue_partner()
        if allowance.card_id != self or not allowance._usable_on(today):
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
            raise BalanceTooLow(self._too_few(allowance))

    def _check_pieces(self, quantity):
        """Refuse a fraction that no counter and no stock can hold: 0.004 would be booked as 0.

        :raises CardNotUsable: more decimals than units have here
        """
        places = self.env["decimal.precision"].precision_get("Product Unit")
        if not fits(quantity, places):
            raise CardNotUsable(
                self.env._("Quantities have at most %s decimals here. Round the quantity.", places)
            )

    def _used_day(self, today):
        """Return the row of today, if the program is for once per day and was used."""
        days = self.env["loyalty.card.day"]
        if not self.program_id.once_per_day:
            return days
        return days.search_fetch([("card_id", "=", self.id), ("day", "=", today)])

    def _is_of_visit(self, day, visit):
        """Tell whether the same presented card took this *day*."""
        issues = self.env["loyalty.card.entry"].search_fetch([("id", "=", day.entry_id)], ["key"])
        return bool(visit and issues.key and issues.key.startswith(visit))

    def _refusal(self, today):
        """Return why nothing can be issued on this enrolment today, as an error, or None."""
        if refusal := self._closed():
            return refusal
        if self._used_day(today):
            return self._used_up()
        if not self.allowance_ids._usable_on(today):
            return BalanceTooLow(self._nothing_left())
        return None

    def _closed(self):
        """Return why this enrolment opens nothing today, as an error, or None."""
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
        return None

    def _used_up(self):
        return OncePerDay(
            self.env._(
                "%s was already used today. It can be used again tomorrow.", self.program_id.name
            )
        )

    def _nothing_left(self):
        return self.env._("Nothing left on %s: the counter is at 0.", self.program_id.name)

    def _after_issue(self, entry):
        """Let the worker book goods in the ERP that keeps the stock; services leave none."""
        if entry._moved_elsewhere() or entry.product_id.type != "consu":
            return
        if entry._stock_is_foreign():
            self.env["customer.card.outbox"]._add("push", entry, entry.reason)
        else:
            self._after_own_issue(entry)

    def _after_own_issue(self, entry):
        """What follows when goods leave our own stock; see the module that knows it."""

    def _reverse_issue(self, entry, *, key, quantity=None, **values):
        """Book an issue back once per *key*: pieces, counter and the used day (laws 3 and 7).

        :param quantity: what came back; default, and at most, what is not back yet
        :param values: further fields of the reversal (note, origin_name, ...)
        :return: the reversal
        :raises CardNotUsable: everything of this issue came back before
        """
        self.ensure_one()
        card = self.sudo()
        before, done = card._lock_once(key)
        if done:
            card._check_reverses(done, entry)
            return done
        left = entry._not_returned()
        back = left if quantity is None else min(exact(quantity), left)
        card._check_pieces(back)
        if back <= 0:
            raise CardNotUsable(self.env._("Nothing of this issue is left to take back."))
        if back == left:
            card._free_day(entry)
        return card._post_return(entry, back, before, key=key, **values)

    def _free_day(self, entry):
        """Free the day that *entry* used, unless another issue of the same visit still stands."""
        day = self.env["loyalty.card.day"].search([("entry_id", "=", entry.id)])
        others = entry.browse()
        if day and (visit := VISIT.match(entry.key or "")):
            others = entry.search(
                [
                    ("card_id", "=", self.id),
                    ("reason", "=", "issue"),
                    ("id", "!=", entry.id),
                    ("key", "=like", f"{visit[0]}%"),
                ]
            ).filtered(lambda one: one._not_returned() > 0)
        if others:
            day.entry_id = others[0].id
        else:
            day.unlink()

    def _post_return(self, entry, back, before, *, key, **values):
        """Post that *back* pieces of the issue came back; below zero: that they went again.

        :param before: as :meth:`_lock` returned it; the key was looked up
        """
        allowance = entry.allowance_id
        allowance.used = float(exact(allowance.used) - back)
        reversal = self._post_locked(
            before,
            exact(0 if entry.unlimited else back),
            key=key,
            reason="reversal",
            reversal_of_id=entry.id,
            remaining=allowance.remaining,
            allowance_id=allowance.id,
            product_id=entry.product_id.id,
            quantity=float(-back),
            unlimited=entry.unlimited,
            **{**entry._carried_values(), **values, "user_id": self.env.uid},
        )
        self._after_issue(reversal)
        return reversal

    def _too_few(self, allowance):
        return self.env._(
            "Only %(left)s left on %(program)s: nothing was issued. Enter a smaller quantity.",
            left=shown(self.env, allowance.remaining),
            program=self.program_id.name,
        )

    def _check_reverses(self, reversal, entry):
        if reversal.reversal_of_id != entry:
            raise KeyReused(
                self.env._("This key was used for another booking: nothing was booked.")
            )

    def action_reverse_last_issue(self):
        """Take the newest issue back: the pieces return to the counter, the day is free again."""
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may take an issue back."))
        self.check_access("write")
        issues = (
            self.env["loyalty.card.entry"]
            .sudo()
            .search([("card_id", "=", self.id), ("reason", "=", "issue")])
        )
        issue = next((entry for entry in issues if entry._not_returned() > 0), None)
        if not issue:
            raise UserError(self.env._("There is no issue to take back."))
        self._reverse_issue(issue, key=f"reversal:{issue.id}:{exact(issue._not_returned())}")
        return True

    # --- how many pieces are left, now and in later periods (EX-08) -----------------

    def _pieces_left(self):
        """Return what is left of each quota, in the order of the program's lines.

        :return: ``{name: (now, later)}``, Decimals; ``{name: None}`` for a flat rate
        """
        today = self._today(self.company_id)
        left = {}
        for counter in self.allowance_ids:
            name = counter.program_line_id.display_name
            now, later = left.get(name) or (exact(0), exact(0))
            if counter.unlimited:
                left[name] = None
                continue
            rest = exact(counter.remaining)
            if counter.date_to and counter.date_to < today:
                rest = exact(0)
            if counter.date_from and counter.date_from > today:
                left[name] = (now, later + rest)
            else:
                left[name] = (now + rest, later)
        return left

    def _pieces_text(self):
        """Return "12 now, 48 later"; of several quotas each by itself, with its article."""
        left = self._pieces_left()
        if len(left) < 2:
            return self._quota_text(next(iter(left.values()), (exact(0), exact(0))))
        return ", ".join(f"{name}: {self._quota_text(rest)}" for name, rest in left.items())

    def _quota_text(self, rest):
        if rest is None:
            return self.env._("flat")
        now, later = (shown(self.env, number) for number in rest)
        if rest[1]:
            return self.env._("%(now)s now, %(later)s later", now=now, later=later)
        return self.env._("%s pieces", now)
