from datetime import timedelta

from odoo import fields, models

LIFE = timedelta(days=364)


class CustomerTillKey(models.TransientModel):
    """Shows a till's new API key, once."""

    _name = "customer.till.key"
    _description = "Key of a reader"

    till_id = fields.Many2one("customer.till", required=True, readonly=True, ondelete="cascade")
    login = fields.Char(related="till_id.user_id.login")
    key = fields.Char(readonly=True)
    valid_until = fields.Date(readonly=True)


class CustomerTill(models.Model):
    _inherit = "customer.till"

    def action_new_key(self):
        """Give the till's reader a new API key; an earlier one stops working at once.

        A till without a reader user gets one: a portal user that may report cards and nothing else.
        """
        self.ensure_one()
        self.check_access("write")
        till = self.sudo()
        if not till.user_id:
            till.user_id = till._create_reader_user()
        keys = till.env["res.users.apikeys"].with_user(till.user_id).sudo()
        keys.search([("user_id", "=", till.user_id.id), ("scope", "=", "rpc")]).unlink()
        until = fields.Datetime.now() + LIFE
        shown = self.env["customer.till.key"].create(
            {
                "till_id": till.id,
                "key": keys._generate("rpc", till.name, until),
                "valid_until": until.date(),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Key of the reader at %s", till.name),
            "res_model": shown._name,
            "res_id": shown.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _create_reader_user(self):
        groups = self.env.ref("base.group_portal") | self.env.ref("customer_card.group_bridge")
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": self.env._("Reader of %s", self.name),
                    "login": f"reader-{self.id}",
                    "lang": self.env.user.lang,
                    "tz": self.env.user.tz,
                    "company_id": self.company_id.id,
                    "company_ids": [fields.Command.set(self.company_id.ids)],
                    "group_ids": [fields.Command.set(groups.ids)],
                }
            )
        )
