from odoo import fields, models


class PosOrder(models.Model):
    """A customer without a card who buys a program gets one with it (company setting)."""

    _inherit = "pos.order"

    new_card = fields.Boolean(readonly=True, help="The customer gets a new card with this order.")
    new_card_number = fields.Char(
        readonly=True, help="The number of the card that was handed out. Empty: handed out later."
    )

    def _hand_out_new_card(self):
        """Return the card the order's programs belong to, a new one if the seller asked for it.

        Without the company setting a program belongs to the customer; only who has no name keeps
        it on the card he presented.

        :source: seed 001, Neue Kundenkarte Programme zuordnen
        """
        # What a firm buys is the firm's, whoever of its people collects it.
        presented = self.sudo().customer_card_id.filtered(lambda card: not card.on_account)
        if self.partner_id and not self.company_id.card_assign_at_sale:
            return presented.browse()
        if not self.new_card or not self.partner_id:
            return presented
        owned = presented._in_hand_of(self.partner_id)
        written = owned.filtered(lambda card: card.number == self.new_card_number)
        if owned and not written:
            return presented
        card = written or presented._hand_out(self.partner_id, self.new_card_number)
        if self.new_card_number and card.number != self.new_card_number:
            self._tell_managers(
                self.env._("Card number taken"),
                self.env._(
                    "Card %(wanted)s was handed out but belonged to somebody else."
                    " Give the customer card %(number)s instead.",
                    wanted=self.new_card_number,
                    number=card.number,
                ),
            )
        self.customer_card_id = card
        return card
