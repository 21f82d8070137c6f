from odoo import fields, models
from odoo.exceptions import UserError


class PosOrder(models.Model):
    """A customer without a card who buys a program gets one with it (company setting)."""

    _inherit = "pos.order"

    new_card = fields.Boolean(readonly=True, help="The customer gets a new card with this order.")
    new_card_number = fields.Char(
        readonly=True, help="The number of the card that was handed out. Empty: handed out later."
    )

    def _hand_out_new_card(self, found):
        """Find the card the order's programs belong to, a new one if the seller asked for it.

        Without the company setting a program belongs to the customer; only who has no name keeps
        it on the card he presented.

        :source: seed 001, Neue Kundenkarte Programme zuordnen
        """
        # What a firm buys is the firm's, whoever of its people collects it.
        presented = self.sudo().customer_card_id.filtered(
            lambda card: not card.on_account and card.company_id == self.company_id
        )
        if self.partner_id and not self.company_id.card_assign_at_sale:
            return
        found.customer_card = presented
        if not self.new_card or not self.partner_id:
            return
        owned = presented._in_hand_of(self.partner_id)
        written = owned.filtered(lambda card: card.number == self.new_card_number)
        if owned and not written:
            return
        # A number that cannot be given is told; the customer gets the next one, or none yet.
        if written or self._never_refuse(found, self._give_new_card, self.new_card_number):
            found.customer_card = written or found.customer_card
        elif self.new_card_number:
            self._never_refuse(found, self._give_new_card, False)
        if card := found.customer_card:
            self.sudo().customer_card_id = card
        if card and self.new_card_number and card.number != self.new_card_number:
            self._tell_other_number(found, card)

    def _give_new_card(self, found, number):
        cards = self.env["customer.card"].with_company(self.company_id)
        if not cards.sudo()._default_card_type():
            raise UserError(self.env._("No card was handed out: no card type may be issued."))
        found.customer_card = cards._hand_out(self.partner_id, number)

    def _tell_other_number(self, found, card):
        note = self.env._(
            "Card %(wanted)s was handed out but cannot be this customer's."
            " Give the customer card %(number)s instead.",
            wanted=self.new_card_number,
            number=card.number,
        )
        found.told.append((self.env._("Card number taken"), note))
