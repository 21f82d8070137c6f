from odoo import models


class LoyaltyCard(models.Model):
    """Odoo's own buttons on a balance; what it writes passes ``loyalty_card_ledger.py``."""

    _inherit = "loyalty.card"

    def action_loyalty_update_balance(self):
        """Correct our programs in their own dialog, which knows counters, paid and bonus."""
        self.ensure_one()
        if not self.is_enrolment:
            return super().action_loyalty_update_balance()
        return self._open_correction(self.env._("Correct balance"))
