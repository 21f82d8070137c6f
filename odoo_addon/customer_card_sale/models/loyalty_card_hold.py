from odoo import models


class LoyaltyCardHold(models.Model):
    _inherit = "loyalty.card.hold"

    def _place(self):
        """Name the quotation: the seller opens it to take the redemption off."""
        place = super()._place()
        model, _colon, rest = self.key.partition(":")
        if model != "sale.order":
            return place
        order = self.env["sale.order"].sudo().browse(int(rest.partition(":")[0])).exists()
        return f"{place} {order.name}" if order else place
