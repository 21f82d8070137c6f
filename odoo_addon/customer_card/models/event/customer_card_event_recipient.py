from odoo import api, models
from odoo.exceptions import UserError

from ...lib.row_id import row_id

FIRST_RECIPIENTS = 8


class CustomerCardEvent(models.Model):
    """Who gets what a branch or an employee gives away: a customer or a firm (EX-02)."""

    _inherit = "customer.card.event"

    @api.model
    def search_recipients(self, event_id, query, screen=None):
        """Return the first customers and firms that match *query*, as ``[{"id", "name"}]``.

        :param screen: the secret of the screen that has claimed the card
        """
        event = self._claimed(event_id, screen)
        event._check_open()
        found = self.env["res.partner"].name_search(str(query), limit=FIRST_RECIPIENTS)
        return [{"id": partner_id, "name": name} for partner_id, name in found]

    def _recipient(self, choices):
        """Return the customer or firm that gets a gift; what is for own use has none.

        :raises UserError: the company wants to know, and nobody was named
        """
        partners = self.env["res.partner"]
        if choices.get("purpose") != "customer_gift":
            return partners
        recipient = partners.browse(row_id(choices.get("recipient_id")) or ()).exists()
        recipient.sudo(False).check_access("read")
        if not recipient and self.company_id.card_gift_recipient:
            raise UserError(self.env._("Say which customer or firm gets the gift."))
        return recipient
