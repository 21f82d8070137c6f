from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    card_entry_id = fields.Many2one(
        "loyalty.card.entry", string="History entry", readonly=True, copy=False, ondelete="restrict"
    )

    _one_per_entry = models.UniqueIndex(
        "(card_entry_id) WHERE card_entry_id IS NOT NULL", "This issue left the stock already."
    )
