from odoo import fields, models

NO_PRODUCT = "[('id', '=', 0)]"


class LoyaltyProgram(models.Model):
    """How our programs stand as native rules and rewards, which both native engines understand."""

    _inherit = "loyalty.program"

    def _sync_rules(self):
        """A points program earns from documents only; its native rule matches no product.

        Without a rule its reward could not be redeemed at the till (measured).
        """
        for program in self.filtered(lambda program: program.kind == "points"):
            rule = {"product_domain": NO_PRODUCT, "reward_point_mode": "order"}
            reward = {
                "reward_type": "discount",
                "discount_mode": "per_point",
                "discount": 1 / program.points_per_unit,
                "discount_applicability": "order",
                "required_points": 1,
                "description": program.name,
            }
            if program.rule_ids.mapped("product_domain") == [NO_PRODUCT]:
                program.reward_ids[:1].write(reward)
                continue
            program.write(
                {
                    "rule_ids": [fields.Command.clear(), fields.Command.create(rule)],
                    "reward_ids": [fields.Command.clear(), fields.Command.create(reward)],
                }
            )

    def _sync_discounts(self):
        """Let each discount line stand as one native promotion with one rule and one reward.

        Native engines claim only the first reward of a promotion (measured), so the second and
        further lines live on hidden child programs.
        """
        for program in self.filtered(lambda program: program.kind == "discount"):
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
        }
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
