from odoo import models

ADDRESSES = ("invoice", "delivery", "other")


class ResPartner(models.Model):
    """An address of a customer is no customer: what it buys, its customer buys."""

    _inherit = "res.partner"

    def _card_customer(self):
        """Return whose programs count for this partner: those of whom it is an address of."""
        return self.parent_id if self.type in ADDRESSES and self.parent_id else self
