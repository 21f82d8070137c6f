from odoo import api, fields, models

from ..rules import rotating


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

    @api.model
    def screen_scanned(self, channel, text, key):
        """Present a card code that was scanned into a paired screen, as a reader would.

        Safe to repeat with the same *key*.

        :return: as ``card_presented`` for one card, or False when the screen is no longer paired
        """
        self._check_seller()
        till = self._of_channel(channel)
        if not till or till.company_id not in self.env.companies:
            return False
        if not till.wedge_scanner:
            till.wedge_scanner = True
        return till._present(
            {
                "key": f"screen:{self.env.uid}:{key}",
                "kind": "signed" if rotating.parse(text) else "token",
                "value": text,
                "medium": "qr",
                "reader": self.env._("Scanner at the screen"),
            }
        )
