"""What an order earns on native programs: the server's twin of ``pointsForPrograms``.

Odoo reckons it in the browser only. The order of the steps and their names are those of
``pos_loyalty/static/src/app/models/pos_order.js``.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP

from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.coverage import Bill, Offer, covered_units
from odoo.addons.customer_card.rules.kinds import MONEY_TYPES
from odoo.fields import Domain
from odoo.tools import float_round

from .pos_order_value import ZERO

ONE = exact(1)
CENTS = exact(1).scaleb(-2)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _get_kept_part(self, before=None):
        """Return which part of what was sold no refund has taken back.

        :param before: the order whose refunds are left out
        """
        if self.qty <= 0:
            return ONE
        refunds = self._paid_refunds()
        if before:
            refunds -= before.lines
        returned = -sum((exact(line.qty) for line in refunds), ZERO)
        return max(ONE - returned / exact(self.qty), ZERO)

    def _tops_up(self):
        """Return the native programs whose credit this article is."""
        return (
            self.env["loyalty.rule"]
            .sudo()
            .search(
                [
                    ("product_ids", "in", self.product_id.ids),
                    ("program_id.program_type", "in", MONEY_TYPES),
                    ("program_id.kind", "=", False),
                ]
            )
            .program_id
        )


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_native_points(self, programs, before=None):
        """Return ``{program: [points of one card]}``, at most what was paid for and is kept.

        :param before: the order whose refunds are left out
        """
        lines = self.lines.filtered(lambda line: not line.combo_parent_id).sudo()
        values = {line: self._get_combo_total(line) for line in lines}
        result = defaultdict(list)
        if not programs:
            return result
        top_ups = self._get_paid_top_ups(programs.filtered(self._holds_money), values)
        share = self._get_paid_share()
        for program in programs.sudo():
            points, split = ZERO, []
            for rule in program.rule_ids:
                paid = [line for line in lines if self._counts_for(line, rule)]
                if not self._reaches(rule, paid, values):
                    continue
                part = {
                    line: top_ups.get(line, share) * line._get_kept_part(before) for line in paid
                }
                one, many = self._get_rule_points(rule, paid, values, part)
                points, split = points + one, split + many
            if points:
                points = points.quantize(CENTS, rounding=ROUND_HALF_UP)
            result[programs.browse(program.id)] = ([points] if points else []) + split
        return result

    def _holds_money(self, program):
        return program.program_type in MONEY_TYPES

    def _get_combo_total(self, line):
        return sum((one._server_total() for one in line.combo_line_ids), line._server_total())

    def _counts_for(self, line, rule):
        """Tell whether a rule sees this line: its article, no reward of its own, no payment."""
        program, reward = rule.program_id, line.reward_id
        own = reward.program_id == program or reward.program_id.program_type in MONEY_TYPES
        settled = "sale_order_origin_id" in line._fields and line.sale_order_origin_id
        # What comes back was taken back when the order was settled.
        back = self._holds_money(program) or program.program_type == "loyalty"
        own = (reward and own) or (line._is_return() and back)
        return not own and not settled and self._covers(rule, line.product_id)

    def _covers(self, rule, product):
        if self._holds_money(rule.program_id):
            return product in rule.product_ids
        return bool(product.filtered_domain(Domain(rule._get_valid_product_domain())))

    def _reaches(self, rule, lines, values):
        """Tell whether these lines reach the rule's minimum quantity and amount.

        Automatic discounts do not count for the minimum.
        """
        counted = [
            line
            for line in lines
            if line.reward_id.reward_type != "discount"
            or line.reward_id.program_id.trigger != "auto"
        ]
        amount = sum((values[line] for line in counted), ZERO)
        if rule.minimum_amount_tax_mode != "incl":
            amount = sum((line._server_net() for line in counted), ZERO)
        pieces = sum(line.qty for line in lines if not line.reward_id)
        return exact(rule.minimum_amount) <= amount and pieces >= rule.minimum_qty

    def _get_rule_points(self, rule, lines, values, part):
        """Return the points of one rule: (for the order's card, one for each card of its own).

        :param part: which part of each line is paid
        """
        program, each = rule.program_id, exact(rule.reward_point_amount)
        # What is free earns nothing: points are for money received.
        goods = [
            line for line in lines if not line.reward_id and (line.qty < 0 or values[line] > 0)
        ]
        whole = min(part.values(), default=ZERO) if goods else ZERO
        if rule.reward_point_mode == "order":
            return each * whole, []
        splits = program.applies_on == "future" and rule.reward_point_split
        if rule.reward_point_mode == "unit":
            pieces = sum((exact(line.qty) * part[line] for line in goods), ZERO)
            return (ZERO, [each] * max(int(pieces), 0)) if splits else (each * pieces, [])
        if not splits:
            paid = sum((values[line] * part[line] for line in lines), ZERO)
            return self._rounded(each * paid), []
        many = []
        for line in goods:
            pieces = exact(line.qty) * part[line]
            one = self._rounded(each * values[line] / exact(line.qty)) if line.qty > 0 else ZERO
            if one > 0 and pieces > 0:
                many += [one] * int(pieces)
        return ZERO, many

    def _rounded(self, points):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return exact(float_round(float(points), precision_digits=digits))

    # --- what is paid -----------------------------------------------------------------------

    def _get_paid_share(self):
        """Return which part of the order is paid, with money or by what it redeems."""
        due = sum(
            (
                total
                for line in self.lines
                if (total := line._server_total()) > 0 or not line._pays()
            ),
            ZERO,
        )
        received, account = self._get_received()
        paid = received + account + self._get_value_taken() + self._get_native_holds()
        if due <= 0 or paid + self._get_rounding() >= due:
            return ONE
        return max(paid / due, ZERO)

    def _get_paid_top_ups(self, programs, values):
        """Return ``{line: part}`` of native credit that is sold: only money buys it."""
        articles = programs.rule_ids.product_ids
        lines = [
            line
            for line in values
            if line.product_id in articles and not line.reward_id and values[line] > 0
        ]
        if not lines:
            return {}
        funds = self._get_own_funds()
        self._keep_funds(funds)
        bill = self._get_bill(lines)
        sold = [line for line in self.lines if line not in lines and line._sells_credit()]
        value = sum((line._server_total() for line in sold), ZERO)
        bill = Bill(bill.goods - value, bill.lowered, bill.value + value)
        offers = [Offer(values[line], ONE, is_money=True, is_whole=False) for line in lines]
        parts = covered_units(offers, funds, bill, self._get_rounding())
        return dict(zip(lines, parts, strict=True))
