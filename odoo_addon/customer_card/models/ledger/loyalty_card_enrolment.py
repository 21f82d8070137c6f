from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tools import SQL

from ...lib.exact import exact
from ...rules.kinds import ACCOUNT_KINDS, BEARER_KINDS
from ...rules.periods import add_months, extended_end, period_bounds, term_end


class LoyaltyCard(models.Model):
    """An enrolment begins, or is extended: its term and its counters."""

    _inherit = "loyalty.card"

    side = fields.Selection([("left", "Left"), ("right", "Right")], readonly=True, copy=False)
    term_total = fields.Integer(
        readonly=True, copy=False, help="How many months were sold in all, for the end date."
    )

    @api.model
    def _lock_holder(self, partner, customer_card):
        """Let sales of programs to one holder follow each other, across transactions (law 5).

        A lock would not show what the other one inserted, so the holder's row is updated: of two
        at once the second fails with a serialization error and is repeated.
        """
        holder = partner or customer_card
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET card_grants = COALESCE(card_grants, 0) + 1 WHERE id = %s",
                SQL.identifier(holder._table),
                holder.id,
            )
        )
        if not self.env.cr.rowcount:
            raise ConcurrencyError("the holder is being created by another transaction")

    @api.model
    def _extendable(self, program, partner, customer_card, day, side):
        """Return the enrolment that another sale of *program* adds to, or an empty one.

        Discounts are always extended, vouchers never; points and stored value are one account,
        which is renewed when it is over; a bonus item program is extended while it runs towards
        an end date, unless the program says otherwise.

        :raises CardNotUsable: the account is blocked
        :source: seed 002, Existierende verlängern; I14
        """
        if program.kind in ACCOUNT_KINDS:
            return self._account_of(program, partner, customer_card, day)
        if not program.kind or program.kind in BEARER_KINDS:
            return self.browse()
        if program.kind == "bonus_item" and program.always_new:
            return self.browse()
        domain = program._live_enrolment_domain(partner, customer_card, day)
        found = self.search(
            [*domain, ("program_id", "=", program.id), ("side", "=", side)], order="id desc"
        )
        if program.kind == "bonus_item":
            found = found.filtered("expiration_date")
        return found[:1]

    @api.model
    def _account_of(self, program, partner, customer_card, day):
        """Return the holder's only account, also one that is over; its balance stays (I17)."""
        account = self.search(
            [
                ("program_id", "=", program.id),
                ("single_account", "=", True),
                ("partner_id", "=", partner.id)
                if partner
                else ("customer_card_id", "=", customer_card.id),
            ],
            limit=1,
        )
        if account.blocked:
            raise account._refusal(day)
        return account

    @api.model
    def _create_enrolment(self, program, partner, customer_card, day, side, points=0, count=1):
        """Create *count* enrolments that begin on *day*, with *points* each, and return them."""
        values = {
            "is_enrolment": True,
            "single_account": program.kind in ACCOUNT_KINDS,
            "program_id": program.id,
            "partner_id": partner.id,
            "customer_card_id": customer_card.id if customer_card else False,
            "side": side,
            "valid_from": day,
            "expiration_date": program._end_of_term(day),
            "term_total": program.total_months,
            "points": points,
        }
        return self.create([dict(values) for _unit in range(count)])

    def _extend(self, day):
        """Add the program's term to this enrolment; without a term it has no end."""
        months = self.program_id.total_months
        ended = not self.expiration_date or self.expiration_date < day
        if self.program_id.kind in ACCOUNT_KINDS:
            renewed = term_end(day, months)
            self.expiration_date = renewed and max(renewed, self.expiration_date or renewed)
        elif not months:
            self.expiration_date = False
        elif not ended:
            self.expiration_date = extended_end(
                self.valid_from, self.expiration_date, self.term_total, months
            )
        self.term_total += months

    def _create_allowances(self, offset=0):
        """Create or fill the counters of the program's lines.

        Split lines become one counter for each period; a line sold again fills its counter up.

        :param offset: months that were sold before
        :return: pieces granted, by counter
        """
        self.ensure_one()
        program, granted = self.program_id, defaultdict(Decimal)
        known = {} if program.split_lines else self.allowance_ids.grouped("program_line_id")
        for number, line in enumerate(program._quota_lines(), 1):
            allowance = known.get(line, self.allowance_ids.browse())[:1]
            if not allowance:
                allowance = self.allowance_ids.create(self._allowance_values(line, number, offset))
            elif not allowance.unlimited:
                allowance.quantity = float(exact(allowance.quantity) + exact(line.quantity))
            granted[allowance] += exact(line.quantity)
        return granted

    def _create_first_allowances(self):
        """Create the counters of enrolments that have just begun, all of one program, at once.

        :return: pieces granted, by counter, for each of them
        """
        lines = self.program_id._quota_lines()
        made = self.env["loyalty.card.allowance"].create(
            [
                card._allowance_values(line, number, 0)
                for card in self
                for number, line in enumerate(lines, 1)
            ]
        )
        return [
            {
                counter: exact(line.quantity)
                for counter, line in zip(made[at : at + len(lines)], lines, strict=True)
            }
            for at in range(0, len(self) * len(lines), len(lines) or 1)
        ] or [{} for _card in self]

    def _period(self, number, offset):
        """Return first and last day of the *number*-th period of what is sold now.

        Periods go on where the last one ended, also when a manager changed that end (EX-11).

        :param offset: months that were sold before
        """
        program = self.program_id
        months, sold = program.term_months, program.total_months
        if not offset or self.expiration_date == term_end(self.valid_from, offset + sold):
            return period_bounds(self.valid_from, months, number + offset // months)
        end = add_months(self.expiration_date, -sold)
        first, last = period_bounds(end, months, number)
        return max(first, end + timedelta(days=1)), last

    def _allowance_values(self, line, number, offset):
        program = self.program_id
        first = last = False
        if program.split_lines:
            first, last = self._period(number, offset)
            if program.carry_over:
                last = False
        return {
            "card_id": self.id,
            "program_line_id": line.id,
            "product_id": line.product_id.id,
            "date_from": first,
            "date_to": last,
            "unlimited": not line.quantity,
            "quantity": line.quantity,
        }

    @api.constrains("customer_card_id", "program_id")
    def _check_not_on_account(self):
        for enrolment in self:
            card = enrolment.customer_card_id.sudo()
            if card and (refusal := card._money_refusal(enrolment.program_id)):
                raise ValidationError(refusal)
