from contextvars import ContextVar

from odoo import models
from odoo.addons.customer_card.lib.opening import open_ledger, opening

# A confirmation has begun, and may still be stopped.
_CONFIRMING = ContextVar("confirming", default=False)


def is_confirming():
    """Tell whether a confirmation is on its way whose bookings follow when it is through."""
    return _CONFIRMING.get()


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
        """Book when the orders are confirmed, not before.

        Native code books first. What then stops the confirmation (an exception, a credit limit)
        would leave a quotation whose credit is spent, also of Odoo's own gift cards and wallets.
        """
        for order in self.filtered(lambda order: order.state != "sale"):
            order._check_credit()
            order._reserve_credit(confirming=True)  # the next of several finds what is left
        token = _CONFIRMING.set(True)
        try:
            with open_ledger(**self._ledger_origin()):
                return super().action_confirm()
        finally:
            _CONFIRMING.reset(token)

    def _action_confirm(self):
        """Book one order after the other: together they would not see what each has taken."""
        token = _CONFIRMING.set(False)
        try:
            for order in self:
                with open_ledger(**order._ledger_origin()):
                    order._add_loyalty_history_lines()
                    for card, change in order._get_point_changes().items():
                        card.points += change
            return super()._action_confirm()
        finally:
            _CONFIRMING.reset(token)

    def _add_loyalty_history_lines(self):
        return None if _CONFIRMING.get() else super()._add_loyalty_history_lines()

    def _get_point_changes(self):
        if _CONFIRMING.get() and "cancel" not in self.mapped("state"):
            return {}
        return super()._get_point_changes()

    def _send_reward_coupon_mail(self):
        """Send no card of an order whose confirmation was stopped."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        return super(SaleOrder, confirmed)._send_reward_coupon_mail()

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
