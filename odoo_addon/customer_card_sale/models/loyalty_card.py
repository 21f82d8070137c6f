from odoo import api, models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _sales_are_guarded(self):
        return True

    def _is_live(self, day):
        """Tell whether this enrolment can be used on *day*, whoever holds it."""
        self.ensure_one()
        return bool(
            self.active
            and not self.blocked
            and (not self.valid_from or self.valid_from <= day)
            and (not self.expiration_date or self.expiration_date >= day)
        )
