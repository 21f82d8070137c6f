from odoo import fields, models
from odoo.exceptions import UserError


class CustomerCardOutbox(models.Model):
    _inherit = "customer.card.outbox"

    def _book_issue(self):
        """Book the stock move of an issue or reversal, or the reversal of a returned move."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id)
        if self.model == "stock.move":
            self._take_back(record.exists())
        elif not self.env["stock.move"].search_count([("card_entry_id", "=", record.id)], limit=1):
            self._move_goods(record)

    def _take_back(self, move):
        """Give the allowance back for goods that a return brought into the stock already."""
        issue = move.origin_returned_move_id.card_entry_id
        if not issue or issue._not_returned() <= 0:
            return
        back = move.product_uom._compute_quantity(move.quantity, issue.product_id.uom_id)
        move.card_entry_id = issue.card_id._reverse_issue(
            issue, quantity=back, key=f"stock.move:{move.id}"
        )

    def _move_goods(self, entry):
        product = entry.product_id.exists()
        if not product:
            raise UserError(
                self.env._("The article of this issue was deleted: book the stock by hand.")
            )
        picking = (
            self.env["stock.picking"]
            .with_company(entry.company_id)
            .with_context(tracking_disable=True, mail_create_nosubscribe=True)
            .create(self._picking_values(entry, product))
        )
        # Not the picking's own _action_done: a shop's delivery mails are not for issues.
        picking.move_ids._action_done()
        if picking.state != "done":
            raise UserError(
                self.env._(
                    "The stock move could not be completed. Check the article's tracking settings."
                )
            )
        picking.date_done = fields.Datetime.now()

    def _picking_values(self, entry, product):
        """Return a transfer with the one move of *entry*: out, or back in for a reversal."""
        warehouse = entry.till_id._issue_warehouse(entry.company_id)
        if not warehouse:
            raise UserError(
                self.env._(
                    "Company %s has no warehouse. Create one.", entry.company_id.display_name
                )
            )
        partner = entry.partner_id.exists() or entry.card_id.partner_id
        shop = warehouse.lot_stock_id
        away = partner.with_company(entry.company_id).property_stock_customer or self.env.ref(
            "stock.stock_location_customers"
        )
        back = entry.quantity < 0
        out_type = warehouse.out_type_id
        back_type = out_type.return_picking_type_id or warehouse.in_type_id
        places = {
            "location_id": (away if back else shop).id,
            "location_dest_id": (shop if back else away).id,
        }
        shared = {
            "company_id": entry.company_id.id,
            "partner_id": partner.id,
            "origin": entry.card_id.program_id.name,
            "picking_type_id": (back_type if back else out_type).id,
            **places,
        }
        move = self._move_values(entry, product, places)
        return {**shared, "move_ids": [(0, 0, {**shared, **move})]}

    def _move_values(self, entry, product, places):
        quantity = abs(entry.quantity)
        shared = {"product_id": product.id, "product_uom_id": product.uom_id.id, **places}
        issued = entry.reversal_of_id.stock_move_ids.filtered(lambda move: move.state == "done")
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "origin_returned_move_id": issued[:1].id,
            "card_entry_id": entry.id,
            "picked": True,
            "move_line_ids": [
                (0, 0, {**shared, "quantity": quantity, "lot_id": self._lot(entry, product).id})
            ],
        }

    def _lot(self, entry, product):
        """Return the lot the seller chose; where nobody could choose, the only one in stock."""
        lots = self.env["stock.lot"]
        if product.tracking == "none" or entry.lot_id:
            return entry.lot_id.exists()
        warehouse = entry.till_id._issue_warehouse(entry.company_id)
        in_stock = lots._issuable(product, warehouse).get(product, [])
        return in_stock[0][0] if len(in_stock) == 1 else lots

    def _foreign_issue(self, entry):
        """Name the lot, if one was chosen while the stock was still kept here."""
        issue = super()._foreign_issue(entry)
        return {**issue, "lot": entry.lot_id.exists().name or ""}
