from odoo import fields, models
from odoo.exceptions import MissingError


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    foreign_reference = fields.Char(
        compute="_compute_foreign_reference",
        string="Document in the other ERP",
    )

    def _compute_foreign_reference(self):
        booked = self.env["customer.card.foreign.move"].search([("entry_id", "in", self.ids)])
        references = {move.entry_id.id: move.reference for move in booked}
        for entry in self:
            entry.foreign_reference = references.get(entry.id, False)

    def _moved_elsewhere(self):
        """Tell whether the goods of this entry have moved in another ERP already."""
        return False

    def _stock_is_foreign(self):
        """Return whether the goods of this issue lie in the stock of another ERP.

        A reversal goes where its issue went, whatever the settings say meanwhile.
        """
        self.ensure_one()
        if self.reversal_of_id:
            origin = [("model", "=", self._name), ("res_id", "=", self.reversal_of_id.id)]
            waiting = self.env["customer.card.outbox"].sudo().search(origin, limit=1)
            if waiting:
                return waiting.stream == "push"
            moves = self.env["customer.card.foreign.move"].sudo()
            return bool(moves.search_count([("entry_id", "=", self.reversal_of_id.id)], limit=1))
        try:
            place = self.till_id.sudo().stock_place
        except MissingError:  # the till was deleted since
            place = False
        return place == "foreign" if place else self.company_id.sudo().card_stock_foreign
