from odoo import api, models
from odoo.exceptions import UserError


class PosPayment(models.Model):
    """The payment of a paid order can be edited; only the card opens an account there, too."""

    _inherit = "pos.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._check_edited_account()
        return payments

    def write(self, vals):
        res = super().write(vals)
        if not {"payment_method_id", "amount"}.isdisjoint(vals):
            self._check_edited_account()
        return res

    def _check_edited_account(self):
        """Refuse an account on orders that were paid before; arriving ones look for themselves."""
        for order in self.pos_order_id:
            was_paid = order.state != "draft" and order.create_date < self.env.cr.now()
            is_edited = was_paid and order._account_payments() & self
            if is_edited and (refusal := order._account_refusal()):
                raise UserError(refusal)
