from odoo import models
from odoo.exceptions import UserError

# Kinds whose reward takes a percentage off articles.
DISCOUNT_KINDS = ("discount", "coupon")


class SaleOrder(models.Model):
    """Of several card discounts on an article the most specific one applies (I29)."""

    _inherit = "sale.order"

    def _get_specific_discountable_lines(self, reward):
        """Leave out the lines on which another card discount wins, and sold programs.

        The price of a program is what its credit was bought for: it is not discounted.
        """
        lines = super()._get_specific_discountable_lines(reward)
        if reward.program_id.kind not in DISCOUNT_KINDS:
            return lines
        lines = lines.filtered(lambda line: not line.card_program_id)
        if self.company_id.card_discounts_stack:
            return lines
        products = lines.product_id
        for rival in self._card_rivals(reward):
            products -= products.filtered_domain(rival._get_discount_product_domain())
        return lines.filtered(lambda line: line.product_id in products)

    def _card_rivals(self, reward):
        """Return the card discounts of this order that come before *reward* on an article.

        The higher specificity wins, then the higher percentage, then the older reward.
        """
        used = self.order_line.reward_id | self.applied_coupon_ids.program_id.reward_ids
        coupons = used.filtered(lambda one: one.program_id.kind == "coupon")
        rewards = self._find_card_programs().reward_ids | coupons
        return (rewards - reward).filtered(lambda rival: _rank(rival) > _rank(reward))

    def _wins_anything(self, reward):
        """Tell whether an article of this order gets *reward*."""
        return bool(self._get_specific_discountable_lines(reward))

    def _get_claimable_rewards(self, forced_coupons=None):
        """Do not offer a card discount that no article would get."""
        with self._reckoning():
            found = super()._get_claimable_rewards(forced_coupons)
            for coupon, rewards in list(found.items()):
                losers = rewards.filtered(
                    lambda reward: (
                        reward.program_id.kind in DISCOUNT_KINDS and not self._wins_anything(reward)
                    )
                )
                found[coupon] = rewards - losers
            return {coupon: rewards for coupon, rewards in found.items() if rewards}

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        """Name a card's discount line after its discount alone.

        Sales puts "Discount" before it, and the form would show that bare word as a second line.
        """
        if reward.program_id.kind in DISCOUNT_KINDS and not self._wins_anything(reward):
            # Native code would leave an empty line beside a payment by gift card.
            raise UserError(
                self.env._("No article of this order gets the discount %s.", reward.description)
            )
        lines = super()._get_reward_values_discount(reward, coupon, **kwargs)
        if reward.program_id.kind in DISCOUNT_KINDS and len(lines) == 1:
            lines[0]["name"] = reward.description
        return lines


def _rank(reward):
    return reward.specificity, reward.discount, -reward.id
