from odoo import api, fields, models
from odoo.tools import SQL


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


class CustomerTill(models.Model):
    _inherit = "customer.till"

    def action_new_key(self):
        """Give the till's reader a new API key; an earlier one stops working at once.

        A till without a reader user gets one: a portal user that may report cards and nothing else.

        :raises AccessError: no manager, or the till's user is anybody else than such a reader
        """
        self.ensure_one()
        self.check_access("write")
        till = self.sudo()
        key, until = till._give_key()
        till._drop_keys(SQL("index != %s", till.pending_key))
        till.pending_key = False
        shown = (
            self.env["customer.till.key"]
            .sudo()
            .create({"till_id": till.id, "valid_until": until.date()})
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Key of the reader at %s", till.name),
            "res_model": shown._name,
            "res_id": shown.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"shown_key": key},
        }
