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
        res = super().write(vals)
        for line in posted.filtered(lambda line: line.sale_line_ids != known[line]):
            order_lines = (line.sale_line_ids | known[line]).order_id.order_line
            if any(order_lines.product_id.mapped("is_card_program")) or order_lines._booked():
                sentence = self.env._(
                    "%s is posted: what it is for does not change any more.", line.move_id.name
                )
                refuse(self, sentence, {"sale_line_ids"})
        return res
