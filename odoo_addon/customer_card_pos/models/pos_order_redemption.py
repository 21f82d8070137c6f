from odoo import models
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import AMOUNT_KINDS, MONEY_TYPES

from .pos_order_value import ZERO

CENT = exact("0.005")


class PosOrder(models.Model):
    """What a paid order redeems is taken off the account, as far as it was reserved for it."""

    _inherit = "pos.order"

    def _get_ledger_origin(self):
        return {
            "reason": "sale",
            "origin_model": self._name,
            "origin_id": self.id,
            "origin_name": self.pos_reference or self.name,
        }

    def _book_redemptions(self, found):
        """Spend what the redemption lines take off, at most what was reserved."""
        lines = self.lines.filtered(lambda line: line._is_redemption())
        for card, card_lines in lines.grouped("coupon_id").items():
            self._never_refuse(found, self._book_redemption, card.sudo(), card_lines.sudo())

    def _book_redemption(self, found, card, lines):
        shown = -sum((line._server_total() for line in lines), ZERO)
        taken = ZERO
        refusal = self._get_redemption_refusal(card, lines)
        hold = card.env["loyalty.card.hold"]
        if not refusal:
            try:
                hold = card._hold_of_order(self)
            except BalanceTooLow as low:
                refusal = str(low)
        if hold and (hold_refusal := self._get_hold_refusal(card, hold)):
            refusal, hold = hold_refusal, hold.browse()
        if hold and shown > 0 and (spent := card._get_spent(hold, lines, shown)):
            spent = card._capture_hold(hold.key, spent)
            card._post(
                -spent,
                key=f"redeem:pos.order:{self.id}:{card.id}",
                customer_card_id=self.sudo().customer_card_id.id,
                **self._get_ledger_origin(),
            )
            taken = card._value_of(spent, lines, shown)
        elif not refusal and not hold and shown > 0:
            taken = card._value_unreserved(lines, shown)
        if card._pays():
            found.redeemed += taken
        if shown - taken > CENT:
            self._tell_owed(found, lines, shown - taken, refusal)

    def _tell_owed(self, found, lines, amount, refusal):
        program = lines.coupon_id.program_id or lines.reward_id.program_id
        note = self.env._(
            "%(amount)s was taken off this order for %(program)s without being booked,"
            " and is owed.",
            amount=self.currency_id.format(float(amount)),
            program=program[:1].name,
        )
        found.told.append(
            (
                self.env._("Redeemed without right"),
                f"{note} {refusal or self.env._('It was not reserved for this order.')}",
            )
        )

    def _get_cards_used(self):
        """Return the accounts on which these orders have booked something."""
        mine = [("origin_model", "=", self._name), ("origin_id", "in", self.ids)]
        return self.env["loyalty.card.entry"].sudo().search(mine).card_id

    def _get_redemption_refusal(self, card, lines):
        """Return why this order can spend nothing of *card*, whatever was reserved, or ""."""
        program = card.program_id
        if not card or lines.reward_id.program_id != program:
            return self.env._("The line belongs to another program than the card.")
        if card.company_id and card.company_id not in self.company_id.sudo().parent_ids:
            return self.env._("%s belongs to another company.", program.name)
        if program.currency_id != self.currency_id:
            return self.env._("%(program)s is in %(currency)s.", **self._currency_words(program))
        return card._get_spend_refusal(may=True)

    def _currency_words(self, program):
        return {"program": program.name, "currency": program.currency_id.name}

    def _get_hold_refusal(self, card, hold):
        """Return why what is reserved was reserved for somebody else, or ""."""
        others_customer = hold.order_partner and hold.order_partner != self.partner_id.id
        if others_customer or (
            hold.order_card and hold.order_card != self.sudo().customer_card_id.id
        ):
            return self.env._("It was reserved for another customer or card.")
        return ""

    # --- returns --------------------------------------------------------------------------

    def _get_returns(self):
        """Return ``[(line, account, points, value)]``: what refund lines may give back (I3).

        At most what the ledger says that the original order took, less what came back before.
        """
        returns, planned = [], {}
        for line in self.sudo().lines:
            origin = line.refunded_orderline_id
            if not line._is_return() or not origin._spends() or line._server_total() <= 0:
                continue
            order, card = origin.order_id, origin.coupon_id
            shown = -sum(
                (
                    one._server_total()
                    for one in order.lines
                    if one._spends() and one.coupon_id == card
                ),
                ZERO,
            )
            taken, returned = order._get_taken(card)
            left = taken - returned - planned.get((order, card), ZERO)
            value = min(line._server_total(), shown)
            points = min(exact(taken * value / shown), left) if shown > 0 else ZERO
            worth = card._value_back(points, value, shown / taken) if points > 0 else ZERO
            if card.kind == "coupon":
                # It is no money, and used or not: it comes back with the last of its goods.
                points, worth = (left if order._is_undone(card) else ZERO), ZERO
            if points > 0:
                planned[order, card] = planned.get((order, card), ZERO) + points
                returns.append((line, card, points, worth))
        return returns

    def _is_undone(self, card):
        """Tell whether all came back that *card* has lowered, and all that it took off."""
        lines = self.lines.filtered(lambda line: line._spends() and line.coupon_id == card)
        goods = self.lines.filtered(lambda line: line.qty > 0 and not line.reward_id)
        if not lines.reward_id:
            return False
        domain = lines.reward_id[:1]._get_discount_product_domain()
        goods = goods.filtered(lambda line: line.product_id.filtered_domain(domain))
        return (
            all(line._get_kept_pieces() <= 0 for line in goods)
            and sum(line._server_total() for line in lines | lines._paid_refunds()) >= 0
        )

    def _get_taken(self, card):
        """Return what this order took off *card* and what it has given back since."""
        entries = self.env["loyalty.card.entry"].sudo()
        entries = entries.search(
            [
                *self._origin_domain(),
                ("card_id", "in", card._surviving()._with_joined().ids),
                ("reason", "in", ("sale", "reversal")),
            ]
        )
        deltas = [exact(entry.delta) for entry in entries]
        return (
            -sum((delta for delta in deltas if delta < 0), ZERO),
            sum((delta for delta in deltas if delta > 0), ZERO),
        )

    def _book_return(self, found, line, card, points):
        # The account may have been joined with another one since: that one goes on.
        card._surviving()._post(
            points,
            key=f"return:pos.order.line:{line.id}",
            **{**line.refunded_orderline_id._get_redeemed_origin(), "reason": "reversal"},
        )


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _get_kept_pieces(self):
        """Return how many pieces no refund has brought back."""
        returned = self._paid_refunds().filtered(lambda line: line._returns_article())
        return self.qty + sum(returned.mapped("qty"))

    def _get_redeemed_origin(self):
        """Return the origin of the entries that took off an account what this line shows."""
        return self.order_id._get_ledger_origin()


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _pays(self):
        """Tell whether what is redeemed pays like money; a discount lowers the goods."""
        return self.kind in AMOUNT_KINDS or (
            not self.kind and self.program_id.program_type in MONEY_TYPES
        )

    def _rate(self):
        """Return what one point takes off an order, or None where a reward is taken whole."""
        reward = self.program_id.reward_ids[:1]
        if reward.reward_type == "discount" and reward.discount_mode == "per_point":
            return exact(reward.discount) or None
        return None

    def _in_money(self, points):
        """Return what *points* of this card take off an order; a reward taken whole has no rate."""
        return max(points, ZERO) * (self._rate() or ZERO)

    def _value_back(self, points, value, price):
        """Return what *points* that come back are worth, of a line over *value*.

        :param price: what the order took off for each of its points
        """
        return self._in_money(points) or value

    def _value_of(self, spent, lines, shown):
        """Return what *spent* takes off, of lines that take *shown* off."""
        return self._in_money(spent) if self._rate() else shown

    def _value_unreserved(self, lines, shown):
        """Return what *lines* may take off without a reservation: what costs nothing."""
        return ZERO

    def _get_spent(self, hold, lines, shown):
        """Return what lines that take *shown* off cost on this card, at most what is reserved.

        A reward that is taken whole costs its whole price, or it is not taken.
        """
        reserved = exact(hold.amount)
        if rate := self._rate():
            return min(reserved, exact(shown / rate))
        price = sum((exact(reward.required_points) for reward in lines.reward_id), ZERO)
        return price if price <= reserved else ZERO
