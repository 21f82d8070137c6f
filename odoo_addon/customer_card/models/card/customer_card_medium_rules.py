from odoo import api, fields, models
from odoo.exceptions import UserError

SWITCHES = {"chip": "card_medium_chip", "rfid": "card_medium_chip", "qr": "card_medium_qr"}


class CustomerCardMedium(models.Model):
    """Which media go together on one card.

    :source: seed 004, RFID nachträglich mit Wallet; zuerst digital; beide Systeme parallel
    """

    _inherit = "customer.card.medium"

    @api.model
    def _check_joins(self, card, kind):
        """Refuse a medium that the company does not use, and a chip on a digital card.

        A digital code may join a plastic card, both then show the same balance. The other way
        round is refused: the customer chose to carry no plastic.

        :raises UserError: with what to do instead
        """
        switch = SWITCHES.get(kind)
        if switch and not card.company_id.sudo()[switch]:
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(company)s does not use cards with %(kind)s. A manager can switch them on"
                    " in Settings > Customer Cards.",
                    company=card.company_id.name,
                    kind=kinds[kind],
                )
            )
        if kind in ("chip", "rfid") and card.is_digital:
            raise UserError(
                self.env._(
                    "Card %s began as a digital card: no chip can join it. Make a second card for"
                    " the customer, or use the QR code.",
                    card.number,
                )
            )


class CustomerCard(models.Model):
    _inherit = "customer.card"

    is_digital = fields.Boolean(
        string="Digital card",
        compute="_compute_is_digital",
        help="Its first medium was a QR code: no chip joins later.",
    )

    @api.depends("medium_ids.kind")
    def _compute_is_digital(self):
        for card in self:
            media = card.sudo().medium_ids.filtered(lambda medium: medium.kind in SWITCHES)
            card.is_digital = media.sorted("id")[:1].kind == "qr"
