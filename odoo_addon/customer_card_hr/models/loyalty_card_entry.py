from odoo import models
from odoo.addons.customer_card.lib.plain_reference import PlainMany2one


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    employee_id = PlainMany2one("hr.employee", string="Employee's card")

    def _carried_values(self):
        return {**super()._carried_values(), "employee_id": self.employee_id.id}
