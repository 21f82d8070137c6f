from odoo import fields, models


class CustomerCardIssueSlip(models.TransientModel):
    """Slips of what one payer is billed for (EX-09)."""

    _inherit = "customer.card.issue.slip"

    payer_id = fields.Many2one("res.partner", help="Who is billed for the issues.")

    def _domain(self):
        domain = super()._domain()
        if self.payer_id:
            domain.append(("card_id.program_id.payer_id", "=", self.payer_id.id))
        return domain


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    def _slip_payer(self):
        return self.card_id.program_id.payer_id
