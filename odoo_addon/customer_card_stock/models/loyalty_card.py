from odoo import models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _after_issue(self, entry):
        """Let the worker book goods out of the stock; services leave none."""
        res = super()._after_issue(entry)
        if entry.product_id.type == "consu":
            self.env["customer.card.outbox"]._add("issue", entry, entry.reason)
        return res
