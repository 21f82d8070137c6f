"""What a card discount takes off, to the cent: base and taxes as Odoo reckons its own discounts."""

from odoo import models
from odoo.addons.customer_card.rules.kinds import DISCOUNT_KINDS
from odoo.addons.sale_loyalty.models.sale_order import _generate_random_reward_code
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib.base_line import base_line_total


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        """Return one line per combination of taxes; 100 % leaves nothing, not even a cent of tax.

        Native code rounds the tax of the sum, the order rounds the tax of each line.
        """
        if reward.program_id.kind not in DISCOUNT_KINDS:
            return super()._get_reward_values_discount(reward, coupon, **kwargs)
        own = self.order_line.filtered(lambda line: line.reward_id == reward)
        parts = self._discount_parts(reward, own)
        if not parts:
            # Native code would leave an empty line beside a payment by gift card.
            raise UserError(
                self.env._("No article of this order gets the discount %s.", reward.description)
            )
        values = self._discount_values(reward, parts)
        for number, one in enumerate(values):
            one.update(coupon_id=coupon.id, points_cost=0 if number else reward.required_points)
        return values

    def _discount_values(self, reward, parts):
        """Return the values of the lines that stand for these *parts* of a discount."""
        goods = self.order_line.filtered(lambda line: not line.is_reward_line)
        shared = {
            "product_id": reward.discount_line_product_id.id,
            "product_uom_qty": 1.0,
            "reward_id": reward.id,
            "sequence": max(goods.mapped("sequence"), default=10) + 1,
            "reward_identifier_code": _generate_random_reward_code(),
        }
        return [
            {
                **shared,
                "name": self._discount_name(reward, part["tax_ids"], len(parts) > 1),
                "price_unit": part["price_unit"],
                "tax_ids": [Command.set(part["tax_ids"].ids)],
                "extra_tax_data": self.env["account.tax"]._export_base_line_extra_tax_data(part),
            }
            for part in parts
        ]

    def _discount_name(self, reward, taxes, is_one_of_many):
        if not is_one_of_many or not taxes:
            return reward.description
        return f"{reward.description} ({', '.join(taxes.mapped('name'))})"

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        """Native code uses a line again for another reward: what was said of its taxes is over.

        It keeps the line's name, which the seller may have written; ours names the taxes.
        """
        names = [vals.get("name") for vals in reward_vals]
        reward_vals = [{"extra_tax_data": False, **vals} for vals in reward_vals]
        left = super()._write_vals_from_reward_vals(reward_vals, old_lines, delete=delete)
        for line, name in zip(old_lines, names, strict=False):
            if name and line.name != name and line._has_our_name():
                line.name = name
        return left

    def _discount_parts(self, reward, pending):
        """Return the base lines that *reward* adds, one per combination of taxes, none at 0.

        They take off its share of what earlier discounts have left, and never more than the order.

        :param pending: discount lines that do not count, as they are still to be reckoned
        """
        lines = self._get_specific_discountable_lines(reward)
        groups = self._reward_base_lines(reward, lines, pending)
        parts = self._lower(groups, reward, reward.discount)
        total = sum(base_line_total(part) for part in parts)
        apart = pending | self.order_line.filtered("reward_id.program_id.is_payment_program")
        limit = max(self.amount_total - sum(apart.mapped("price_total")), 0)
        if total < 0 and self.currency_id.compare_amounts(-total, limit) > 0:
            parts = self._lower(groups, reward, reward.discount * limit / -total)
        return parts

    def _lower(self, groups, reward, percent):
        parts = []
        for number, base_lines in enumerate(groups):
            parts += self.env["account.tax"]._prepare_global_discount_lines(
                base_lines,
                self.company_id,
                "percent",
                percent,
                computation_key=f"card_discount,{reward.id},{number}",
            )
        for part in parts:
            if not part["tax_ids"]:
                part["price_unit"] = self.currency_id.round(base_line_total(part))
        return [part for part in parts if not self.currency_id.is_zero(base_line_total(part))]

    def _reward_base_lines(self, reward, lines, pending):
        """Return *lines* as lists of base lines with the same taxes, earlier discounts included."""
        taxes = self.env["account.tax"]
        reckoned = self.order_line.filtered(lambda line: not line.display_type)
        base_lines = {line: line._prepare_base_line_for_taxes_computation() for line in reckoned}
        taxes._add_tax_details_in_base_lines(list(base_lines.values()), self.company_id)
        taxes._round_base_lines_tax_details(list(base_lines.values()), self.company_id)
        groups = {}
        for line in lines:
            groups.setdefault(discountable_taxes(line), []).append(base_lines[line])
        for earlier, part in self._earlier_discounts(lines, pending):
            if group := groups.get(discountable_taxes(earlier)):
                group.append(self._share(base_lines[earlier], part))
        return list(groups.values())

    def _earlier_discounts(self, lines, pending):
        """Yield the lines of discounts claimed before, and which part of each concerns *lines*."""
        for line in self.order_line - pending:
            other = line.reward_id
            if (
                other.reward_type != "discount"
                or other.program_id.is_payment_program
                or not line.price_unit
            ):
                continue
            taxes = discountable_taxes(line)
            lowered = self._lowered_by(other).filtered(
                lambda one, taxes=taxes: discountable_taxes(one) == taxes
            )
            total = sum(lowered.mapped("price_total"))
            if total and lowered & lines:
                yield line, sum((lowered & lines).mapped("price_total")) / total

    def _lowered_by(self, reward):
        """Return the lines that a discount is on."""
        if reward.discount_applicability == "specific":
            return self._get_specific_discountable_lines(reward)
        if reward.discount_applicability == "cheapest":
            return self._cheapest_line(reward) or self.env["sale.order.line"]
        lines = self.order_line - self._get_no_effect_on_threshold_lines()
        return lines.filtered(lambda line: not line.reward_id and not line.display_type)

    def _share(self, base_line, part):
        """Return *part* of a discount's base line."""
        if part == 1:
            return base_line
        taxes = self.env["account.tax"]
        shared = taxes._prepare_base_line_for_taxes_computation(
            base_line,
            price_unit=base_line["price_unit"] * part,
            computation_key=None,
            manual_total_excluded_currency=None,
            manual_total_excluded=None,
            manual_tax_amounts=None,
        )
        taxes._add_tax_details_in_base_lines([shared], self.company_id)
        taxes._round_base_lines_tax_details([shared], self.company_id)
        return shared


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _has_our_name(self):
        """Tell whether a card discount's line is called as we call it, for whatever taxes."""
        reward = self.reward_id.with_context(lang=self.order_id._get_lang())
        if reward.program_id.kind not in DISCOUNT_KINDS:
            return False
        return self.name == reward.description or self.name.startswith(f"{reward.description} (")


def discountable_taxes(line):
    flat = line.tax_ids.flatten_taxes_hierarchy()
    return flat.filtered(lambda tax: tax._can_be_discounted())
