from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCardIssueReport(models.Model):
    _inherit = "loyalty.card.issue.report"

    warehouse_id = fields.Many2one("stock.warehouse", string="Branch", readonly=True)
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial number", readonly=True)

    @api.model
    def _select(self):
        return {
            **super()._select(),
            "warehouse_id": SQL("branch.id"),
            "lot_id": SQL("lot.id"),
        }

    @api.model
    def _holder_names(self):
        return [SQL("branch.name"), *super()._holder_names()]

    @api.model
    def _from(self):
        return SQL(
            "%s LEFT JOIN stock_warehouse branch ON branch.id = entry.warehouse_id"
            " LEFT JOIN stock_lot lot ON lot.id = entry.lot_id",
            super()._from(),
        )
