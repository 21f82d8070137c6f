from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.coverage import units_at_price


class SaleOrderLine(models.Model):
    """The price of many is for many: who pays for a few of them pays the price of a few."""

    _inherit = "sale.order.line"

    def _at_price(self, units):
        """Return how many of *units* are given for what they were paid with."""
        quoted = (self.card_quoted or {}).get("quantity") or self.product_uom_qty
        many = self._units(quoted)
        if not self.card_price_fixed or units <= 0 or units >= many:
            return units
        price = self._list_price_of(many)
        return units_at_price(units, price, lambda some: max(self._list_price_of(some), price))

    def _list_price_of(self, units):
        """Return the price of one of *units* at the time of the quotation."""
        order = self.order_id.sudo()
        return exact(
            order.pricelist_id._get_product_price(
                self.product_id, float(units), currency=order.currency_id, date=self._quoted_at()
            )
        )
