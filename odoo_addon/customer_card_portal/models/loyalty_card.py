from odoo import models
from odoo.addons.customer_card.lib.exact import shown


class LoyaltyCard(models.Model):
    """What a customer reads of a program."""

    _inherit = "loyalty.card"

    def _portal_rows(self, entries):
        """Return what the customer may read of *entries*: no employee, no till, no internal note.

        :return: ``[{"date", "reason", "article", "change", "left", "document"}]``
        """
        self.ensure_one()
        reasons = dict(entries._fields["reason"]._description_selection(self.env))
        articles = entries.product_id.exists()
        names = {article.id: article.display_name for article in articles}
        return [
            {
                "date": entry.date,
                "reason": reasons[entry.reason],
                "article": names.get(entry.product_id.id, ""),
                "change": self._change_text(entry),
                "left": self._left_text(entry),
                "document": entry.origin_name or "",
            }
            for entry in entries
        ]

    def _left_text(self, entry):
        """Return what was left afterwards; of pieces, only what the counter itself held."""
        if self.kind != "bonus_item":
            return self._amount_text(entry.balance)
        counted = entry.allowance_id and not entry.unlimited
        return self._amount_text(entry.remaining) if counted else ""

    def _change_text(self, entry):
        if entry.unlimited:
            return shown(self.env, -entry.quantity)
        if not entry.delta or (not entry.allowance_id and len(self._pieces_left()) > 1):
            return ""
        text = self._amount_text(entry.delta)
        return f"+{text}" if entry.delta > 0 else text
