from odoo import api, fields, models

from ...rules import presented


class CustomerTill(models.Model):
    """A scanner that types like a keyboard: its codes reach the till through the paired screen.

    :source: HS-02, QR scan (keyboard wedge) on the same token path
    """

    _inherit = "customer.till"

    wedge_scanner = fields.Boolean(
        string="Scanner types like a keyboard",
        help="QR codes are scanned into the paired screen. Set by the first such scan; no warning"
        " then asks for a scanner at the reader program.",
    )

    nfc_screen = fields.Boolean(
        string="Screen reads by NFC",
        help="The paired screen's own device reads RFID cards. Set by the first such card; no"
        " warning then asks for a card reader at the reader program.",
    )

    @api.model
    def screen_scanned(self, screen, text, key, medium="qr"):
        """Present a card code that a paired screen has read by itself, as a reader would.

        Safe to repeat with the same *key*.

        :param screen: the secret of the calling screen
        :param medium: ``qr`` (scanner, camera) or ``rfid`` (NFC of the screen's device)
        :return: as ``card_presented`` for one card, or False when the screen is no longer paired
        """
        self._check_seller()
        here = self.env["customer.till.screen"]._here(screen)
        till = here.till_id.with_env(self.env).sudo()
        if not till or till.company_id not in self.env.companies:
            return False
        by_nfc = medium == "rfid"
        seen = "nfc_screen" if by_nfc else "wedge_scanner"
        if not till[seen]:
            till[seen] = True
        return till._present_one(
            {
                "key": f"{presented.SCREEN_KEY}{here.id}:{key}",
                "kind": self._scanned_kind(str(text)),
                "value": text,
                "medium": "rfid" if by_nfc else "qr",
                "reader": self.env._("NFC of the screen")
                if by_nfc
                else self.env._("Scanner at the screen"),
            },
            from_screen=True,
        )

    @api.model
    def _scanned_kind(self, text):
        """Return which kind of credential a scanned *text* is; a number is told apart later."""
        return "token"
