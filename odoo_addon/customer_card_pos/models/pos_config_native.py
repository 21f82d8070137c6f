from odoo import models
from odoo.addons.customer_card.rules.kinds import REDEEMED_KINDS
from odoo.fields import Domain


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
            Domain("kind", "in", REDEEMED_KINDS)
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
        self.env["pos.order"].check_access("create")
        self.check_access("read")
        cards = self.env["loyalty.card"].sudo()
        typed, card = cards._typed(code), cards._by_code(code)
        if card and (refusal := self._get_code_refusal(card)):
            return {"successful": False, "payload": {"error_message": refusal}}
        if not card and not cards.search_count([("code", "=", typed)], limit=1):
            typed = typed.upper()
        answer = super().use_coupon_code(
            card.code or typed, creation_date, partner_id, pricelist_id
        )
        if answer["successful"]:
            found = cards.browse(answer["payload"]["coupon_id"])
            # What stands in the database opens nothing: the till goes on with what was typed.
            answer["payload"].update(
                points=float(found._free()), code=typed if card else found.code
            )
        elif card:
            message = answer["payload"]["error_message"].replace(card.code, typed)
            answer["payload"]["error_message"] = message
        return answer

    def _get_code_refusal(self, card):
        if not card._is_of_till(self)(card):
            return self.env._("%s is not redeemed at this till.", card.program_id.name)
        if refusal := card._get_spend_refusal(may=True):
            return refusal
        if card._free() <= 0:
            return self.env._("%s is used up or reserved by another order.", card.program_id.name)
        return ""
