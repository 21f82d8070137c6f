from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """A posted credit note takes back what its lines sold or redeemed; in draft it returns."""
        res = super().write(vals)
        if "state" in vals:
            lines = self.invoice_line_ids.sudo().sale_line_ids
            lines = lines.filtered(lambda line: line.state == "sale")
            lines._settle_programs()
            lines._settle_redemptions()
        return res
