from odoo import api, models


class CustomerCardEvent(models.Model):
    """A claimed card tells the screen which point of sale to open."""

    _inherit = "customer.card.event"

    @api.model
    def claim(self, event_id, page, screen=None):
        claim = super().claim(event_id, page, screen)
        if claim and claim["action"] == "pos":
            till = self.sudo().browse(event_id).till_id
            claim["pos_config_id"] = till._get_pos_config().id
        return claim
