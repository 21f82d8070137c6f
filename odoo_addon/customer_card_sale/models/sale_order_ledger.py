from odoo import models
from odoo.addons.customer_card.models.ledger import open_ledger, opening


class SaleOrder(models.Model):
    """The native steps that book points on cards: only inside them may a salesman's call do so."""

    _inherit = "sale.order"

    def _ledger_origin(self):
        one = self if len(self) == 1 else self.browse()
        return {
            "reason": "sale",
            "origin_model": self._name,
            "origin_id": one.id,
            "origin_name": one.name or "",
        }

    def action_confirm(self):
        """Confirm one order after the other.

        Natively all of them look at a card before the first one books, and together overdraw it.
        """
        result = True
        for order in self:
            if order.state != "sale":
                order._check_credit()
            with open_ledger(**order._ledger_origin()):
                result = super(SaleOrder, order).action_confirm()
        return result if len(self) == 1 else True

    def _action_cancel(self):
        for order in self:
            with open_ledger(**order._ledger_origin()):
                super(SaleOrder, order)._action_cancel()
        return True

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with open_ledger(**self._ledger_origin()):
            return super()._apply_program_reward(reward, coupon, **kwargs)

    def _update_programs_and_rewards(self):
        with open_ledger(**self._ledger_origin()):
            return super()._update_programs_and_rewards()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def unlink(self):
        """Taking a reward off a confirmed order gives its points back to the card."""
        with open_ledger(**self.order_id._ledger_origin()):
            return super().unlink()


class SaleOrderCouponPoints(models.Model):
    """Native steps change these rows for a salesman, who may not (measured): let him cancel."""

    _inherit = "sale.order.coupon.points"

    def write(self, vals):
        rows = self if opening() is None else self.sudo()
        return super(SaleOrderCouponPoints, rows).write(vals)

    def unlink(self):
        rows = self if opening() is None else self.sudo()
        return super(SaleOrderCouponPoints, rows).unlink()
