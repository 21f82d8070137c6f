from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCardIssueReport(models.Model):
    _inherit = "loyalty.card.issue.report"

    employee_id = fields.Many2one("hr.employee", string="Employee's card", readonly=True)

    @api.model
    def _select(self):
        return {**super()._select(), "employee_id": SQL("badge_holder.id")}

    @api.model
    def _holder_names(self):
        return [SQL("badge_holder.name"), *super()._holder_names()]

    @api.model
    def _from(self):
        return SQL(
            "%s LEFT JOIN hr_employee badge_holder ON badge_holder.id = entry.employee_id",
            super()._from(),
        )
