from odoo import models
from odoo.exceptions import AccessError


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """A posted credit note takes back what its lines sold or redeemed; in draft it returns."""
        if vals.get("payment_state") and not self.env.su and self._card_orders():
            raise AccessError(self.env._("An invoice is paid by payments only."))
        res = super().write(vals)
        if "state" in vals:
            lines = self.invoice_line_ids.sudo().sale_line_ids
            lines = lines.filtered(lambda line: line.order_id.state == "sale")
            lines._settle_programs()
            lines._settle_redemptions()
            self._card_orders()._settle_value()
            self._note_sharing_redemptions()
        return res


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _is_counted_apart(self):
        """A down payment counts as it did when it was paid; credit that was taken is a payment."""
        return super()._is_counted_apart() or self.is_downpayment or self._pays_with_redemption()
