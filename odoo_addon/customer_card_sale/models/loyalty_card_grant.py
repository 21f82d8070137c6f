from odoo import models


class LoyaltyCardGrant(models.Model):
    _inherit = "loyalty.card.grant"

    def _lots_of(self, line):
        """Of a quotation the delivery says it, where there is a stock at all."""
        if line._name == "sale.order.line" and "move_ids" in line._fields:
            return line.move_ids.move_line_ids.lot_id.mapped("name")
        return super()._lots_of(line)
