from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _models_of_set_up(self):
        """Log-ins are employees', and never changed."""
        return [*super()._models_of_set_up(), "customer.card.login"]
