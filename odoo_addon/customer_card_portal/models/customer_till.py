from odoo import api, models

from ..rules import rotating


class CustomerTill(models.Model):
    _inherit = "customer.till"

    @api.model
    def _scanned_kind(self, text):
        return "signed" if rotating.parse(text) else super()._scanned_kind(text)
