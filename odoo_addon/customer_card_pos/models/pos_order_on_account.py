"""Purchases on account: delivered to a firm now, invoiced later, nothing taken off the card."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# Tills send a paid order at once. What comes later was paid without connection: the goods are gone.
# A clock that is wrong cannot tell, and an order that is refused again and again would be lost.
AT_ONCE = timedelta(minutes=1)


class PosOrder(models.Model):
    """Only the card opens the firm's account, in the browser and here.

    :source: seed 004, Debitkarte in Verbindung mit WaWiAssist (HS-10, I27)
    """

    _inherit = "pos.order"

    card_holder_id = fields.Many2one(
        related="customer_card_id.partner_id", string="Collected by", help="Who held the card."
    )
    bought_on_account = fields.Boolean(
        compute="_compute_bought_on_account", search="_search_bought_on_account"
    )

    @api.depends("payment_ids.payment_method_id.card_on_account")
    def _compute_bought_on_account(self):
        for order in self:
            order.bought_on_account = bool(order._account_payments())

    def _search_bought_on_account(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("payment_ids.payment_method_id.card_on_account", "in", value)]

    def _account_payments(self):
        """Return the payments that need an on-account card; a refund needs none."""
        return self.payment_ids.filtered(
            lambda payment: payment.payment_method_id.card_on_account and payment.amount > 0
        )

    @api.model
    def _get_account_refusal(self, partner, customer_card, uuid, amount=0):
        """Return the sentence why this customer cannot buy on account, or "".

        :param customer_card: the card on the order; it counts if the calling seller has it in hand
        :param amount: what goes on account, in the company's currency
        """
        card = customer_card.sudo()
        if not card:
            return self.env._(
                "Only with an on-account card: let the customer insert it, or choose another"
                " payment method."
            )
        if not card.on_account:
            return self.env._(
                "Card %s is no on-account card. Choose another payment method.", card.number
            )
        if refusal := card._unusable_sentence():
            return self.env._("No purchase on account. %s", refusal)
        if not partner or card.order_partner_id != partner:
            return self.env._(
                "Card %(number)s buys for %(firm)s, not for the customer of this order.",
                number=card.number,
                firm=card.order_partner_id.display_name,
            )
        if not self.env["customer.card.event"]._presented(card, f"pos.order,{uuid}"):
            return self.env._(
                "Card %s was not presented for this order. Let the customer insert it.",
                card.number,
            )
        return self._get_limit_refusal(partner.commercial_partner_id, uuid, amount)

    def _check_account(self):
        """Refuse an account that no card opened, while the goods are still on the counter.

        Refused at once, the order returns to the till, where another payment is chosen. An order
        that comes later is kept, and a manager is told.
        """
        for order in self.filtered(lambda order: order._account_payments()):
            if refusal := order._account_refusal():
                if abs(fields.Datetime.now() - order.date_order) < AT_ONCE:
                    raise UserError(refusal)
                order._tell_managers(self.env._("On account without right"), refusal)

    def _account_refusal(self):
        """Return why this order's payments on account are not allowed, or ""."""
        self.ensure_one()
        amount = sum(self._account_payments().mapped("amount"))
        return self._get_account_refusal(self.partner_id, self.customer_card_id, self.uuid, amount)
