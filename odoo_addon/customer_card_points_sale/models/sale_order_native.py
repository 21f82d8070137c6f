from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The lines that redeem points: as often as an order redeems, once, and after all discounts."""

    _inherit = "sale.order"

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        """Return one line per combination of taxes."""
        if reward.program_id.kind != "points":
            return super()._get_reward_values_discount(reward, coupon, **kwargs)
        own = self.order_line.filtered(lambda line: line.reward_id == reward)
        quote, groups = self._points_quote(coupon, self._points_wish(coupon))
        if quote.refusal or own.filtered("price_unit"):
            raise UserError(
                self.env._("Nothing of this order can be paid with %s.", reward.program_id.name)
            )
        # Of each group of taxes there are two parts: services and articles.
        sums = map(sum, zip(quote.amounts[::2], quote.amounts[1::2], strict=True))
        amounts = [self._from_program(reward.program_id, amount) for amount in sums]
        lowered = [(group, off) for group, off in zip(groups, amounts, strict=True) if off]
        parts = [self._lower_by(reward, group, off) for group, off in lowered]
        values = self._discount_values(reward, parts)
        costs = _spread(quote.points, [off for _group, off in lowered])
        for one, cost in zip(values, costs, strict=True):
            one.update(coupon_id=coupon.id, points_cost=float(cost), sequence=one["sequence"] + 1)
        return values

    def _points_wish(self, card):
        if wish := self._chosen_amount(card):
            return self._to_program(card.sudo().program_id, exact(wish))
        return None

    def _lower_by(self, reward, base_lines, amount):
        """Return the base line that takes *amount* off *base_lines*, taxes included."""
        (part,) = self.env["account.tax"]._prepare_global_discount_lines(
            base_lines,
            self.company_id,
            "fixed",
            float(amount),
            computation_key=f"card_points,{reward.id},{base_lines[0]['record'].id}",
        )
        if not part["tax_ids"]:
            part["price_unit"] = -float(amount)
        return part

    def _update_programs_and_rewards(self):
        """Rewards are reckoned in the order of their lines: points after all discounts."""
        points = self.order_line.filtered(lambda line: line._redeems_points())
        if points:
            last = max((self.order_line - points).mapped("sequence"), default=0)
            points.filtered(lambda line: line.sequence <= last).sequence = last + 1
            self.invalidate_recordset(["order_line"])
        return super()._update_programs_and_rewards()


def _spread(points, amounts):
    """Return whole *points* over *amounts*, so that a line that comes back brings its own."""
    whole, reached, told, parts = sum(amounts), 0, 0, []
    for amount in amounts:
        reached += amount
        upto = (points * reached / whole).to_integral_value()
        parts.append(upto - told)
        told = upto
    return parts
