from odoo import api, fields, models

from ...rules.kinds import AMOUNT_KINDS, DISCOUNT_KINDS, MONEY_KINDS

NO_PRODUCT = "[('id', '=', 0)]"
# A rest below one currency unit can be spent, too.
SMALLEST_CREDIT = 0.01


class LoyaltyProgram(models.Model):
    """How our programs stand as native rules and rewards, which both native engines understand."""

    _inherit = "loyalty.program"

    def _sync_rules(self):
        """Points are earned from documents and credit is sold by us: native rules match no product.

        Without a rule the reward could not be redeemed at the till (measured).
        """
        for program in self.filtered(lambda program: program.kind in AMOUNT_KINDS):
            rule = {"product_domain": NO_PRODUCT, "reward_point_mode": "order"}
            reward = program._redemption_reward()
            if program.rule_ids.mapped("product_domain") == [NO_PRODUCT]:
                program.reward_ids[:1].write(reward)
                program._leave_native_articles()
                continue
            program.write(
                {
                    "rule_ids": [fields.Command.clear(), fields.Command.create(rule)],
                    "reward_ids": [fields.Command.clear(), fields.Command.create(reward)],
                }
            )
            program._leave_native_articles()

    def _leave_native_articles(self):
        """Native types bring the article "Gift Card" along: at the till it would sell ours, too."""
        self.rule_ids.filtered("product_ids").product_ids = False

    def _redemption_reward(self):
        """Return the values of the one reward that spends points or credit on an order."""
        money = self.kind in MONEY_KINDS
        reward = {
            "reward_type": "discount",
            "discount_mode": "per_point",
            "discount": 1 if money else 1 / self.points_per_unit,
            "discount_applicability": "order",
            "required_points": SMALLEST_CREDIT if money else 1,
        }
        if self.redeem_product_id:
            reward["discount_line_product_id"] = self.redeem_product_id.id
        if not self.reward_ids or not self.redeem_product_id:
            reward["description"] = self.redeem_product_id.name or self.name
        return reward

    def _sync_discounts(self):
        """Let each discount line stand as one native promotion with one rule and one reward.

        Native engines claim only the first reward of a promotion (measured), so the second and
        further lines live on hidden child programs.
        """
        for program in self.filtered(lambda program: program.kind in DISCOUNT_KINDS):
            lines = program.line_ids.filtered("discount_id")
            children = program.with_context(active_test=False).child_program_ids
            carriers = [program, *children]
            for position, line in enumerate(lines):
                if position == len(carriers):
                    carriers.append(program._create_child())
                carriers[position]._carry_discount(line.discount_id)
            for child in carriers[max(len(lines), 1) :]:
                child.active = False

    def _create_child(self):
        return self.create(
            {
                "name": self.name,
                "kind": "discount",
                "parent_program_id": self.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
            }
        )

    def _carry_discount(self, discount):
        domain = repr(list(discount._product_domain()))
        rule = {
            "product_domain": domain,
            "reward_point_mode": "order",
            "reward_point_amount": 1,
            "minimum_qty": 0,
            "minimum_amount": 0,
        }
        reward = {
            "reward_type": "discount",
            "discount": discount.percent,
            "discount_mode": "percent",
            "discount_applicability": "specific",
            "discount_product_domain": domain,
            "required_points": 1,
            "description": discount.name,
            "specificity": discount._specificity(),
        }
        if self.redeem_product_id:
            reward["discount_line_product_id"] = self.redeem_product_id.id
        if self.parent_program_id:
            self.write(
                {"active": self.parent_program_id.active, "name": self.parent_program_id.name}
            )
        if self.rule_ids and self.reward_ids:
            self.rule_ids[0].write(rule)
            self.reward_ids[0].write(reward)
            self.rule_ids[1:].unlink()
            self.reward_ids[1:].unlink()
        else:
            self.write(
                {
                    "rule_ids": [fields.Command.clear(), fields.Command.create(rule)],
                    "reward_ids": [fields.Command.clear(), fields.Command.create(reward)],
                }
            )

    # --- Odoo's own methods --------------------------------------------------------------

    @api.model
    def _program_items_name(self):
        return {**super()._program_items_name(), "bonus_item": self.env._("Bonus items")}

    @api.model
    def _program_type_default_values(self):
        """Bonus items have no rule and no reward: native Sales and POS pass them by (measured)."""
        empty = [fields.Command.clear()]
        return {
            **super()._program_type_default_values(),
            "bonus_item": {
                "applies_on": "current",
                "trigger": "auto",
                "portal_visible": False,
                "portal_point_name": self.env._("pieces"),
                "rule_ids": empty,
                "reward_ids": empty,
                "communication_plan_ids": empty,
            },
        }

    @api.constrains("reward_ids")
    def _constrains_reward_ids(self):
        others = self.filtered(lambda program: program.program_type != "bonus_item")
        return super(LoyaltyProgram, others)._constrains_reward_ids()
