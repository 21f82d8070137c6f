from dataclasses import replace

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.addons.customer_card.lib.exchange import exchanged
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.addons.customer_card_points.rules.redemption import Part, bill_parts, redemption
from odoo.addons.customer_card_sale.lib.base_line import base_line_total


class SaleOrder(models.Model):
    """Points in a quotation take off what they would take off at a till (TM-28 to TM-39)."""

    _inherit = "sale.order"

    card_points_text = fields.Char(compute="_compute_card_points_text")

    @api.depends("partner_id", "customer_card_id", "order_line.price_total", "state")
    def _compute_card_points_text(self):
        """Say what one click would redeem."""
        for order in self:
            texts = []
            if order.state in ("draft", "sent"):
                with order._reckoning():
                    for card in order._redeemable_points():
                        quote = order._points_quote(card)[0]
                        texts.append(order._points_offer(card, quote))
            order.card_points_text = ", ".join(texts)

    def _points_offer(self, card, quote):
        amount = self._from_program(card.program_id, quote.value)
        return self.env._(
            "%(program)s: redeem %(amount)s for %(points)s points",
            program=card.program_id.name,
            amount=self.currency_id.format(float(amount)),
            points=shown(self.env, quote.points),
        )

    def action_redeem_points(self):
        """Redeem as many of the customer's points in this quotation as their terms allow."""
        self.ensure_one()
        self.check_access("write")
        for card in self._redeemable_points():
            self._redeem(card)
        return True

    # --- which accounts -------------------------------------------------------------------

    @api.model
    def _redeemable_kinds(self):
        return (*super()._redeemable_kinds(), "points")

    def _redeemable_points(self):
        """Return the points accounts that could take something off here, and do not yet."""
        cards = self._redeemable_cards().filtered(lambda card: card.kind == "points")
        free = cards.filtered(lambda card: not self._lines_of(card))
        return free.filtered(lambda card: not self._points_quote(card)[0].refusal)

    def _redeem_refusal(self, card):
        """What the order has reserved already stays redeemed, whatever is left beside it."""
        refusal = super()._redeem_refusal(card)
        if refusal or card.kind != "points" or self._reserved(card):
            return refusal
        return card.sudo()._points_refusal(card._free(self._hold_key(card)))

    def _reserved(self, card):
        key = self._hold_key(card)
        return bool(key and card.sudo()._open_hold(key))

    # --- how much -------------------------------------------------------------------------

    def _points_quote(self, card, wish=None):
        """Return what *card* takes off this order, by the rules.

        :param wish: Decimal of the program's currency below the maximum, without direct discounts
        :return: (quote in the program's currency, the base lines that each part of it lowers)
        """
        account = card.sudo()
        reward = account.program_id.reward_ids[:1]
        own = self.order_line.filtered(lambda line: line.reward_id == reward)
        groups = self._reward_base_lines(reward, self._lowered_by(reward), own)
        parts = [part for group in groups for part in self._points_parts(account, group)]
        terms = account._redeem_terms_now()
        if self._reserved(card):
            terms = replace(terms, least=exact(0), is_window=False)
        return redemption(terms, parts, account._free(self._hold_key(card)), wish), groups

    def _points_parts(self, card, base_lines):
        """Return services and articles of *base_lines* in the currency of *card*'s program."""
        lines = [
            Part(
                self._to_program(card.program_id, exact(base_line_total(line))),
                line["product_id"].type == "service",
            )
            for line in base_lines
        ]
        return bill_parts(lines)

    def _to_program(self, program, amount):
        return self._in_currency(amount, self.currency_id, program.currency_id)

    def _from_program(self, program, amount):
        return self._in_currency(amount, program.currency_id, self.currency_id)

    def _in_currency(self, amount, currency, target):
        day = self._get_card_day()
        amount = exchanged(amount, currency, target, self.company_id, day)
        return exact(target.round(float(amount)))

    def _lowered_by(self, reward):
        """Points buy goods and no credit, as everything else that is redeemed."""
        lines = super()._lowered_by(reward)
        if reward.program_id.kind != "points":
            return lines
        credit = self.env["loyalty.card"]._credit_articles(lines.product_id)
        return lines.filtered(
            lambda line: (
                line.card_program_id.kind not in MONEY_KINDS and line.product_id not in credit
            )
        )

    def _earlier_discounts(self, lines, pending):
        """Points come after all discounts: none of them is reckoned from what points have left."""
        points = self.order_line.filtered(lambda line: line._redeems_points())
        return super()._earlier_discounts(lines, pending | points)
