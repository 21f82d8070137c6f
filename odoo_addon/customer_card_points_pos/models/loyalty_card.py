from dataclasses import replace

from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card_points.rules.redemption import redemption_of


class LoyaltyCard(models.Model):
    """Points at a till are redeemed by the terms of their card, and never by one rate."""

    _inherit = "loyalty.card"

    def _get_pos_balance(self, order_uuid=None):
        """Add the terms by which the till works out what can be redeemed."""
        balance = super()._get_pos_balance(order_uuid)
        if self.kind != "points":
            return balance
        terms = self._redeem_terms_now()
        return {
            **balance,
            "redeem": {
                "pointsPerUnit": float(terms.points_per_unit),
                "kind": terms.kind,
                "factor": float(terms.factor),
                "least": float(terms.least),
                "most": float(terms.most),
                "isWindow": terms.is_window,
                "serviceCheaper": float(terms.service_cheaper),
                "articleCheaper": float(terms.article_cheaper),
                "serviceDirect": float(terms.service_direct),
                "articleDirect": float(terms.article_direct),
                "isFree": terms.is_free,
            },
        }

    def _get_spend_refusal(self, may):
        refusal = super()._get_spend_refusal(may)
        if refusal or self.kind != "points":
            return refusal
        return self._points_refusal(exact(self.points))

    def _in_money(self, points):
        """Return what *points* are worth by their factor: divided once, at the end."""
        if self.kind != "points":
            return super()._in_money(points)
        return exact(max(points, 0) / exact(self.program_id.points_per_unit))

    def _value_back(self, points, value, price):
        if self.kind != "points":
            return super()._value_back(points, value, price)
        return min(value, exact(points * price))

    def _get_spent(self, hold, lines, shown):
        if self.kind != "points":
            return super()._get_spent(hold, lines, shown)
        return self._points_quote(lines, shown, exact(hold.amount)).points

    def _value_of(self, spent, lines, shown):
        if self.kind != "points":
            return super()._value_of(spent, lines, shown)
        return min(shown, self._points_quote(lines, shown, spent).value)

    def _value_unreserved(self, lines, shown):
        """What costs no points needs the balance only, and an account of this customer."""
        value = super()._value_unreserved(lines, shown)
        if self.kind != "points":
            return value
        order = lines.order_id
        opened = self.with_company(order.company_id)._open_to_order(
            order.partner_id, order.customer_card_id
        )[1]
        if self not in opened:
            return value
        parts = order._points_parts(lines)
        quote = redemption_of(self._redeem_terms_now(), parts, exact(self.points), shown)
        return value if quote.points else min(shown, quote.value)

    def _points_quote(self, lines, shown, reserved):
        """Return what is right of lines that take *shown* off, for at most *reserved* points."""
        terms = self._redeem_terms_now()
        most = min(terms.most, reserved) if terms.most else reserved
        terms = replace(terms, most=most, is_window=False, least=exact(0))
        parts = lines.order_id._points_parts(lines)
        return redemption_of(terms, parts, reserved, shown)
