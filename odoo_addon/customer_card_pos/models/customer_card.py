from odoo import api, fields, models


class CustomerCard(models.Model):
    """Cards come to the point of sale one by one, when they are presented or handed out."""

    _name = "customer.card"
    _inherit = ["customer.card", "pos.load.mixin"]

    holder_name = fields.Char(compute="_compute_holder_name", compute_sudo=True)

    @api.depends("partner_id.name", "number")
    def _compute_holder_name(self):
        for card in self:
            card.holder_name = card.partner_id.name or card.number

    @api.model
    def _load_pos_data_domain(self, data, config):
        return False

    @api.model
    def _load_pos_data_fields(self, config):
        return ["number", "partner_id", "order_partner_id", "on_account", "holder_name"]
