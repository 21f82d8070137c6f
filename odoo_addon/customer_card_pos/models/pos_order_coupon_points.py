"""What one row of a native card changes: earned by the order, less what its rewards cost."""

import math

from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import LEDGER_TYPES

from .pos_order_redemption import CENT
from .pos_order_value import ZERO


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_row_points(self, card, values, row, earned, owed):
        """Return what the row changes: what was earned, at most, less what its lines cost."""
        sent = values.get("points")
        sent = exact(sent) if type(sent) in (int, float) and abs(sent) < 1e9 else ZERO
        lines = self._get_cost_lines(card, row)
        rewards = lines.grouped("reward_id").values()
        cost = sum((self._get_cost(card, some) for some in rewards), ZERO)
        won = self._get_won(card, row, earned, sent + cost)
        spent = min(cost, self._get_spendable(card, lines) + max(won, ZERO))
        if cost - spent > CENT and card.program_id.program_type in LEDGER_TYPES:
            shown = -sum((line._server_total() for line in lines), ZERO)
            amount = shown * (cost - spent) / cost
            note = self.env._(
                "%(amount)s was taken off this order for %(program)s without being booked,"
                " and is owed.",
                amount=self.currency_id.format(float(amount)),
                program=card.program_id.name,
            )
            owed.append((self.env._("Redeemed without right"), note))
        return float(won - spent)

    def _get_won(self, card, row, earned, claimed):
        """Return what the card earned; a till may claim less, and takes back what is below zero.

        A program that gives a card for each unit has a list: each new card takes one off it.
        """
        if not earned or (card and not card.program_id.is_nominative):
            return ZERO
        enough = [points for points in earned if points >= claimed] or [max(earned)]
        won = min(enough)
        earned.remove(won)
        return min(won, max(claimed, ZERO)) if won > 0 else won

    def _get_cost_lines(self, card, row):
        def takes(line):
            if line._is_return() or line.reward_id.program_id.id != row["program_id"]:
                return False
            return line.coupon_id == card or (
                not line.coupon_id and line.reward_identifier_code in row["line_codes"]
            )

        return self.sudo().lines.filtered(takes)

    def _get_cost(self, card, lines):
        """Return the points that one reward's lines cost; the till is believed upwards only."""
        reward, price = lines.reward_id, exact(lines.reward_id.required_points)
        costs = [cost for cost in lines.mapped("points_cost") if math.isfinite(cost)]
        claimed = exact(sum(cost for cost in costs if 0 < cost < 1e9))
        if reward.clear_wallet:
            return max(claimed, exact(card.points), price)
        if reward.reward_type == "product":
            pieces = sum(lines.mapped("qty")) / (reward.reward_product_qty or 1)
            return max(claimed, price * math.ceil(round(pieces, 6)))
        if reward.discount_mode == "per_point" and reward.discount:
            shown = -sum((line._server_total() for line in lines), ZERO)
            rate = exact(reward.discount)
            return claimed if abs(claimed * rate - shown) <= CENT else max(shown / rate, ZERO)
        return max(claimed, price * len(set(lines.mapped("reward_identifier_code"))))

    def _get_spendable(self, card, lines):
        """Return what this order may spend of *card*: what is reserved for it."""
        if not card or not lines:
            return ZERO
        if card.program_id.program_type not in LEDGER_TYPES:
            return max(exact(card.points), ZERO)
        return exact(card._open_hold(card._pos_key(self.uuid)).amount)

    def _keep_native_holds(self, found):
        """What native cards pay stays reserved until their booking, which the till asks for."""
        lines = self.lines.filtered(lambda line: not line._is_redemption())
        for card in lines.coupon_id.sudo():
            card._hold_of_order(self).expires_at = False

    def _get_native_holds(self):
        """Return what native gift cards and e-wallets pay of this order, as reserved."""
        paid = ZERO
        lines = self.lines.filtered(lambda line: not line._is_redemption() and line._pays())
        for card, some in lines.grouped("coupon_id").items():
            shown = -sum((line._server_total() for line in some), ZERO)
            program = card.program_id
            if some.reward_id.program_id == program and program.currency_id == self.currency_id:
                held = exact(card.sudo()._open_hold(card._pos_key(self.uuid)).amount)
                paid += max(min(shown, card.sudo()._in_money(held)), ZERO)
        return paid
