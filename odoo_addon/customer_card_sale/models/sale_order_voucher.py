from odoo import models

# Whoever has the code can use these.
CODE_KINDS = ("voucher", "coupon")


class SaleOrder(models.Model):
    """Vouchers that a customer brings: their code opens them to the order (AP-21)."""

    _inherit = "sale.order"

    def _code_cards(self):
        """Return the live vouchers that were brought into this order by their code."""
        cards = (self.applied_coupon_ids | self.order_line.coupon_id).filtered(
            lambda card: card.is_enrolment and card.kind in CODE_KINDS
        )
        return cards.filtered(lambda card: card._is_live(self._get_card_day()))

    def _code_programs(self):
        """Return the programs that vouchers open to this order by their code."""
        return self._code_cards().program_id.filtered(
            lambda program: program.redeem_channel != "pos"
        )

    def _try_apply_code(self, code):
        """A voucher works by its code for whoever has it, as the customer typed it."""
        card = self.env["loyalty.card"].search(
            [("code", "in", _spellings(code)), ("program_id.kind", "in", CODE_KINDS)], limit=1
        )
        if not card.is_enrolment:
            return super()._try_apply_code(code)
        if self._lines_of(card):
            return {"error": self.env._("This voucher is part of this quotation already.")}
        known = card in self.applied_coupon_ids
        self.applied_coupon_ids |= card
        refusal = self._redeem_refusal(card) or self._nothing_left(card)
        status = {"error": refusal} if refusal else super()._try_apply_code(card.code)
        if "error" in status and not known:
            self.applied_coupon_ids -= card
        return status


def _spellings(code):
    """Return the ways in which a code may be stored: as typed, or upper case in groups of four."""
    typed = (code or "").strip()
    plain = typed.upper().replace("-", "").replace(" ", "")
    grouped = "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))
    return [typed, grouped]
