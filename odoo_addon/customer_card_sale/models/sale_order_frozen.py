import logging
from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models
from odoo.addons.customer_card.lib.opening import opening
from odoo.addons.customer_card.rules.kinds import BEARER_KINDS
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)
_STEP = ContextVar("step", default=False)
# What only the server's own steps write: by whose code a card came, what was quoted and invoiced.
LINE_BY_SERVER = {"card_quoted", "invoice_lines"}
# Which card pays, and with how much. In a quotation it is reckoned anew before it is booked.
LINE_REWARD = {"reward_id", "coupon_id", "points_cost"}
# Goods do not become a down payment, which would pay once more.
LINE_MADE_SO = {"is_downpayment"}
ORDER_BY_SERVER = {"code_enabled_rule_ids", "coupon_point_ids"}
# What bookings stand on, once they are made.
LINE_FROZEN = {
    *("product_id", "product_uom_id", "price_unit", "discount", "tax_ids", "card_side"),
    *("reward_identifier_code", "currency_id", "company_id"),
}
ORDER_FROZEN = {
    *("partner_id", "customer_card_id", "card_amounts", "currency_id", "pricelist_id"),
    *("company_id", "applied_coupon_ids"),
}


@contextmanager
def server_step():
    """Let the code inside write what clients may not: it reckons with the server's own records."""
    token = _STEP.set(True)
    try:
        yield
    finally:
        _STEP.reset(token)


def is_server_step(records):
    return records.env.su or _STEP.get() or opening() is not None


def _changed(records, vals, names):
    """Return those of *names* whose value *vals* would change."""
    found = set()
    for name in vals.keys() & names:
        field = records._fields[name]
        if field.type in ("one2many", "many2many", "json"):
            found.add(name)
            continue
        for record in records:
            new = field.convert_to_record(field.convert_to_cache(vals[name], record), record)
            if new != record[name]:
                found.add(name)
    return found


def refuse(records, sentence, names):
    labels = ", ".join(sorted(records._fields[name].string for name in names))
    _logger.warning("User %s may not write %s of %s", records.env.uid, sorted(names), records)
    raise AccessError(records.env._("%(sentence)s (%(fields)s)", sentence=sentence, fields=labels))


class SaleOrder(models.Model):
    """What was booked from an order stays as it was booked (design, door 5)."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        if not is_server_step(self):
            for vals in vals_list:
                if names := {name for name in ORDER_BY_SERVER if vals.get(name)}:
                    refuse(self, self._by_server_sentence(), names)
        orders = super().create(vals_list)
        if not is_server_step(self):
            orders.filtered(lambda order: order.state == "sale")._check_confirmed_properly()
            for order in orders:
                order._check_brought(order.applied_coupon_ids)
        return orders

    def write(self, vals):
        if not is_server_step(self):
            if names := _changed(self, vals, ORDER_BY_SERVER):
                refuse(self, self._by_server_sentence(), names)
            self._check_frozen(vals)
            if "applied_coupon_ids" in vals:
                before = {order: order.applied_coupon_ids for order in self}
                res = super().write(vals)
                for order in self:
                    order._check_brought(order.applied_coupon_ids - before[order])
                return res
        return super().write(vals)

    def _check_brought(self, cards):
        """Refuse cards that whoever has their code can use, when only their ids were brought.

        Accounts of ours are the holder's alone: redeeming asks whose they are.
        """
        strange = cards.sudo().filtered(
            lambda card: (
                card.partner_id != self.partner_id
                and (not card.is_enrolment or card.kind in BEARER_KINDS)
            )
        )
        if strange:
            refuse(self, self._by_server_sentence(), {"applied_coupon_ids"})

    def _by_server_sentence(self):
        return self.env._("Cards and vouchers come into an order by the card or by their code.")

    def _check_frozen(self, vals):
        if "state" in vals and vals["state"] == "sale":
            self.filtered(lambda order: order.state != "sale")._check_confirmed_properly()
        if vals.keys().isdisjoint(ORDER_FROZEN | {"state"}):
            return
        for order in self.filtered(lambda order: order.order_line._booked()):
            if names := _changed(order, vals, ORDER_FROZEN | {"state"}):
                sentence = self.env._(
                    "%s is confirmed, and cards were booked from it: cancel it to change this.",
                    order.name,
                )
                refuse(order, sentence, names)

    def _check_confirmed_properly(self):
        for order in self:
            if order.order_line.filtered(lambda line: line.card_program_id or line.coupon_id):
                refuse(order, self.env._("Press 'Confirm' to confirm this quotation."), {"state"})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        if not is_server_step(self):
            for vals in vals_list:
                order = self.env["sale.order"].browse(vals.get("order_id") or ())
                guarded = LINE_BY_SERVER | (LINE_REWARD if order.state == "sale" else set())
                if names := {name for name in guarded if vals.get(name)}:
                    refuse(self, self.order_id._by_server_sentence(), names)
        return super().create(vals_list)

    def write(self, vals):
        if not is_server_step(self):
            sold = self.filtered(lambda line: line.order_id.state == "sale")
            names = _changed(self, vals, LINE_BY_SERVER | LINE_MADE_SO)
            names |= _changed(sold, vals, LINE_REWARD)
            if names:
                refuse(self, self.order_id._by_server_sentence(), names)
            self._check_frozen_line(vals)
        return super().write(vals)

    def _check_frozen_line(self, vals):
        concerned = vals.keys() & (LINE_FROZEN | {"order_id", "product_uom_qty"})
        for line in self if concerned else ():
            names = set()
            if line._booked():
                names = _changed(line, vals, LINE_FROZEN | {"order_id"})
                if line.reward_id:
                    names |= _changed(line, vals, {"product_uom_qty"})
            elif line.card_program_id:
                names = _changed(line, vals, {"order_id"})
            elif "order_id" in vals and line.order_id.order_line._booked():
                # What was redeemed for it stays with the order.
                names = _changed(line, vals, {"order_id"})
            if not names and line.order_id.state == "sale" and vals.get("product_id"):
                product = self.env["product.product"].browse(vals["product_id"])
                if product.is_card_program:
                    names = _changed(line, vals, {"product_id"})
            if names:
                sentence = self.env._(
                    "This line of %s is confirmed, and cards were booked from it: change its"
                    " quantity, or cancel the order.",
                    line.order_id.name,
                )
                refuse(line, sentence, names)

    def _booked(self):
        """Return the confirmed lines that sell a program, or take something off an account."""
        return self.filtered(
            lambda line: (
                line.order_id.state == "sale"
                and (
                    line.card_program_id
                    or (line.reward_id and line.sudo().coupon_id._is_ledgered())
                )
            )
        )


class SaleOrderCouponPoints(models.Model):
    _inherit = "sale.order.coupon.points"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_server_step()
        return super().create(vals_list)

    def write(self, vals):
        self._check_server_step()
        return super().write(vals)

    def _check_server_step(self):
        if not is_server_step(self):
            refuse(self, self.env._("Points of an order are reckoned, not entered."), {"points"})
