from odoo import api, models
from odoo.exceptions import AccessError

# What a card is and whether it works: sellers change it by the buttons, which leave a trace.
MANAGED = {"number", "valid_until", "state", "card_type_id", "company_id", "active"}
GIVEN = {"valid_until", "state", "active"}


class CustomerCard(models.Model):
    """Who may change a card: sellers make, name and block cards; managers all the rest."""

    _inherit = "customer.card"

    @api.model_create_multi
    def create(self, vals_list):
        if not self._may_manage():
            for vals in vals_list:
                usual = {"state": "active", "active": True}
                self._refuse_managed(
                    name for name in GIVEN & vals.keys() if (vals[name] or None) != usual.get(name)
                )
        return super().create(vals_list)

    def write(self, vals):
        if not self._may_manage():
            self._refuse_managed(MANAGED & vals.keys())
        return super().write(vals)

    def action_block(self):
        """Anybody at the till may block a card; it stops working everywhere at once."""
        self.env["customer.till"]._check_seller()
        self.check_access("write")
        self.sudo().state = "blocked"

    def action_unblock(self):
        if not self._may_manage():
            raise AccessError(self.env._("Only a manager can unblock a card."))
        self.state = "active"

    def _may_manage(self):
        return self.env.su or self.env.user.has_group("customer_card.group_manager")

    def _refuse_managed(self, names):
        labels = [self._fields[name]._description_string(self.env) for name in sorted(names)]
        if labels:
            raise AccessError(
                self.env._("Only a manager can change this of a card: %s.", ", ".join(labels))
            )
