from odoo import models
from odoo.addons.customer_card.lib.exact import shown


class LoyaltyCard(models.Model):
    """How this account's points are redeemed now."""

    _inherit = "loyalty.card"

    def _redeem_segment(self):
        """Return "lady" or "gent": the customer's, else the card type's (I30)."""
        own = self.partner_id._points_segment() if self.partner_id else False
        return own or self.program_id.default_segment

    def _redeem_terms_now(self):
        """Return the :class:`RedeemTerms` of today."""
        self.ensure_one()
        return self.program_id.sudo()._redeem_terms(self._redeem_segment())

    def _points_refusal(self, free):
        """Return the sentence why a balance of *free* points redeems nothing, or ""."""
        self.ensure_one()
        terms = self._redeem_terms_now()
        values = {"points": shown(self.env, free), "program": self.program_id.name}
        if free <= 0:
            return self.env._("There are no points on %(program)s.", **values)
        if free < terms.least:
            return self.env._(
                "%(program)s is redeemed from %(least)s points on; there are %(points)s.",
                least=shown(self.env, terms.least),
                **values,
            )
        if terms.is_window and terms.most and free > terms.most:
            return self.env._(
                "%(program)s is redeemed up to %(most)s points; there are %(points)s.",
                most=shown(self.env, terms.most),
                **values,
            )
        return ""
