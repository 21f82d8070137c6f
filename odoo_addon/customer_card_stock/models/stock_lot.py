from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.tools import SQL

ENDLESS = fields.Datetime.to_datetime("9999-12-31")


class StockLot(models.Model):
    """Which lots may go over the counter."""

    _inherit = "stock.lot"

    @api.model
    def _issuable(self, products, warehouse):
        """Return ``{product: [(lot, free quantity)]}`` of the lots in stock, first expired first.

        Reserved pieces and issues that still wait for the worker are not free; lots past their
        expiry are left out. Without expiry dates the oldest stock comes first.
        """
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("lot_id", "!=", False),
                    ("location_id", "child_of", warehouse.lot_stock_id.ids),
                    ("location_id.usage", "=", "internal"),
                ],
                ["lot_id"],
                ["quantity:sum", "reserved_quantity:sum", "in_date:min"],
            )
        )
        lots = self.sudo().browse(lot.id for lot, *_rest in groups)
        waiting = lots._waiting()
        now = fields.Datetime.now()
        found = defaultdict(list)
        for lot, quantity, reserved, in_date in groups:
            free = exact(quantity) - exact(reserved) - exact(waiting.get(lot.id))
            expiry = lot._expiry()
            if free > 0 and (not expiry or expiry > now):
                order = (lot._removal() or ENDLESS, in_date or ENDLESS, lot.id)
                found[lot.product_id].append((order, lot, free))
        return {
            product: [(lot, free) for _order, lot, free in sorted(rows, key=lambda row: row[0])]
            for product, rows in found.items()
        }

    def _expiry(self):
        """Return when the lot expires; only with Odoo's expiry dates installed."""
        return self.expiration_date if "expiration_date" in self._fields else False

    def _removal(self):
        """Return when the lot should have left the stock, as Odoo's own FEFO reads it."""
        return (self._expiry() and self.removal_date) or self._expiry()

    def _waiting(self):
        """Return ``{lot id: pieces}`` that were issued but not yet taken out of the stock."""
        if not self:
            return {}
        self.env["customer.card.outbox"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT entry.lot_id, SUM(entry.quantity) FROM customer_card_outbox waiting"
                    " JOIN loyalty_card_entry entry ON entry.id = waiting.res_id"
                    " WHERE waiting.model = 'loyalty.card.entry' AND waiting.stream = 'issue'"
                    " AND entry.lot_id IN %s GROUP BY entry.lot_id",
                    tuple(self.ids),
                )
            )
        )
