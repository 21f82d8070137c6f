from odoo import models
from odoo.addons.customer_card.rules.kinds import DISCOUNT_KINDS


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
        articles = {line: line._discounted_article() for line in lines}
        products = self.env["product.product"].union(*articles.values())
        for rival in self._card_rivals(reward):
            products -= products.filtered_domain(rival._get_discount_product_domain())
        return lines.filtered(lambda line: articles[line] in products)

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


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """A discount on all lines, whoever writes it, is none on what lowers or pays them."""
        rewards = self.browse()
        if vals.get("discount"):
            rewards = self.filtered(lambda line: line.reward_id.reward_type == "discount")
        if not rewards:
            return super().write(vals)
        others = {name: value for name, value in vals.items() if name != "discount"}
        super(SaleOrderLine, rewards).write(others)
        return super(SaleOrderLine, self - rewards).write(vals)

    def _discounted_article(self):
        """Return the article whose discounts count: a combo's parts have those of the combo."""
        combo = self.linked_line_id if self.combo_item_id else self
        return combo.product_id or self.product_id


def _rank(reward):
    return reward.specificity, reward.discount, -reward.id
