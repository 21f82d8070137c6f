from odoo import fields, models


class CustomerTill(models.Model):
    """A till knows its point of sale, so that a card can open the right session."""

    _inherit = "customer.till"

    pos_config_id = fields.Many2one(
        "pos.config",
        string="Point of sale",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
        help="Opens when a card asks for a point of sale order. Empty: the company's only one.",
    )

    def _on_account_action(self):
        action = super()._on_account_action()
        return "pos" if action == "customer" else action

    def _get_pos_config(self):
        """Return the point of sale of this till; without a choice the company's only one."""
        self.ensure_one()
        if self.pos_config_id:
            return self.pos_config_id
        configs = self.env["pos.config"].search([("company_id", "=", self.company_id.id)], limit=2)
        return configs if len(configs) == 1 else configs.browse()
