from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """The customer list of the point of sale knows the numbers of the customers' cards."""

    _inherit = "res.partner"

    card_numbers = fields.Char(compute="_compute_card_numbers", string="Card numbers")

    def _compute_card_numbers(self):
        cards = self.env["customer.card"].sudo()
        found = dict(
            cards._read_group(
                [("partner_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)],
                ["partner_id"],
                ["number:array_agg"],
            )
        )
        for partner in self:
            partner.card_numbers = " ".join(sorted(found.get(partner._origin, ())))

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "card_numbers"]

    @api.model
    def get_new_partner(self, config_id, domain, offset):
        """Look for what was typed among the card numbers, too."""
        typed = next((leaf[2] for leaf in domain if leaf[0] == "name"), "").strip("% ")
        if extra := self._card_search_domains(typed):
            domain = list(Domain.OR([Domain(domain), *extra]))
        return super().get_new_partner(config_id, domain, offset)
