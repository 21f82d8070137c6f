from odoo import models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _has_source_order(self):
        """A sold voucher was paid: the seller need not confirm it."""
        return super()._has_source_order() or bool(self.grant_ids)
