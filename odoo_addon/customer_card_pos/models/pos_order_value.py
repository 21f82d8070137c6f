"""What lines and payments are worth by the server's own records; sent totals are not read."""

import math

from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.coverage import Funds
from odoo.exceptions import UserError

ZERO = exact(0)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _server_total(self):
        """Return the line's gross amount as a Decimal, below zero where it lowers the order.

        :raises UserError: price, quantity or discount is no number
        """
        self.ensure_one()
        if not all(math.isfinite(one) for one in (self.price_unit, self.qty, self.discount)):
            raise UserError(self.env._("An amount of this order is no number."))
        if not self.tax_ids:
            price = exact(self.price_unit) * (1 - exact(self.discount) / 100)
            return exact(self.currency_id.round(float(price * exact(self.qty))))
        return exact(self._compute_amount_line_all()["price_subtotal_incl"])

    def _server_net(self):
        """Return the line's amount without taxes, as :meth:`_server_total`."""
        gross = self._server_total()
        return exact(self._compute_amount_line_all()["price_subtotal"]) if self.tax_ids else gross

    def _sells_for_itself(self):
        """Tell whether what this line sells is booked by this line, not by another document's."""
        return True

    def _is_return(self):
        """Tell whether the line takes pieces of an earlier line back."""
        return bool(self.refunded_orderline_id) and self.qty < 0

    def _returns_article(self):
        """Tell whether the line takes the very article of an earlier line back."""
        return self._is_return() and self.product_id == self.refunded_orderline_id.product_id

    def _sells_other_value(self):
        """Tell whether the line sells credit that is booked elsewhere: by Odoo, by a quotation."""
        return self.qty > 0 and not self._is_return() and bool(self._tops_up())

    def _is_redemption(self):
        """Tell whether this line takes something off an account of ours, or says so."""
        self.ensure_one()
        line = self.sudo()
        if line._is_return() or not (line.reward_id or line.coupon_id):
            return False
        kind = line.reward_id.program_id.kind or line.coupon_id.is_enrolment and line.coupon_id.kind
        return bool(kind and kind != "discount")

    def _spends(self):
        """Tell whether this line takes something off an account, ours or a native one."""
        return self._is_redemption() or self._pays()

    def _paid_refunds(self):
        """Return the lines of paid orders that take this line back."""
        return self.refund_orderline_ids.filtered(
            lambda line: line._is_return() and line.order_id.state not in ("draft", "cancel")
        )


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_received(self):
        """Return money received and what goes on the account of an on-account card.

        Paid out counts below zero. What a customer pays later is money that he owes: without a
        customer nobody does. An account that no card opened is none. What came in without an open
        session counts nothing.
        """
        money = account = ZERO
        no_account = None
        for payment in self._counted_payments():
            method, amount = payment.payment_method_id, payment.amount
            if not math.isfinite(amount):
                raise UserError(self.env._("An amount of this order is no number."))
            if method.type != "pay_later":
                money += exact(amount)
            elif method.card_on_account:
                if no_account is None:
                    no_account = self._account_refusal() if amount > 0 else ""
                account += ZERO if no_account else exact(amount)
            elif self.partner_id:
                money += exact(amount)
        return money, account

    def _get_rounding(self):
        """Return by how much this order's total is below the sum of its lines.

        Odoo rounds the taxes of a whole order, and cash; both are reckoned here as it does.
        """
        taxes = self.env["account.tax"]
        rows = self.lines._prepare_tax_base_line_values()
        taxes._add_tax_details_in_base_lines(rows, self.company_id)
        taxes._round_base_lines_tax_details(rows, self.company_id)
        summary = taxes._get_tax_totals_summary(rows, self.currency_id, self.company_id)
        total = exact(summary["total_amount_currency"])
        lines = sum((line._server_total() for line in self.lines), ZERO)
        method = self.config_id.cash_rounding and self.config_id.rounding_method
        cash = total - exact(method.round(float(total))) if method else ZERO
        return max(abs(lines) - abs(total), ZERO) + max(cash, ZERO)

    # --- what comes back ------------------------------------------------------------------

    def _get_own_funds(self):
        """Return what had paid this order, as its settlement found it."""
        if found := self.sudo().card_funds:
            return Funds(*(exact(float(found[name])) for name in Funds.__slots__))
        money, account = self._get_received()
        return Funds(money, redeemed=account + self._get_value_taken())

    def _get_value_taken(self):
        """Return what the ledger says that this order took off accounts, in money."""
        entries = self.env["loyalty.card.entry"].sudo()
        entries = entries.search([*self._origin_domain(), ("reason", "=", "sale")])
        entries = entries.filtered(lambda entry: entry.card_id._pays())
        return sum((entry.card_id._in_money(-exact(entry.delta)) for entry in entries), ZERO)

    def _origin_domain(self):
        return [("origin_model", "=", self._name), ("origin_id", "=", self.id)]

    def _get_refund_credit(self, taken_back):
        """Return (money, other) that this order's returned lines had been paid with.

        :param taken_back: ``{origin line: value}`` of returned programs, as far as they were unused
        """
        money = other = ZERO
        origins = self.lines.refunded_orderline_id
        for origin_order in origins.order_id.sudo():
            lines = origins.filtered(lambda line, order=origin_order: line.order_id == order)
            paid = origin_order._get_own_funds()
            goods = origin_order.lines.filtered(lambda line: not line._is_tip())
            of_all = sum((max(line._server_total(), ZERO) for line in goods), ZERO)
            worth = sum((self._get_returned_value(line.sudo(), taken_back) for line in lines), ZERO)
            # One that was never paid, or made by hand as if it were, can still be rewritten.
            if not origin_order.card_settled or origin_order.state == "cancel" or of_all <= 0:
                continue
            share, not_money = worth / of_all, paid.returned + paid.redeemed
            came, returned = self._get_refunded_before(origin_order)
            money += max(min(share * paid.money, paid.money - came, worth), ZERO)
            other += max(min(share * not_money, not_money - returned, worth), ZERO)
        return money, other

    def _get_refunded_before(self, origin_order):
        """Return (money, other) of *origin_order* that its other refunds have counted."""
        refunds = origin_order.lines.refund_orderline_ids.order_id.sudo() - self
        booked = refunds.filtered("card_funds")
        funds = [(order._get_own_funds(), order._get_received()[0]) for order in booked]
        money = sum((max(one.money - received, ZERO) for one, received in funds), ZERO)
        return money, sum((one.returned for one, _received in funds), ZERO)

    def _get_returned_value(self, origin, taken_back):
        """Return what the returned pieces of *origin* were worth, no piece of it twice."""
        if origin._is_tip():
            return ZERO
        total = origin._server_total()
        mine = self.lines.filtered(
            lambda line: line.refunded_orderline_id == origin and line._returns_article()
        )
        offered = -sum((line._server_total() for line in mine), ZERO)
        if total <= 0 or offered <= 0 or origin.qty <= 0:
            return ZERO
        if origin.product_id.is_card_program or origin._tops_up():
            return min(taken_back.get(origin, ZERO), offered)
        earlier = -sum((exact(line.qty) for line in origin._paid_refunds() - mine), ZERO)
        pieces = min(-sum((exact(line.qty) for line in mine), ZERO), exact(origin.qty) - earlier)
        return min(total * max(pieces, ZERO) / exact(origin.qty), offered)
