from odoo import models
from odoo.addons.customer_card.lib.exact import exact


class PosOrder(models.Model):
    """What a paid order earns points on: its own lines at the server's reckoning, once."""

    _inherit = "pos.order"

    def _earning_lines(self):
        """Return what this order sells, as ``account.move._earning_lines``.

        Amounts that a till has sent are not read. What no payment and no captured credit covers
        lowers all lines: points are for money received.
        """
        self.ensure_one()
        if self.state not in ("paid", "done"):
            return []
        lines = [line._earning_line() for line in self.lines]
        paid = exact(sum(self._counted_payments().mapped("amount"))) + self._credit_taken()
        missing = paid - sum(
            (
                one["gross"]
                for line, one in zip(self.lines, lines, strict=True)
                if not line._pays_with_credit()
            ),
            exact(0),
        )
        if missing < -self._get_rounding():
            lines.append({**self._earning_values(), "gross": missing, "lowers": True})
        return lines

    def _earning_values(self):
        return {
            "customer": self._get_card_customer().id,
            "product": False,
            "date": self._get_day(),
            "currency": self.currency_id.id,
        }

    def _credit_taken(self):
        """Return what this order has taken, or still holds, off money accounts, in its currency."""
        mine = [("origin_model", "=", self._name), ("origin_id", "=", self.id)]
        entries = self.env["loyalty.card.entry"].sudo().search([*mine, ("reason", "=", "sale")])
        entries = entries.filtered(lambda one: one.delta < 0 and one.card_id._holds_money())
        holds = (
            self.env["loyalty.card.hold"]
            .sudo()
            .search([("key", "=like", f"pos.order:{self.uuid}:%"), ("state", "=", "open")])
        )
        held = holds.filtered(lambda one: one.card_id._holds_money()).mapped("amount")
        return sum(map(exact, held), exact(0)) - sum(map(exact, entries.mapped("delta")), exact(0))


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _earning_line(self):
        gross = self._server_total()
        values = self.order_id._earning_values()
        if self._is_return():  # what comes back is taken from who has earned on it
            values["customer"] = self.refunded_orderline_id.order_id._get_card_customer().id
        return {
            **values,
            "product": self.product_id.id,
            "gross": gross,
            "discount": self.discount,
            "lowers": self._lowers(gross),
        }

    def _lowers(self, gross):
        """Tell whether the line lowers what the others cost, or gives such a line back."""
        if self._is_return() and self.refunded_orderline_id._server_total() < 0:
            return not self.refunded_orderline_id._pays_with_credit()
        return gross < 0 and not self._takes_back() and not self._pays_with_credit()

    def _takes_back(self):
        """Tell whether the line returns an article: all returns of it no more than its price."""
        origin = self.refunded_orderline_id
        if not self._returns_article():
            return False
        returns = origin._paid_refunds() | self
        return -sum(line._server_total() for line in returns) <= origin._server_total()

    def _pays_with_credit(self):
        """Tell whether the line is a payment with credit: what it really took the ledger says."""
        return bool(self.coupon_id and self.reward_id.program_id.is_payment_program)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _earning_lines(self):
        """The invoice of a counter sale earns nothing: the sale has earned already."""
        return [] if self.pos_order_ids else super()._earning_lines()
