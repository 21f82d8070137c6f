from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        for note in posted.sudo().filtered(lambda move: move.move_type == "out_refund"):
            # A till's refund has a credit note of its own, and is settled at the till.
            if not note.pos_order_ids:
                for order in note.reversed_entry_id.pos_order_ids:
                    order._take_back_credited(note)
        return posted
