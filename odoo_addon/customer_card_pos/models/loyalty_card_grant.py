from odoo import models


class LoyaltyCardGrant(models.Model):
    _inherit = "loyalty.card.grant"

    def _lots_of(self, line):
        if line._name == "pos.order.line":
            return line.pack_lot_ids.filtered("lot_name").mapped("lot_name")
        return super()._lots_of(line)
