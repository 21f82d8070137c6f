from odoo import models
from odoo.exceptions import AccessError

from ...lib.opening import open_ledger


class LoyaltyCardUpdateBalance(models.TransientModel):
    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        """Only managers change a balance by hand; it is booked as a correction (law 8)."""
        if not self.env.su and not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may correct a balance."))
        with open_ledger(reason="correction", note=self.description):
            return super().action_update_card_point()
