import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import qr_card

AT_ONCE = 500


class CustomerCard(models.Model):
    """Printing a card with a QR code. The code is in the file only: the database keeps its hash."""

    _inherit = "customer.card"

    uses_qr = fields.Boolean(related="company_id.card_medium_qr")

    def _printed_codes(self):
        return self.sudo().medium_ids.filtered(
            lambda one: one.kind == "qr" and one.tier == "1" and not one.revoked_at
        )

    def action_print_qr(self):
        """Give each card a new code and return the PDF, a page in card size for each.

        What was printed for these cards before stops working: of a reprint and a lost original
        only one may open the card.
        """
        cards = self._qr_cards()
        name = f"QR {self.number}.pdf" if len(self) == 1 else f"QR {len(self)}.pdf"
        return self._download(name, "application/pdf", qr_card.pdf(cards))

    def action_print_qr_png(self):
        """As ``action_print_qr``, a picture of one card."""
        self.ensure_one()
        return self._download(
            f"QR {self.number}.png", "image/png", qr_card.png(self._qr_cards()[0])
        )

    def _qr_cards(self):
        self.env["customer.till"]._check_seller()
        self.check_access("write")
        self._check_may_hand_out()
        if len(self) > AT_ONCE:
            raise UserError(self.env._("Print at most %s cards at once.", AT_ONCE))
        return [card._new_qr_card() for card in self]

    def _new_qr_card(self):
        if refusal := self._unusable_sentence():
            raise UserError(refusal)
        media = self.env["customer.card.medium"]
        self._printed_codes().action_revoke()
        code = media._new_token()
        media._assign(self, "token", "qr", code)
        return qr_card.QrCard(
            code=code,
            company=self.company_id.sudo().name,
            kind=self.card_type_id.name,
            number=self.number,
            name=self._holder_name() if self.card_type_id.print_name and self.partner_id else "",
        )

    def _download(self, name, mimetype, content):
        """Return the action that saves a file which is stored nowhere on the server."""
        params = {"name": name, "type": mimetype, "data": base64.b64encode(content).decode()}
        return {"type": "ir.actions.client", "tag": "customer_card.download", "params": params}
