from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class LoyaltyProgram(models.Model):
    """Who may use a program: the gate of orders, and how a holder gets a program."""

    _inherit = "loyalty.program"

    @api.model
    def _live_enrolment_domain(self, partner, customer_card, day):
        """Return the domain of enrolments usable on *day* by this partner or with this card."""
        holders = []
        if partner:
            holders.append([("partner_id", "=", partner.id)])
        if customer_card:
            holders.append([("customer_card_id", "=", customer_card.id)])
        return list(
            Domain("is_enrolment", "=", True)
            & Domain("active", "=", True)
            & Domain("blocked", "=", False)
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
        card = (
            customer_card.filtered(lambda card: card.state == "active") if customer_card else None
        )
        live = Domain(self._live_enrolment_domain(partner, card, day))
        on_card = Domain.FALSE
        if card:
            holder = card.partner_id == partner if partner else False
            on_card = live & Domain(
                "customer_card_id", "in", [card.id] + ([False] if holder else [])
            )
        opened = (Domain("card_required", "=", False) & Domain("coupon_ids", "any", list(live))) | (
            Domain("card_required", "=", True) & Domain("coupon_ids", "any", list(on_card))
        )
        parents = opened & (
            Domain("kind", "!=", "discount") | Domain("line_ids.discount_id", "!=", False)
        )
        return list(
            Domain("kind", "!=", False)
            & (
                (Domain("parent_program_id", "=", False) & parents)
                | Domain("parent_program_id", "any", list(parents & Domain("active", "=", True)))
            )
        )

    def _enrol(self, partner=None, customer_card=None, *, day=None, key=None):
        """Give this program to a holder and return the enrolment.

        Discounts and points exist once per holder: a live one is returned as it is.

        :param day: first valid day, default today in the company's time zone
        :param key: idempotency key of the opening entry
        :raises UserError: no holder named
        :source: seed 002, Verkauf durch; seed 000, Programme der Karte zuordnen
        """
        self.ensure_one()
        cards = self.env["loyalty.card"].sudo()
        partner = partner or (customer_card and customer_card.partner_id) or self.env["res.partner"]
        if not partner and not customer_card:
            raise UserError(self.env._("Choose the customer or the card that gets the program."))
        day = day or cards._today(self.company_id)
        if self.kind in ("discount", "points"):
            domain = self._live_enrolment_domain(partner, customer_card, day)
            if live := cards.search(domain + [("program_id", "=", self.id)], limit=1):
                return live
        if self.kind == "points" and (account := cards._account_of(self, partner, day)):
            return account
        return cards._create_enrolment(self, partner, customer_card, day, key)
