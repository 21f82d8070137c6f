from odoo import fields, models
from odoo.addons.customer_card.lib.plain_reference import PlainMany2one


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    warehouse_id = PlainMany2one("stock.warehouse", string="Branch")
    lot_id = PlainMany2one("stock.lot", string="Lot/Serial number")
    stock_move_ids = fields.One2many("stock.move", "card_entry_id", readonly=True)
    stock_state = fields.Selection(
        [("none", "No stock"), ("waiting", "Waiting"), ("failed", "Failed"), ("done", "Booked")],
        compute="_compute_stock_state",
        string="Stock",
    )

    def _carried_values(self):
        return {
            **super()._carried_values(),
            "warehouse_id": self.warehouse_id.id,
            "lot_id": self.lot_id.id,
        }

    def _compute_stock_state(self):
        rows = (
            self.env["customer.card.outbox"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)])
        )
        waiting = {row.res_id: row.state for row in rows}
        states = {"pending": "waiting", "failed": "failed", "dead": "failed"}
        for entry in self:
            booked = entry.sudo().stock_move_ids or entry.foreign_reference
            done = "done" if booked else "none"
            entry.stock_state = states.get(waiting.get(entry.id), done)
