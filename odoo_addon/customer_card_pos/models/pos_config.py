from odoo import models
from odoo.fields import Domain

REDEEMED = ("discount", "points", "stored_value", "voucher", "coupon")
TYPED = ("voucher", "coupon")


class PosConfig(models.Model):
    """The point of sale loads gated programs beside the native ones."""

    _inherit = "pos.config"

    def _get_program_ids(self):
        """Add the gated programs: native code leaves them out, since their ``pos_ok`` is off.

        Loading one gives nothing away: each order opens it for itself
        (``PosOrder._programIsApplicable``), by the live enrolments of its customer.
        """
        programs = super()._get_program_ids()
        if self.env.context.get("native_programs_only"):
            return programs
        return programs | self._get_gated_programs()

    def _check_before_creating_new_session(self):
        """Spare our vouchers the native rules for gift cards: their own code sells them."""
        native = self.with_context(native_programs_only=True)
        return super(PosConfig, native)._check_before_creating_new_session()

    def _get_gated_programs(self):
        """Return what can be redeemed here, and what is sold here (each order checks the day)."""
        today = self.env["loyalty.card"]._today(self.company_id)
        redeemed = (
            Domain("kind", "in", REDEEMED)
            & Domain("reward_ids", "!=", False)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )
        sold = Domain("kind", "!=", False) & Domain("sale_product_id", "!=", False)
        return self.env["loyalty.program"].search(
            (redeemed | sold)
            & Domain("currency_id", "=", self.currency_id.id)
            & (
                Domain("pricelist_ids", "=", False)
                | Domain("pricelist_ids", "in", self.available_pricelist_ids.ids)
            )
        )

    def use_coupon_code(self, code, creation_date, partner_id, pricelist_id):
        """Let a code open vouchers only: other programs open by their holder or card."""
        code = (code or "").strip()
        cards = self.env["loyalty.card"].sudo()
        if not cards.search_count([("code", "=", code)], limit=1):
            code = code.upper()
        card = cards.search([("code", "=", code), ("is_enrolment", "=", True)], limit=1)
        if card and (refusal := self._get_code_refusal(card)):
            return {"successful": False, "payload": {"error_message": refusal}}
        answer = super().use_coupon_code(code, creation_date, partner_id, pricelist_id)
        if answer["successful"]:
            found = cards.browse(answer["payload"]["coupon_id"])
            answer["payload"].update(points=float(found._free()), code=found.code)
        return answer

    def _get_code_refusal(self, card):
        if card.kind not in TYPED:
            return self.env._("This number belongs to a customer's program. Choose the customer.")
        if refusal := card._get_spend_refusal(may=True):
            return refusal
        if card._free() <= 0:
            return self.env._("%s is used up or reserved by another order.", card.program_id.name)
        return ""
