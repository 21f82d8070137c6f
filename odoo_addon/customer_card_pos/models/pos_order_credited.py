"""The invoice of a receipt that the office credits, where no till refunds it."""

from odoo import models
from odoo.addons.customer_card.lib.exact import exact

from ..lib.settlement import Settlement
from .pos_order_value import ZERO


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _take_back_credited(self, note):
        """Take back the programs that a credit note takes back; the rest is for a manager."""
        if not (self.card_settled and self._concerns_cards()):
            return
        found = Settlement()
        for line in self.lines.filtered(lambda line: line._sells_program()):
            self._never_refuse(found, self._take_back_sold, line)
        words = self.env._(
            "%(note)s credits %(receipt)s. What it sold was taken back as far as it was left; give"
            " back by hand what was redeemed.",
            note=note.name,
            receipt=self.pos_reference or self.name,
        )
        self._tell_settlement([(self.env._("Credited in the office"), words), *found.told])


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _credited_in_office(self):
        """Return the units of this line that posted credit notes of its invoice take back."""
        order = self.order_id.sudo()
        notes = order.account_move.reversal_move_ids.filtered(
            lambda move: move.state == "posted" and not move.pos_order_ids
        )
        lines = notes.invoice_line_ids.filtered(lambda line: line.product_id == self.product_id)
        credited = exact(sum(lines.mapped("quantity")))
        # Lines of one article are credited from the first one on.
        for line in order.lines.filtered(lambda line: line.product_id == self.product_id):
            part = min(credited, max(exact(line.qty), ZERO))
            if line == self:
                return part
            credited -= part
        return ZERO
