"""What was booked from stays as it was booked (door 5)."""

from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from odoo import api, models
from odoo.exceptions import UserError

from ..lib.server_step import in_server_step

FROZEN_LINE = {
    *("order_id", "product_id", "qty", "price_unit", "discount", "tax_ids", "side", "uuid"),
    *("price_subtotal", "price_subtotal_incl", "refunded_orderline_id", "extra_tax_data"),
    *("is_reward_line", "reward_id", "coupon_id", "points_cost", "reward_identifier_code"),
    *("sale_order_line_id", "sale_order_origin_id", "combo_parent_id", "combo_item_id"),
}
FROZEN_ORDER = {
    *("uuid", "partner_id", "customer_card_id", "new_card", "new_card_number"),
    *("company_id", "date_order", "session_id", "config_id", "pos_reference", "refunded_order_id"),
    *("amount_total", "amount_tax", "pricelist_id", "fiscal_position_id", "currency_rate"),
    "session_move_id",
    # Back in draft or cancelled it would be sold once more; only Odoo's own steps close it.
    "state",
}
# {booked order: what it had received} of one edit, which is judged when all of it is written.
_RECEIVED = ContextVar("received", default=None)


def is_changed(record, name, value):
    """Tell whether *value* differs from what stands there; commands of a list always do."""
    field = record._fields[name]
    if field.type in ("one2many", "many2many"):
        return bool(value)
    there = field.convert_to_write(record[name], record)
    return (there or False) != (value or False)


def _cleared(records, vals_list):
    """Return *vals_list* without what the server finds out itself: nobody makes a row with it."""
    cleared = dict.fromkeys(records._kept_by_server(), False)
    return [{**vals, **cleared} for vals in vals_list]


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    @api.model
    def _kept_by_server(self):
        """Return the fields that the server finds out: a till that sends them is not heard."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(_cleared(self, vals_list))
        if not (self.env.su or in_server_step()):
            lines.filtered(lambda line: not line._is_tip())._check_not_frozen()
        return lines

    def write(self, vals):
        if self.env.su or in_server_step():
            return super().write(vals)
        kept = self._kept_by_server()
        vals = {name: value for name, value in vals.items() if name not in kept}
        names = FROZEN_LINE & vals.keys()
        if not names:
            return super().write(vals)
        changed = self.filtered(
            lambda line: any(is_changed(line, name, vals[name]) for name in names)
        )
        changed._check_not_frozen()
        res = super().write(vals)
        if "order_id" in names:
            changed._check_not_frozen()
        return res

    def _is_tip(self):
        """Tell whether the line is a tip: it may come after the payment, and is no goods."""
        tip = self.order_id.config_id.tip_product_id
        return bool(tip) and self.product_id == tip and not self._is_linked()

    def _is_linked(self):
        """Tell whether the line says something of another line, card or document."""
        linked = self.reward_id or self.coupon_id or self.refunded_orderline_id
        return bool(linked or self.combo_parent_id or self.combo_item_id)

    def _check_not_frozen(self):
        if order := self.order_id.filtered("card_settled")[:1]:
            raise UserError(order._get_frozen_sentence())


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model
    def _kept_by_server(self):
        """Return the fields that the server finds out: a till that sends them is not heard."""
        settled = {"card_settled", "card_funds", "card_confirmed", "card_customer_id"}
        settled |= {"card_uncounted", "card_sold_at"}
        # Odoo's own invoicing names the invoice, with all rights: it says what has earned already.
        return settled | {"account_move"}

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(_cleared(self, vals_list))
        orders._check_session()
        return orders

    def write(self, vals):
        if self.env.su or in_server_step():
            return super().write(vals)
        vals = self._unfrozen(vals)
        moved = self.filtered(lambda order: order.session_id.id != vals.get("session_id"))
        with self._keeping_payments() if "payment_ids" in vals else nullcontext():
            res = super().write(vals)
        if vals.get("session_id"):
            moved._check_session()
        return res

    def _unfrozen(self, vals):
        """Return *vals* without what the server finds out itself.

        :raises UserError: they would change what a booked order was booked from
        """
        kept = self._kept_by_server()
        vals = {name: value for name, value in vals.items() if name not in kept}
        names = FROZEN_ORDER & vals.keys()
        for order in self.filtered("card_settled"):
            if any(order._is_frozen(name, vals[name]) for name in names):
                raise UserError(order._get_frozen_sentence())
        return vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if order := self.filtered("card_settled")[:1]:
            raise UserError(order._get_frozen_sentence())

    def _is_frozen(self, name, value):
        """A customer may still be named for the invoice; one that is named stays."""
        return is_changed(self, name, value) and (name != "partner_id" or bool(self.partner_id))

    def _get_frozen_sentence(self):
        return self.env._(
            "%s is paid and booked: refund it instead of changing it.",
            self.pos_reference or self.name,
        )

    @contextmanager
    def _keeping_payments(self):
        """Refuse an edit inside that leaves booked orders less money than they were booked with.

        Payments add the orders that they are taken from: one payment pays one order.
        """
        outer = _RECEIVED.get()
        received = {} if outer is None else outer
        for order in self.sudo().filtered("card_settled"):
            if order not in received:
                received[order] = sum(order._get_received())
        token = _RECEIVED.set(received)
        try:
            yield
        finally:
            _RECEIVED.reset(token)
        for order, before in received.items() if outer is None else ():
            if not order.exists() or sum(order._get_received()) < before:
                raise UserError(order._get_payment_sentence())

    def _get_payment_sentence(self):
        return self.env._(
            "%s was booked with its payment: refund the order instead.",
            self.pos_reference or self.name,
        )
