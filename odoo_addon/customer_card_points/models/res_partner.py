from odoo import fields, models


class ResPartner(models.Model):
    """What birthdays and segments need, under the names that OCA's modules have for it."""

    _inherit = "res.partner"

    birthdate_date = fields.Date("Birthdate")
    gender = fields.Selection([("male", "Male"), ("female", "Female"), ("other", "Other")])

    def _points_segment(self):
        """Return "lady" or "gent" as the customer's gender tells, or False."""
        self.ensure_one()
        return {"male": "gent", "female": "lady"}.get(self.sudo().gender, False)
