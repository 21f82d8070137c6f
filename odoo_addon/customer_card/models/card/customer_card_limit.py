from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.kinds import BEARER_KINDS


class CustomerCard(models.Model):
    """At most so many different programs on one card (AS-03), as the company says (I6)."""

    _inherit = "customer.card"

    def _programs_carried(self):
        """Return the different programs this card opens or will open.

        Its own, and its holder's that hang on no card, since those apply through every card of
        the holder. A program bought twice is one program; one that is over does not count.
        """
        self.ensure_one()
        today = self.env["loyalty.card"]._today(self.company_id)
        holder = Domain("customer_card_id", "=", self.id)
        if self.order_partner_id:
            holder |= (
                Domain("customer_card_id", "=", False)
                & Domain("partner_id", "=", self.order_partner_id.id)
                & Domain("program_id.kind", "not in", BEARER_KINDS)
            )
        live = Domain("is_enrolment", "=", True) & (
            Domain("expiration_date", "=", False) | Domain("expiration_date", ">=", today)
        )
        left = Domain("program_id.kind", "not in", BEARER_KINDS) | Domain("points", ">", 0)
        return self.env["loyalty.card"].sudo().search(live & left & holder).program_id

    def _program_limit_refusal(self, program):
        """Return the sentence why *program* would be one too many on any card, or an empty one."""
        for card in self:
            limit = card.company_id.sudo().card_program_limit
            carried = card._programs_carried() if limit else program
            if program not in carried and len(carried) >= limit:
                return self.env._(
                    "Card %(number)s has %(count)s programs already, max %(limit)s per card:"
                    " %(program)s was not assigned. End one of them, or use another card.",
                    number=card.number,
                    count=len(carried),
                    limit=limit,
                    program=program.name,
                )
        return ""

    def _check_program_limit(self, program, paid=False):
        """Refuse *program* where a card of these is full.

        The cards' rows are updated first: of two that assign at once, the one with the older
        snapshot fails with a serialization error, which Odoo repeats (law 5).

        :param paid: the till has sold it already: it is given, since a paid order is never refused
        :raises UserError: nothing was assigned
        :source: seed 001, bis zu 5 verschiedene Kundenbindungsprogramme
        """
        if not self or not any(self.company_id.sudo().mapped("card_program_limit")):
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_card SET card_grants = COALESCE(card_grants, 0) + 1 WHERE id IN ("
                "SELECT id FROM customer_card WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)",
                tuple(self.ids),
            )
        )
        refusal = self._program_limit_refusal(program)
        if refusal and not paid:
            raise UserError(refusal)


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _limited_cards(self, partner, customer_card):
        """Return the cards that would carry this program: the one named, or all of the holder."""
        if customer_card:
            return customer_card.sudo()
        if not partner or self.kind in BEARER_KINDS:
            return self.env["customer.card"].sudo()
        cards = partner.sudo()._card_customer().customer_card_ids
        return cards.filtered(lambda card: card.state == "active" and not card.expired)
