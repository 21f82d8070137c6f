from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.tools import SQL

ZERO = exact(0)


class SaleOrder(models.Model):
    """What a quotation redeems is used by the receipts that show it, in the order they came."""

    _inherit = "sale.order"

    def _lock_for_receipt(self):
        """Let no two receipts at once use the same, nor one while the quotation is cancelled.

        Whose transaction is older than the other's change fails, and is repeated.
        """
        if self:
            self.env.cr.execute(
                SQL("UPDATE sale_order SET state = state WHERE id IN %s", tuple(sorted(self.ids)))
            )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _redeemed_cost(self, value):
        """Return the points that took *value* off this order, as :meth:`_redeemed_value`."""
        total = -self._server_total()
        return exact(exact(self.points_cost) * value / total) if total > 0 else ZERO

    def _redemption_used(self):
        """Add what tills have used of it."""
        lines = self.sudo().pos_order_line_ids.filtered("redemption_used")
        return super()._redemption_used() + sum((one._redemption_kept() for one in lines), ZERO)

    def _stays_redeemed(self):
        """Receipts count as they say, for whomever they are: what they took off, nobody paid."""
        lines = self.sudo().pos_order_line_ids.filtered(
            lambda line: line.order_id._is_booked() and not line._is_return()
        )
        shown = sum((line._server_total() for line in lines | lines._paid_refunds()), ZERO)
        return super()._stays_redeemed() or shown < 0
