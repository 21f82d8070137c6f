from odoo import api, models


class CustomerCard(models.Model):
    """At the till a badge is called by its employee."""

    _inherit = "customer.card"

    @api.depends("employee_id.name")
    def _compute_holder_name(self):
        res = super()._compute_holder_name()
        for card in self.filtered("employee_id"):
            card.holder_name = card.employee_id.name
        return res
