import json

from odoo import api, models


class LoyaltyReward(models.Model):
    """The point of sale matches the articles of a discount itself, in JavaScript."""

    _inherit = "loyalty.reward"

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "specificity"]

    def _replace_ilike_with_in(self, domain_str):
        """Spell out hierarchies, too: in JavaScript ``child_of`` is true for every article."""
        domain = json.loads(super()._replace_ilike_with_in(domain_str))
        for index, condition in self._parse_domain(domain or []).items():
            name, operator, value = condition
            field = self.env["product.product"]._fields.get(name)
            if operator in ("child_of", "parent_of") and field and field.comodel_name:
                found = self.env[field.comodel_name].search([("id", operator, value)])
                domain[index] = [name, "in", found.ids]
        return json.dumps(domain)
