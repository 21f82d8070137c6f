from datetime import timedelta

from odoo import fields, models

# A till that was offline sends its orders within days; nobody spends what was reserved long ago.
RENEWED_FOR = timedelta(days=7)


class LoyaltyCardHold(models.Model):
    """What an order of the point of sale reserved, and for whom: its settlement looks here."""

    _inherit = "loyalty.card.hold"

    # Plain numbers: what was checked stays known when customer or card are gone.
    order_partner = fields.Integer(readonly=True, help="The order's customer at the reservation.")
    order_card = fields.Integer(readonly=True, help="The card that was presented for the order.")
    given_back = fields.Boolean(readonly=True, help="The till itself has released it.")

    _of_key = models.Index("(key)")

    def _note_order(self, partner, customer_card):
        self.write({"order_partner": partner.id, "order_card": customer_card.id})


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _hold_of_order(self, order):
        """Return the reservation that the server made for this order and card, or an empty one.

        One that ran out while the customer was paying is made anew, if it can be.

        :raises BalanceTooLow: others have spent it meanwhile
        """
        self.ensure_one()
        key = self._pos_key(order.uuid)
        hold = self.env["loyalty.card.hold"].sudo().search([("key", "=", key)], limit=1)
        if hold.card_id != self or hold.state == "captured" or hold.given_back:
            return hold.browse()
        if hold.state == "open":
            return hold
        if hold.create_date < fields.Datetime.now() - RENEWED_FOR:
            return hold.browse()
        renewed = self._reserve(hold.amount, kind="pos", key=key)
        renewed.write({"order_partner": hold.order_partner, "order_card": hold.order_card})
        return renewed
