from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The card on an order was in the seller's hand: nobody else can put it there (AX-22)."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for order, vals in zip(orders, vals_list, strict=True):
            if vals.get("customer_card_id"):
                order._check_presented()
        return orders

    def write(self, vals):
        card_id = vals.get("customer_card_id")
        changed = self.filtered(lambda order: order.customer_card_id.id != card_id)
        res = super().write(vals)
        if card_id:
            changed._check_presented()
        return res

    def _check_presented(self):
        for order in self:
            card = order.customer_card_id
            holder = card.sudo().order_partner_id
            if holder and not order._is_customer(holder):
                raise UserError(
                    self.env._(
                        "Card %(number)s belongs to %(holder)s, not to the customer of this order.",
                        number=card.number,
                        holder=holder.display_name,
                    )
                )
            if not self.env["customer.card.event"]._presented(card, f"sale.order,{order.id}"):
                raise UserError(
                    self.env._(
                        "Card %s was not presented for this order. Insert it at your till: it is"
                        " then attached to the quotation on your screen.",
                        card.number,
                    )
                )
