from contextlib import contextmanager
from contextvars import ContextVar

from odoo import models

# A till has sent a paid order: the quotation behind it must not refuse it (law 6).
_AT_THE_TILL = ContextVar("at_the_till", default=False)


@contextmanager
def at_the_till():
    """Let quotations that are confirmed inside say to a manager why they cannot be."""
    token = _AT_THE_TILL.set(True)
    try:
        yield
    finally:
        _AT_THE_TILL.reset(token)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_confirm(self):
        if not _AT_THE_TILL.get():
            return super().action_confirm()
        for order in self:
            order._never_block(super(SaleOrder, order).action_confirm)
        return True

    def _action_confirm(self):
        """A till sends its receipt first, and confirms the quotation behind it."""
        res = super()._action_confirm()
        for receipt in self.sudo().order_line.pos_order_line_ids.order_id.sorted("id"):
            if receipt._is_booked():
                receipt._take_redemptions()
        return res
