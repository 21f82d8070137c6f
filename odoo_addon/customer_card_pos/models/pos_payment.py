from contextlib import nullcontext

from odoo import api, models
from odoo.exceptions import UserError

from ..lib.server_step import in_server_step
from .pos_order_frozen import is_changed

EDITED = {"payment_method_id", "amount"}
FROZEN = {"pos_order_id", "session_id", "payment_date", "company_id", "account_move_id"}


class PosPayment(models.Model):
    """The payment of a paid order can be edited; only the card opens an account there, too."""

    _inherit = "pos.payment"

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["pos.order"].browse(
            {vals["pos_order_id"] for vals in vals_list if vals.get("pos_order_id")}
        )
        if not (self.env.su or in_server_step()):
            vals_list = [{**vals, "account_move_id": False} for vals in vals_list]
        with self._keeping(orders):
            payments = super().create(vals_list)
            payments.pos_order_id._check_session()
            payments._check_edited_account()
        return payments

    def write(self, vals):
        if (EDITED | FROZEN).isdisjoint(vals):
            return super().write(vals)
        self._check_frozen(vals)
        names = (EDITED | FROZEN) & vals.keys()
        edited = self.filtered(lambda one: any(is_changed(one, name, vals[name]) for name in names))
        edited.pos_order_id._check_session()
        with self._keeping(self.pos_order_id):
            res = super().write(vals)
            edited.pos_order_id._check_session()
            self._check_edited_account()
        return res

    def unlink(self):
        with self._keeping(self.pos_order_id):
            return super().unlink()

    @api.model
    def _keeping(self, orders):
        return nullcontext() if self.env.su else orders._keeping_payments()

    def _check_frozen(self, vals):
        """One payment pays one order, in the session and on the day in which it was paid."""
        names = FROZEN & vals.keys()
        if self.env.su or not names:
            return
        orders = self.env["pos.order"].browse(vals.get("pos_order_id") or ()) | self.pos_order_id
        booked = orders.sudo().filtered("card_settled")
        for payment in self if booked else ():
            if any(is_changed(payment, name, vals[name]) for name in names):
                raise UserError(booked[0]._get_payment_sentence())

    def _check_edited_account(self):
        """Refuse an account on orders that were paid before; arriving ones look for themselves."""
        for order in self.pos_order_id:
            was_paid = order.state != "draft" and order.create_date < self.env.cr.now()
            is_edited = was_paid and order._account_payments() & self
            if is_edited and (refusal := order._account_refusal()):
                raise UserError(refusal)
