from odoo import api, models
from odoo.fields import Domain

from ...rules.kinds import DISCOUNT_KINDS


class LoyaltyProgram(models.Model):
    """Who may use a program: the gate of orders."""

    _inherit = "loyalty.program"

    @api.model
    def _live_enrolment_domain(self, partner, customer_card, day, *, also_blocked=False, also=()):
        """Return the domain of enrolments usable on *day* by this partner or with this card.

        :param also_blocked: a block does not matter
        :param also: enrolments that may have been archived
        """
        holders = []
        if partner:
            holders.append([("partner_id", "in", (partner | partner._card_customer()).ids)])
        if customer_card:
            holders.append([("customer_card_id", "=", customer_card.id)])
        return list(
            Domain("is_enrolment", "=", True)
            & (Domain("active", "=", True) | Domain("id", "in", [one.id for one in also]))
            & (Domain.TRUE if also_blocked else Domain("blocked", "=", False))
            & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", day))
            & (Domain("expiration_date", "=", False) | Domain("expiration_date", ">=", day))
            & (Domain.OR(holders) if holders else Domain.FALSE)
        )

    @api.model
    def _gate_domain(self, partner, customer_card, day):
        """Return the domain of our programs that are open to this partner and presented card.

        A program that needs the card opens only for the card's own enrolments, and for those of
        its holder that hang on no other card. Child programs follow their parent.
        """
        card = customer_card.filtered(lambda one: one._is_usable(day)) if customer_card else None
        live = Domain(self._live_enrolment_domain(partner, card, day))
        on_card = Domain.FALSE
        if card:
            holder = card.order_partner_id in (partner | partner._card_customer())
            on_card = live & Domain(
                "customer_card_id", "in", [card.id] + ([False] if holder else [])
            )
        opened = (Domain("card_required", "=", False) & Domain("coupon_ids", "any", list(live))) | (
            Domain("card_required", "=", True) & Domain("coupon_ids", "any", list(on_card))
        )
        parents = opened & (
            Domain("kind", "not in", DISCOUNT_KINDS) | Domain("line_ids.discount_id", "!=", False)
        )
        return list(
            Domain("kind", "!=", False)
            & (
                (Domain("parent_program_id", "=", False) & parents)
                | Domain("parent_program_id", "any", list(parents & Domain("active", "=", True)))
            )
        )

    @api.model
    def _missing_card(self, partner, opened, day):
        """Return the partner's programs that only the card opens, and that are not *opened*."""
        if not partner:
            return self.browse()
        held = (
            self.env["loyalty.card"]
            .sudo()
            .search(
                self._live_enrolment_domain(partner, None, day)
                + [("program_id.card_required", "=", True), ("program_id.active", "=", True)]
                + [
                    (
                        "program_id.company_id",
                        "in",
                        [False, *self.env.companies.sudo().parent_ids.ids],
                    )
                ]
            )
        )
        return held.program_id.filtered(lambda one: not one.parent_program_id) - opened
