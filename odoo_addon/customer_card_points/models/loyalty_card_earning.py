from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.tools import SQL

from ..rules.points import PaidLine, refunded_points

ZERO = Decimal(0)


class LoyaltyCard(models.Model):
    """Points of a receipt by the terms of its day, of a return by those of what it returns."""

    _inherit = "loyalty.card"

    receipt_grants = fields.Integer(help="Counts receipts, to keep two at once apart.")

    @api.model
    def _settle_lines(self, model, res_id, lines, name):
        """Also settle what stands on this receipt: other returns of the same, and bonuses."""
        receipts = self.env["loyalty.card.receipt"].sudo()
        mine = [("model", "=", model), ("res_id", "=", res_id)]
        touched, days = defaultdict(set), defaultdict(set)
        for row in receipts.search(mine):
            touched[row.card_id._surviving()].add((row.root_model, row.root_id))
            days[row.card_id._surviving()].add(row.day)
        more = self._settle_accounts(model, res_id, lines, name)
        rows = receipts.search(mine)
        rows.filtered(lambda one: one.name != name).name = name
        for row in rows:
            touched[row.card_id._surviving()].add((row.root_model, row.root_id))
        for card in sorted(touched, key=lambda one: one.id):
            card._settle_relatives(touched[card], (model, res_id))
            days[card] |= set(card._receipts_of(touched[card]).mapped("day"))
            card._settle_bonuses(days[card])
        return more

    @api.model
    def _leave_others(self, model, res_id, cards):
        """Forget what other accounts knew of this document."""
        receipts = self.env["loyalty.card.receipt"].sudo()
        rows = receipts.search([("model", "=", model), ("res_id", "=", res_id)])
        rows.filtered(lambda one: one.card_id._surviving() not in cards).unlink()

    def _settle_relatives(self, families, but):
        """Book what changed for other documents of these families: a point of rounding, rarely."""
        for root in families:
            rows = self._receipts_of([root])
            self._share_family(rows)
            for row in rows.filtered(lambda one: (one.model, one.res_id) != but):
                worth = sum(
                    (exact(one.points) for one in self._rows_of(row.model, row.res_id)), ZERO
                )
                self._book_worth(worth, row.model, row.res_id, row.name)

    def _rows_of(self, model, res_id):
        receipts = self.env["loyalty.card.receipt"].sudo()
        mine = [("card_id", "in", self._with_joined().ids)]
        return receipts.search([*mine, ("model", "=", model), ("res_id", "=", res_id)])

    def _receipts_of(self, families):
        """Return the rows of these receipts with what came back of them, the receipt first."""
        receipts = found = self.env["loyalty.card.receipt"].sudo()
        for model, res_id in families:
            found |= receipts.search(
                [
                    ("card_id", "in", self._with_joined().ids),
                    ("root_model", "=", model),
                    ("root_id", "=", res_id),
                ]
            )
        return found.sorted(lambda one: (not one._is_root(), one.model, one.res_id))

    @api.model
    def _share_family(self, rows):
        """Note on each row what it earns: returns take, one after the other, what is left."""
        before, terms = [], rows[:1].terms_id
        for row in rows:
            lines = row._paid_lines()
            worth = refunded_points([], before, lines, terms._earning_rates())
            if exact(row.points) != worth:
                row.points = float(worth)
            before += lines

    def _worth_of(self, lines, model, res_id):
        """Note the receipt on this account, and return what it is worth by its own terms."""
        self._bump_receipts()
        old = self._rows_of(model, res_id)
        families = defaultdict(list)
        for line in lines:
            families[tuple(line.get("reverses") or (model, res_id))].append(line)
        for (root_model, root_id), mine in families.items():
            row = old.filtered(
                lambda one, root=(root_model, root_id): (one.root_model, one.root_id) == root
            )
            values = self._receipt_values(row, mine, (root_model, root_id), (model, res_id))
            row = row.write(values) and row if row else row.create(values)
            old -= row
        gone = {(one.root_model, one.root_id) for one in old}
        old.unlink()
        for root in {*families, *gone}:
            self._share_family(self._receipts_of([root]))
        return sum((exact(one.points) for one in self._rows_of(model, res_id)), ZERO)

    def _bump_receipts(self):
        """Let receipts of one account follow each other: a lock would not show new rows (law 5)."""
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_card SET receipt_grants = COALESCE(receipt_grants, 0) + 1"
                " WHERE id = %s",
                self.id,
            )
        )

    def _receipt_values(self, row, lines, root, document):
        day = fields.Date.to_date(lines[0]["date"])
        paid = self._paid_lines(lines)
        original = self._rows_of(*root).filtered(lambda one: one._is_root())[:1]
        if root != document and original:
            terms = original.terms_id
        elif row.terms_id and row.day == day:
            terms = row.terms_id
        else:
            terms = self.program_id._terms_on(lines[0].get("reverses_day") or day)
        own = self.partner_id._points_segment() if self.partner_id else False
        if not own and paid:
            own = "gent" if all(line.is_gent for line in paid) else "lady"
        return {
            "card_id": self.id,
            "model": document[0],
            "res_id": document[1],
            "root_model": root[0],
            "root_id": root[1],
            "day": day,
            "is_gent": own == "gent",
            "gross": float(sum((line.gross for line in paid), ZERO)),
            "lines": [
                [str(line.gross), line.is_service, line.is_discounted, line.is_gent]
                for line in paid
            ],
            "terms_id": terms.id,
        }

    def _earning_values(self, model, res_id):
        """Return what else an entry says of the document that has earned."""
        return {"terms_id": self._rows_of(model, res_id)[:1].terms_id.id}

    def _paid_line(self, line, product):
        """The article's segment counts, then the customer's, then the card type's (I30)."""
        segment = (
            product.points_segment
            or (self.partner_id and self.partner_id._points_segment())
            or self.program_id.default_segment
        )
        return PaidLine(
            exact(line["gross"]),
            product.type == "service",
            bool(line.get("discount")),
            segment == "gent",
        )

    @api.model
    def _earning_cards(self, lines, earned_on):
        """Of several accounts the presented card's collects, without a card the oldest (TM-02)."""
        cards = self._live_accounts(lines, earned_on)
        stopped = cards.filtered(lambda one: one.blocked and not one.program_id.earn_while_blocked)
        cards -= stopped - earned_on
        if len(cards) < 2 or self.env.company.points_all_accounts:
            return cards
        if kept := cards & earned_on:
            return kept
        presented = (
            self.env["customer.card"]
            .sudo()
            .browse({line["card"] for line in lines if line.get("card")})
        )
        own = cards.filtered(lambda one: one.program_id in presented.card_type_id.program_ids)
        return (own or cards).sorted(lambda one: (one.blocked, one.id))[:1]
