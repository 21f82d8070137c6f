from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .ledger import shown

MONEY_TYPES = ("ewallet", "gift_card")


class LoyaltyCard(models.Model):
    """What an enrolment is worth, in words a seller and a customer understand at a glance."""

    _inherit = "loyalty.card"

    balance_text = fields.Char(string="Remaining", compute="_compute_balance_text")

    @api.depends(
        "points",
        "held",
        "program_id.kind",
        "program_id.points_per_unit",
        "program_id.line_ids.discount_id",
        "allowance_ids.unlimited",
    )
    @api.depends_context("lang")
    def _compute_balance_text(self):
        for card in self:
            text = card._worth_text()
            if card.held:
                text = self.env._(
                    "%(left)s (%(held)s reserved)", left=text, held=card._amount_text(card.held)
                )
            card.balance_text = text

    def _worth_text(self):
        program = self.program_id
        if program.kind == "discount":
            return ", ".join(program.line_ids.discount_id.mapped("name"))
        if program.kind == "coupon":
            names = ", ".join(program.line_ids.discount_id.mapped("name")) or program.name
            return names if self.points > 0 else self.env._("%s (used)", names)
        if program.kind == "bonus_item" and self.is_unlimited:
            return self.env._("flat")
        if program.kind == "points":
            worth = formatLang(
                self.env,
                self.points / program.points_per_unit,
                currency_obj=program.currency_id,
            )
            return f"{self._amount_text(self.points)} ({worth})"
        return self._amount_text(self.points)

    def _amount_text(self, number):
        """Return *number* of this program with its unit: money, points or pieces."""
        program = self.program_id
        if program.program_type in MONEY_TYPES:
            return formatLang(self.env, number, currency_obj=program.currency_id)
        if program.kind == "points":
            return self.env._("%s points", shown(self.env, number))
        if program.kind == "bonus_item":
            return self.env._("%s pieces", shown(self.env, number))
        return shown(self.env, number)

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
                "left": "" if entry.unlimited else self._amount_text(entry.balance),
                "document": entry.origin_name or "",
            }
            for entry in entries
        ]

    def _change_text(self, entry):
        if entry.unlimited:
            return shown(self.env, -entry.quantity)
        text = self._amount_text(entry.delta)
        return f"+{text}" if entry.delta > 0 else text
