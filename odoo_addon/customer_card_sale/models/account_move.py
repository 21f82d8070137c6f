from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """A posted credit note takes back the programs of its lines; back in draft they return."""
        res = super().write(vals)
        if "state" in vals:
            lines = self.invoice_line_ids.sudo().sale_line_ids
            lines.filtered(lambda line: line.state == "sale")._settle_programs()
        return res
