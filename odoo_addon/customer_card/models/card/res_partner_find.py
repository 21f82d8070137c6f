import re

from odoo import api, models
from odoo.fields import Domain

from ...lib.codes import normal_number

ENOUGH_DIGITS = 4


class ResPartner(models.Model):
    """Who has left the card at home is found by card number or telephone as by name."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator not in ("ilike", "=ilike", "like", "=like", "=") or not isinstance(value, str):
            return domain
        if not self.env.user.has_group("customer_card.group_user"):
            return domain
        return Domain.OR([domain, *self._card_search_domains(value.strip("% "))])

    @api.model
    def _card_search_domains(self, text):
        """Return domains that find a customer by what is typed of a card number or telephone."""
        if len(re.sub(r"\D", "", text)) < ENOUGH_DIGITS:
            return []
        numbers = list({text, normal_number(text)})
        domains = [Domain("customer_card_ids.number", "in", numbers)]
        phone = "phone_mobile_search" if "phone_mobile_search" in self._fields else "phone"
        if not re.search(r"[A-Za-z]", text):
            domains.append(Domain(phone, "ilike", text))
        return domains
