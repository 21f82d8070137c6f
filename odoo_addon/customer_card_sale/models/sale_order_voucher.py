from odoo import models
from odoo.addons.customer_card.rules.kinds import BEARER_KINDS

from .sale_order_frozen import server_step


class SaleOrder(models.Model):
    """Vouchers that a customer brings: their code opens them to the order (AP-21)."""

    _inherit = "sale.order"

    def _code_cards(self):
        """Return the live vouchers that were brought into this order by their code."""
        # Not those of its lines: a client may write any card there.
        cards = self.applied_coupon_ids.filtered(
            lambda card: card.is_enrolment and card.kind in BEARER_KINDS
        )
        return cards.filtered(lambda card: card._is_live(self._get_card_day()))

    def _code_programs(self):
        """Return the programs that vouchers open to this order by their code."""
        return self._code_cards().program_id.filtered(
            lambda program: program.redeem_channel != "pos"
        )

    def _try_apply_code(self, code):
        """A voucher works by its code for whoever has it, as the customer typed it."""
        with server_step():
            return self._apply_code(code)

    def _apply_code(self, code):
        cards = self.env["loyalty.card"]
        card = cards._by_code(code)
        if not card:
            return super()._try_apply_code(cards._typed(code))
        if self._lines_of(card):
            return {"error": self.env._("This voucher is part of this quotation already.")}
        known = card in self.applied_coupon_ids
        self.applied_coupon_ids |= card
        refusal = self._redeem_refusal(card) or self._nothing_left(card)
        status = {"error": refusal} if refusal else super()._try_apply_code(card.code)
        if "error" in status:
            status["error"] = str(status["error"]).replace(card.code, code.strip())
            if not known:
                self.applied_coupon_ids -= card
        return status
