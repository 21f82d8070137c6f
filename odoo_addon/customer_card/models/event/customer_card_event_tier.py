from odoo import api, models
from odoo.tools import formatLang

from ...lib.exact import exact


class CustomerCardEvent(models.Model):
    """What a card that can be copied may spend."""

    _inherit = "customer.card.event"

    @api.model
    def _spend_refusal(self, card, ref, amount):
        """Return why *amount* cannot be spent with the card as it was presented, or "".

        A serial number is copied for cents: it identifies, but spends no more than the company
        allows. The seller may look at the person and choose the customer by name instead; that
        is a decision of a human, as is reading a printed number.

        :param card: the customer card on the order
        :param ref: names the order, as in ``_presented``
        :param amount: what the order takes off credit and vouchers altogether
        :source: issue 5, authenticity levels
        """
        limit = exact(card.company_id.sudo().card_uid_spend_limit)
        if not card or exact(amount) <= limit:
            return ""
        seen = self._in_hand(card, ref)
        if not seen.medium_id or seen.medium_id.filtered(lambda one: not one._is_copied_easily()):
            return ""
        if not limit:
            return self.env._(
                "Card %s was recognised by its serial number only, which can be copied: it spends"
                " no credit. Take it off the order, check who the customer is, and choose the"
                " customer by name.",
                card.number,
            )
        return self.env._(
            "Card %(number)s was recognised by its serial number only, which can be copied: it"
            " spends at most %(limit)s. Lower the amount, or check who the customer is and choose"
            " the customer by name.",
            number=card.number,
            limit=formatLang(self.env, float(limit), currency_obj=card.company_id.currency_id),
        )


class CustomerCardMedium(models.Model):
    _inherit = "customer.card.medium"

    def _is_copied_easily(self):
        return self.tier == "0" and self.kind != "number"
