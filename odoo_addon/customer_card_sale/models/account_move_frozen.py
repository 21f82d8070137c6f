from odoo import models

from .sale_order_frozen import is_server_step, refuse


class AccountMoveLine(models.Model):
    """What a posted invoice was for stays so: its payment pays for no other quotation (door 5)."""

    _inherit = "account.move.line"

    def write(self, vals):
        if "sale_line_ids" not in vals or is_server_step(self):
            return super().write(vals)
        posted = self.filtered(lambda line: line.parent_state == "posted").sudo()
        known = {line: line.sale_line_ids for line in posted}
        orders = posted.move_id._card_orders()
        res = super().write(vals)
        orders |= posted.move_id._card_orders()
        for line in posted.filtered(lambda line: line.sale_line_ids != known[line]):
            if (line.sale_line_ids | known[line]).order_id & orders:
                sentence = self.env._(
                    "%s is posted: what it is for does not change any more.", line.move_id.name
                )
                refuse(self, sentence, {"sale_line_ids"})
        return res
