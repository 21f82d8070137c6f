from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An on-account card quotes for the holder's firm: delivered now, invoiced later by Odoo.

    :source: seed 004, Debitkarte in Verbindung mit WaWiAssist (HS-10, I27)
    """

    _inherit = "sale.order"

    card_on_account = fields.Boolean(related="customer_card_id.on_account")
    card_holder_id = fields.Many2one(
        related="customer_card_id.partner_id", string="Collected by", help="Who held the card."
    )

    def action_confirm(self):
        """A card that was blocked or ended since it was presented buys nothing more on account."""
        for card in self.customer_card_id.sudo().filtered("on_account"):
            if refusal := card._unusable_sentence():
                raise UserError(self.env._("No purchase on account. %s", refusal))
        return super().action_confirm()


class CustomerTill(models.Model):
    _inherit = "customer.till"

    def _on_account_action(self):
        return "quotation"
