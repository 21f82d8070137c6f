from odoo import api, fields, models
from odoo.addons.customer_card.rules.kinds import VALUE_KINDS


class SaleOrder(models.Model):
    """Credit that another quotation uses is named, so that no seller looks for it (EX-05)."""

    _inherit = "sale.order"

    card_taken_text = fields.Char(compute="_compute_card_taken_text")

    @api.depends("partner_id", "customer_card_id", "order_line.points_cost", "state")
    def _compute_card_taken_text(self):
        for order in self:
            sentences = []
            if order.state in ("draft", "sent"):
                with order._reckoning():
                    sentences = order._taken_elsewhere()
            order.card_taken_text = " ".join(sentences)

    def _taken_elsewhere(self):
        """Return a sentence for each of the customer's balances that another quotation uses."""
        programs = self._usable_card_programs().filtered(
            lambda program: program.kind in VALUE_KINDS and program.one_quotation
        )
        cards = self.env["loyalty.card"]
        if programs:
            cards = cards.search([("program_id", "in", programs.ids), *self._live_card_domain()])
        return [self._redeem_refusal(card) for card in cards if self._other_quotation(card)]
