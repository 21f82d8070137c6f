"""What a day's orders were: turnover, top-ups and what cards paid, each for itself (HS-12)."""

from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS, MONEY_TYPES

from .pos_order_value import ZERO

LINE = "pos.order.line"
PARTS = ("turnover", "top_ups", "card")


def _row(key, name, amount, note=""):
    return {"key": key, "name": name, "amount": float(amount), "note": note}


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _by_closing_part(self):
        """Return these lines by "turnover", "top_ups" and "card".

        What comes back belongs where it came from.
        """
        ids = {name: [] for name in PARTS}
        credit = (self | self.refunded_orderline_id)._get_credit_articles()
        for line in self:
            origin = line.refunded_orderline_id or line
            if origin.reward_id and origin.coupon_id.sudo()._pays():
                ids["card"].append(line.id)
            elif origin.product_id in credit and not origin.is_reward_line:
                ids["top_ups"].append(line.id)
            else:
                ids["turnover"].append(line.id)
        return {name: self.browse(found) for name, found in ids.items()}

    def _get_credit_articles(self):
        """Return those of the lines' articles that sell credit or vouchers, ours or native."""
        products = self.product_id
        ours = [("kind", "in", MONEY_KINDS), ("sale_product_id", "in", products.ids)]
        native = [
            ("program_id.program_type", "in", MONEY_TYPES),
            ("program_id.kind", "=", False),
            ("product_ids", "in", products.ids),
        ]
        programs = self.env["loyalty.program"].sudo().with_context(active_test=False)
        rules = self.env["loyalty.rule"].sudo().with_context(active_test=False)
        sold = programs.search(ours).sale_product_id | rules.search(native).product_ids
        return (sold & products).sudo(False)


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_card_closing(self):
        """Return what these paid orders, all of one currency, come to.

        turnover + top-ups - paid with cards + rounding = payments, to the cent. Computed from the
        lines; the bonus is what the ledger says.

        :return: rows with ``key``, ``name``, ``amount`` and ``note``; the last one is what was paid
        """
        parts = self.lines._by_closing_part()
        turnover, top_ups, card = (
            sum((line._server_total() for line in parts[name]), ZERO) for name in PARTS
        )
        payments = sum((exact(one.amount) for one in self.payment_ids), ZERO)
        rows = [
            _row("turnover", self.env._("Turnover"), turnover),
            _row("top_ups", self.env._("Top-ups"), top_ups, self._get_bonus_text()),
            _row("card", self.env._("Paid with customer card"), card),
        ]
        if rounding := payments - turnover - top_ups - card:
            rows.append(_row("rounding", self.env._("Rounding"), rounding))
        return [*rows, _row("payments", self.env._("Payments"), payments)]

    def _get_bonus_text(self):
        bonus = self._get_bonus_given()
        if not bonus:
            return ""
        currency = self.currency_id[:1] or self.env.company.currency_id
        return self.env._("Bonus %s", currency.format(float(bonus)))

    def _get_bonus_given(self):
        """Return the bonus that these orders gave, less what their refunds took back."""
        entries = self.env["loyalty.card.entry"].sudo()
        mine = [("origin_model", "=", LINE), ("origin_id", "in", self.lines.ids)]
        booked = entries.search([*mine, ("reason", "=", "grant")])
        returned = self.lines.refunded_orderline_id
        back = [("origin_model", "=", LINE), ("origin_id", "in", returned.ids)]
        names = [order.pos_reference or order.name for order in self]
        booked |= entries.search([*back, ("reason", "=", "reversal"), ("note", "in", names)])
        return sum((exact(entry.bonus_delta) for entry in booked), ZERO)
