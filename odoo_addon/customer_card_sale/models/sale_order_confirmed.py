from odoo import models
from odoo.addons.customer_card.rules.kinds import DISCOUNT_KINDS
from odoo.fields import Command

from .sale_order_frozen import server_step


class SaleOrder(models.Model):
    """A confirmed order that changes keeps its card discounts: of fewer articles, less."""

    _inherit = "sale.order"

    def _follow_confirmed(self):
        """Let each card discount be right for what is ordered now.

        Native code would reckon points anew, which are booked already: only the amounts follow.
        Lines stay, at 0 if need be, as they may have been invoiced.
        """
        self.ensure_one()
        pending = self.order_line.filtered(lambda line: line._is_card_discount())
        for reward in pending.reward_id:
            own = pending.filtered(lambda line, reward=reward: line.reward_id == reward)
            parts = self._discount_parts(reward, pending)
            pending -= own
            if commands := self._following_commands(reward, own, parts):
                with server_step():
                    self.write({"order_line": commands})

    def _discount_added(self, added):
        """Give lines that came after the confirmation the discounts of which they are all.

        What was confirmed without a discount stays so, whatever its customer has got since.
        """
        for order in self.filtered(lambda order: order.state == "sale"):
            known = order.order_line.reward_id
            for reward in order._find_card_programs().reward_ids - known:
                lowered = order._get_specific_discountable_lines(reward)
                if lowered and lowered <= added:
                    parts = order._discount_parts(reward, lowered.browse())
                    commands = order._following_commands(reward, lowered.browse(), parts)
                    with server_step():
                        order.write({"order_line": commands})

    def _following_commands(self, reward, own, parts):
        commands, left = [], own
        for number, values in enumerate(self._discount_values(reward, parts)):
            taxes = parts[number]["tax_ids"]
            line = left.filtered(lambda one, taxes=taxes: one.tax_ids == taxes)[:1]
            left -= line
            if not line:
                commands.append(Command.create({**values, "points_cost": 0}))
            elif self.currency_id.compare_amounts(line.price_unit, values["price_unit"]):
                amounts = {name: values[name] for name in ("price_unit", "extra_tax_data")}
                commands.append(Command.update(line.id, amounts))
        gone = left.filtered("price_unit")
        nothing = {"price_unit": 0, "extra_tax_data": False}
        return commands + [Command.update(line.id, nothing) for line in gone]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _order_what_was_delivered(self):
        """Let what was delivered without being ordered count as ordered: discounts are on that."""
        for line in self.filtered(lambda line: line.state == "sale" and not line.product_uom_qty):
            is_due = line.qty_delivered > 0 and line.product_id.invoice_policy == "delivery"
            if is_due and line.order_id._find_card_programs():
                line.product_uom_qty = line.qty_delivered

    def _is_card_discount(self):
        return self.reward_id.program_id.kind in DISCOUNT_KINDS
