from odoo import models
from odoo.addons.customer_card.exceptions import CardNotUsable
from odoo.addons.customer_card.lib.exact import shown


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _check_issue(self, allowance, product, quantity, today, values, is_used):
        res = super()._check_issue(allowance, product, quantity, today, values, is_used)
        product = product.sudo()
        # Only the dialog can ask; other callers leave the lot to whoever books the stock.
        if "lot_id" in values and product.type == "consu" and product.tracking != "none":
            self._check_lot(product, quantity, values)
        return res

    def _check_lot(self, product, quantity, values):
        """Refuse a lot that is not in the till's stock.

        :raises CardNotUsable: no lot, another article's, or not so many pieces of it
        """
        till = self.env["customer.till"].sudo().browse(values.get("till_id"))
        company = self.company_id or till.company_id or self.env.company
        if not till._knows_lots(company):
            return
        warehouse = till._issue_warehouse(company)
        in_stock = dict(self.env["stock.lot"]._issuable(product, warehouse).get(product, []))
        lot = self.env["stock.lot"].sudo().browse(values["lot_id"])
        free = in_stock.get(lot, 0)
        if not lot or not free:
            raise CardNotUsable(
                self.env._(
                    "Choose a lot or serial number of %(product)s that is in the stock of"
                    " %(warehouse)s: nothing was issued.",
                    product=product.display_name,
                    warehouse=warehouse.name,
                )
            )
        if quantity > free:
            raise CardNotUsable(
                self.env._(
                    "Only %(free)s of %(lot)s in stock: nothing was issued."
                    " Enter a smaller quantity or choose another lot.",
                    free=shown(self.env, free),
                    lot=lot.name,
                )
            )

    def _after_own_issue(self, entry):
        """Let the worker book goods out of the stock."""
        res = super()._after_own_issue(entry)
        self.env["customer.card.outbox"]._add("issue", entry, entry.reason)
        return res
