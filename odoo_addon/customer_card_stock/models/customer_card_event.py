from odoo import models
from odoo.addons.customer_card.lib.exact import shown
from odoo.tools import format_date

FIRST_LOTS = 20


class CustomerCardEvent(models.Model):
    """The issue dialog asks for the lot of tracked articles."""

    _inherit = "customer.card.event"

    def _allowed_products(self, allowance, query=None):
        """Add ``tracking`` and ``lots``: the first lots in stock, the one to take first on top."""
        found = super()._allowed_products(allowance, query)
        products = self.env["product.product"].browse(one["id"] for one in found)
        tracked = products.filtered(lambda one: one.tracking != "none" and one.type == "consu")
        if not tracked or not self.till_id._knows_lots(self.company_id):
            return found
        warehouse = self.till_id._issue_warehouse(self.company_id)
        lots = self.env["stock.lot"]._issuable(tracked, warehouse)
        for one, product in zip(found, products, strict=True):
            if product in tracked:
                one["tracking"] = product.tracking
                one["lots"] = [
                    self._lot(lot, free) for lot, free in lots.get(product, [])[:FIRST_LOTS]
                ]
        return found

    def _lot(self, lot, free):
        return {
            "id": lot.id,
            "name": lot.name,
            "expires": format_date(self.env, lot._expiry()) if lot._expiry() else "",
            "free": shown(self.env, free),
        }

    def _counter(self, enrolment, allowance):
        """A tracked article is issued at once only when there is no choice between lots."""
        counter = super()._counter(enrolment, allowance)
        if counter["direct"] and "lots" in counter["products"][0]:
            lots = counter["products"][0]["lots"]
            counter["direct"] = len(lots) == 1
            counter["choices"] = {"lot_id": lots[0]["id"]} if lots else {}
        return counter

    def _entry_values(self, choices):
        return {**super()._entry_values(choices), "lot_id": choices.get("lot_id") or False}
