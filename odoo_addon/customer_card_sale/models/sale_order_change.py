"""Whatever changes an order brings its card discounts up to date, whoever writes."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models

# Orders whose discounts are brought up to date when the running step is through.
_CHANGED = ContextVar("changed", default=None)
# Writing one of these can change which programs apply, or what they give.
ORDER_FIELDS = {
    *("order_line", "partner_id", "customer_card_id", "pricelist_id", "currency_id"),
    *("fiscal_position_id", "company_id"),
}
LINE_FIELDS = {
    *("product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids"),
    *("order_id", "linked_line_id", "combo_item_id"),
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @contextmanager
    def _changing(self):
        """Bring the card discounts of these orders up to date once, after the code inside."""
        changed = _CHANGED.get()
        if changed is not None:
            changed.update(self.ids)
            yield
            return
        changed = set(self.ids)
        token = _CHANGED.set(changed)
        try:
            yield
        finally:
            _CHANGED.reset(token)
        self.browse(sorted(changed)).exists()._auto_apply_card_rewards()

    @api.model_create_multi
    def create(self, vals_list):
        with self.browse()._changing():
            orders = super().create(vals_list)
            with orders._changing():
                return orders

    def write(self, vals):
        # A quotation that was cancelled has lost its discounts, and gets them again as a draft.
        if vals.get("state") != "draft" and not _changes_amounts(self, vals, ORDER_FIELDS):
            return super().write(vals)
        with self._changing():
            return super().write(vals)

    def _recompute_taxes(self):
        """Fixed prices follow the taxes: at other taxes the pricelist's price is another one."""
        with self._changing():
            res = super()._recompute_taxes()
            fixed = self.order_line.filtered("card_price_fixed")
            fixed.with_context(force_price_recomputation=True)._compute_price_unit()
            return res

    def _recompute_prices(self):
        with self._changing():
            return super()._recompute_prices()


class SaleOrderLine(models.Model):
    """Lines are written by themselves, too: by the catalogue, by RPC, by other modules."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        goods = lines._goods()
        with goods.order_id._changing():
            goods._order_what_was_delivered()
            goods.order_id._discount_added(goods)
            return lines

    def write(self, vals):
        if not _changes_amounts(self, vals, LINE_FIELDS):
            return super().write(vals)
        goods = self._goods()
        with goods.order_id._changing():
            res = super().write(vals)
            with goods.order_id._changing():
                return res

    def _goods(self):
        """Return the lines that are no rewards: those are reckoned, and may go while reckoning."""
        return self.filtered(lambda line: not line.reward_id and not line.display_type)

    def unlink(self):
        with self.order_id._changing():
            return super().unlink()


def _changes_amounts(records, vals, names):
    """Tell whether *vals* has one of *names*, or a field from which a line's amounts are computed.

    Other modules have such fields: a discount of the whole order, a second discount of a line.
    """
    if not names.isdisjoint(vals):
        return True
    written = [records._fields[name] for name in vals if name in records._fields]
    return any(
        field.model_name == "sale.order.line" and field.name in LINE_FIELDS
        for one in written
        for field in records.pool.get_dependent_fields(one)
    )
