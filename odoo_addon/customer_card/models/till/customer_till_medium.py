from datetime import timedelta

from odoo import fields, models

from ...exceptions import CredentialRefused

KINDS = ("token", "uid", "number", "signed", "sun")


class CustomerTill(models.Model):
    """What this till can read, and what it makes of what was read."""

    _inherit = "customer.till"

    def _recognise(self, event):
        """Return ``(medium, refusal)`` for a presented card; the refusal is an event's values."""
        media = self.env["customer.card.medium"]
        if event.kind not in KINDS:
            return media, None
        at = fields.Datetime.now() - timedelta(seconds=event.age_s)
        try:
            return media._resolve(event.kind, event.value, self, at), None
        except CredentialRefused as refusal:
            return media, self._refused("refused", str(refusal))

    def _media_warnings(self):
        """Return a sentence for each medium the company uses and this till cannot read (HS-07)."""
        self.ensure_one()
        company = self.company_id.sudo()
        readable = self._readable_media()
        warnings = []
        if company.card_medium_chip and not readable & {"chip", "rfid"} and not self.nfc_screen:
            warnings.append(
                self.env._(
                    "%s has no reader for chip or RFID cards. Connect one, or customers with such"
                    " cards cannot be served here.",
                    self.name,
                )
            )
        if company.card_medium_qr and "qr" not in readable and not self.wedge_scanner:
            warnings.append(
                self.env._(
                    "%s has no scanner for QR codes. Connect one, or customers with digital cards"
                    " cannot be served here.",
                    self.name,
                )
            )
        return warnings
