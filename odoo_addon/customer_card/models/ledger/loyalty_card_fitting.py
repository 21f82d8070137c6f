from odoo import fields, models


class LoyaltyCardGrant(models.Model):
    """The line that sold a program for a fitting, and the lots on that line (EX-04)."""

    _inherit = "loyalty.card.grant"

    lot_names = fields.Char(
        string="Lot / serial number", compute="_compute_lot_names", compute_sudo=True
    )

    def _compute_lot_names(self):
        for grant in self:
            lots = []
            if grant.origin_model in self.env:
                line = self.env[grant.origin_model].browse(grant.origin_id).exists()
                lots = grant._lots_of(line) if line else []
            grant.lot_names = ", ".join(lots)

    def _lots_of(self, line):
        """Hook: return the names of the lots that *line*, which sold this unit, handed over."""
        return []
