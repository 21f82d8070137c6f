from odoo import models
from odoo.exceptions import UserError


class CustomerCardOutbox(models.Model):
    _inherit = "customer.card.outbox"

    def _book_issue(self):
        """Book the stock move of an issue, or of its reversal with the locations swapped."""
        self.ensure_one()
        super()._book_issue()
        entry = self.env["loyalty.card.entry"].browse(self.res_id)
        moves = self.env["stock.move"].with_company(entry.company_id)
        if moves.search_count([("card_entry_id", "=", entry.id)], limit=1):
            return
        product = entry.product_id.exists()
        if not product:
            raise UserError(
                self.env._("The article of this issue was deleted: book the stock by hand.")
            )
        move = moves.create(self._stock_move_values(entry, product))
        move._action_done()
        if move.state != "done":
            raise UserError(
                self.env._(
                    "The stock move could not be completed. Check the article's tracking settings."
                )
            )

    def _stock_move_values(self, entry, product):
        source = entry.till_id.exists().warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", entry.company_id.id)], limit=1
        )
        if not source:
            raise UserError(
                self.env._(
                    "Company %s has no warehouse. Create one.", entry.company_id.display_name
                )
            )
        partner = entry.card_id.partner_id
        shop = source.lot_stock_id
        away = partner.with_company(entry.company_id).property_stock_customer or self.env.ref(
            "stock.stock_location_customers"
        )
        back = entry.quantity < 0
        places = {
            "location_id": (away if back else shop).id,
            "location_dest_id": (shop if back else away).id,
        }
        line = {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": abs(entry.quantity),
            **places,
        }
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": abs(entry.quantity),
            "company_id": entry.company_id.id,
            "partner_id": partner.id,
            "origin": entry.card_id.program_id.name,
            "card_entry_id": entry.id,
            "move_line_ids": [(0, 0, line)],
            "picked": True,
            **places,
        }
