from odoo import models


class ResPartner(models.Model):
    """Who was chosen for a change of many is forgotten with an erasure; the counts stay."""

    _inherit = "res.partner"

    def _erase_card_traces(self, enrolments, cards):
        lines = self.env["customer.card.mass.line"]
        lines.search(
            ["|", ("partner_id", "=", self.id), ("card_id", "in", enrolments.ids)]
        ).unlink()
        return super()._erase_card_traces(enrolments, cards)
