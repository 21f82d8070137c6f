from odoo import api, fields, models
from odoo.addons.customer_card.models.ledger import exact

from .loyalty_card import SPENDABLE_KINDS


class PosOrderLine(models.Model):
    """A line that sells a program for one side, or redeems one."""

    _inherit = "pos.order.line"

    side = fields.Selection([("left", "Left"), ("right", "Right")], readonly=True)

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "side"]

    def _is_redemption(self):
        """Tell whether this line takes something off an account of ours."""
        self.ensure_one()
        kind = self.sudo().reward_id.program_id.kind
        return bool(self.is_reward_line and self.coupon_id and kind in SPENDABLE_KINDS)

    def _get_signed_total(self):
        """Return the line's gross amount; the till sends that of a refund order without sign."""
        self.ensure_one()
        total = abs(exact(self.price_subtotal_incl))
        return -total if self.qty * self.price_unit < 0 else total

    def _get_points_spent(self):
        """Return the price of redemption lines in the card's unit, never less than they took off.

        A till says what its lines cost. It is believed upwards only, cents of rounding aside.
        """
        spent = exact(0)
        for reward, lines in self.grouped("reward_id").items():
            cost = exact(sum(lines.mapped("points_cost")))
            if reward.discount_mode == "per_point" and reward.reward_type == "discount":
                given = -sum((line._get_signed_total() for line in lines), exact(0))
                rate = exact(reward.discount)
                if rate and given - cost * rate >= exact(0.005):
                    cost = given / rate
            else:
                cost = max(cost, exact(reward.required_points))
            spent += max(exact(cost), exact(0))
        return spent

    def _paid_refunds(self):
        """Return the lines of paid orders that take this line back."""
        return self.refund_orderline_ids.filtered(
            lambda line: line.order_id.state not in ("draft", "cancel")
        )
