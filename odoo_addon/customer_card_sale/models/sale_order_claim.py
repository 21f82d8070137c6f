from contextvars import ContextVar

from odoo import models

# The seller has pressed the button that offers rewards.
_ASKED = ContextVar("asked", default=False)
# sale_loyalty_auto_refresh sets it while it claims whatever an order is offered.
CLAIMS_ALL = "skip_auto_refresh_coupons"


class SaleOrder(models.Model):
    """Which rewards an order is offered: credit and points are the customer's to spend (AP-30)."""

    _inherit = "sale.order"

    def action_open_reward_wizard(self):
        token = _ASKED.set(True)
        try:
            return super().action_open_reward_wizard()
        finally:
            _ASKED.reset(token)

    def _get_claimable_rewards(self, forced_coupons=None):
        """Native code offers what it finds by customer; ours must be live and open here."""
        rewards = super()._get_claimable_rewards(forced_coupons)
        for card in [one for one in rewards if one.is_enrolment]:
            if self._claims_unasked() or self._pays_already(card) or self._redeem_refusal(card):
                del rewards[card]
        return rewards

    def _discountable_amount(self, rewards_to_ignore):
        """Native code rounds as the company's currency, whose coin may be above a line's price."""
        lines = self.order_line - self._get_no_effect_on_threshold_lines()
        lines = lines.filtered(lambda line: line.reward_id not in (rewards_to_ignore or ()))
        return super()._discountable_amount(rewards_to_ignore) or sum(lines.mapped("price_total"))

    def _claims_unasked(self):
        return bool(self.env.context.get(CLAIMS_ALL)) and not _ASKED.get()

    def _pays_already(self, card):
        """Tell whether *card* pays here: its amount is changed, a second line would not know it."""
        return card.program_id.is_payment_program and bool(self._lines_of(card))
