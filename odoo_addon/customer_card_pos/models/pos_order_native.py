"""What is changed of Odoo's own steps of an order at the till."""

import logging
from contextvars import ContextVar

from psycopg2 import DataError, ProgrammingError

from odoo import api, models
from odoo.addons.customer_card.lib.opening import open_ledger
from odoo.exceptions import AccessError, UserError

from ..lib.server_step import server_step

_logger = logging.getLogger(__name__)
_CONFIRMING = ContextVar("confirming", default=False)
# What Odoo stumbles over when values are of another type than its own screens send.
UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
    *(DataError, ProgrammingError),
)


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model
    def sync_from_ui(self, orders):
        """Book the orders; what names a card that is gone is booked without it.

        :raises UserError: what is sent is no order, or one of its amounts no number
        """
        if not isinstance(orders, list) or not all(isinstance(one, dict) for one in orders):
            raise UserError(self._get_unreadable())
        try:
            self._check_numbers(orders)
            forgotten = self._forget_what_is_gone(orders)
            result = super().sync_from_ui(orders)
        except UNREADABLE as error:
            _logger.exception("user %s sent orders that cannot be read", self.env.uid)
            raise UserError(self._get_unreadable()) from error
        for order in self.search([("uuid", "in", forgotten)]) if forgotten else ():
            note = self.env._(
                "A card, a reward or a quotation of this order does not exist any more: nothing was"
                " booked for it."
            )
            order._tell_settlement([(self.env._("Redeemed without right"), note)])
        return result

    @api.model
    def remove_from_ui(self, server_ids):
        uuids = self.browse(server_ids).exists().filtered(lambda one: one.state == "draft")
        for uuid in uuids.mapped("uuid"):
            self._release_card_holds(uuid)
        return super().remove_from_ui(server_ids)

    def add_payment(self, data):
        """Refuse an account in the office, too, where payments are added by hand."""
        res = super().add_payment(data)
        if self._account_payments() and (refusal := self._account_refusal()):
            raise UserError(refusal)
        return res

    def action_pos_order_paid(self):
        self._check_account()
        result = super().action_pos_order_paid()
        self.env["customer.card.outbox"]._add("sale", self, "paid")
        self._settle_once()
        return result

    def action_pos_order_cancel(self):
        result = super().action_pos_order_cancel()
        for order in self.filtered(lambda order: order.state == "cancel"):
            order._release_card_holds(order.uuid)
        return result

    # --- Odoo's own cards ---------------------------------------------------------------

    def validate_coupon_programs(self, point_changes, new_codes):
        """Leave our cards out: what an order spends is reserved, which says more than a look."""
        self.browse().check_access("create")
        numbers = {key: self._get_number(key) for key in point_changes}
        cards = self.env["loyalty.card"].sudo().browse(filter(None, numbers.values())).exists()
        ours = set(cards.filtered("is_enrolment").ids)
        others = {
            key: value
            for key, value in point_changes.items()
            if numbers[key] is not None and numbers[key] not in ours
        }
        return super().validate_coupon_programs(others, new_codes)

    def confirm_coupon_programs(self, coupon_data):
        """Book what native cards earned and spent on this order, by its own lines and payments.

        Of *coupon_data* only the cards and codes are read; points may only make it less. Repeating
        it books nothing. Ours were booked when the order was paid.

        :raises AccessError: no such order, or none that is paid
        """
        self._check_confirmable()
        if coupon_data and not isinstance(coupon_data, dict):
            raise UserError(self.env._("This order cannot be read. Reload the page and try again."))
        if self.card_settled:
            data = self._get_coupon_data(coupon_data)
        else:
            data = self._get_manual_data(coupon_data)
        for card in self.env["loyalty.card"].sudo().browse(key for key in data if key > 0):
            card._capture_hold(card._pos_key(self.uuid))
        origin = self._get_ledger_origin()
        if not self.card_settled:
            origin["reason"] = "correction"
        token = _CONFIRMING.set(True)
        try:
            with open_ledger(**origin), server_step():
                result = super().confirm_coupon_programs(data)
        finally:
            _CONFIRMING.reset(token)
        confirmed = {*(self.card_confirmed or ()), *(row["program_id"] for row in data.values())}
        self.sudo().card_confirmed = sorted(confirmed)
        ours = self._get_cards_used() & self.sudo().lines.coupon_id
        updates = [card._get_pos_update() for card in ours if card.is_enrolment]
        result["coupon_updates"] += updates
        return result

    def add_loyalty_history_lines(self, coupon_data, coupon_updates):
        """Keep the native history to what was booked."""
        if not _CONFIRMING.get():
            raise AccessError(self.env._("The history of cards is written by bookings only."))
        return super().add_loyalty_history_lines(coupon_data, coupon_updates)

    # --- closed orders: see pos_order_frozen.py ----------------------------------------

    def _compute_prices(self):
        """Odoo reckons the totals from lines that are frozen, after each edit of a payment."""
        with server_step():
            return super()._compute_prices()

    def _generate_pos_order_invoice(self):
        """The invoice closes the order."""
        with server_step():
            return super()._generate_pos_order_invoice()
