from odoo import models


class PosOrder(models.Model):
    """What a paid order has to do with badges: who stood there, and whose meal it is."""

    _inherit = "pos.order"

    def action_pos_order_paid(self):
        paid_before = self.filtered("card_settled")
        result = super().action_pos_order_paid()
        self._tell_paid_while_locked()
        (self - paid_before)._book_meals()
        return result
