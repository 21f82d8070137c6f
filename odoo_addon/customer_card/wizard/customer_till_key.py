from odoo import api, fields, models


class CustomerTillKey(models.TransientModel):
    """Shows a till's new API key, once: the form has it from the action, the database never."""

    _name = "customer.till.key"
    _description = "Key of a reader"

    till_id = fields.Many2one("customer.till", required=True, readonly=True, ondelete="cascade")
    login = fields.Char(related="till_id.user_id.login")
    key = fields.Char(compute="_compute_key")
    valid_until = fields.Date(readonly=True)

    @api.depends_context("shown_key")
    def _compute_key(self):
        self.key = self.env.context.get("shown_key", False)
