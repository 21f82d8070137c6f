from odoo import api, models
from odoo.exceptions import UserError

from .customer_card_encoding import OPEN


class CustomerCard(models.Model):
    """Cards that nobody has yet, and giving one to a customer."""

    _inherit = "customer.card"

    @api.model
    def refusal_as_new_card(self, number):
        """Return why the card with this number cannot be handed to a customer now, or ""."""
        self.env["customer.till"]._check_seller()
        card = self._of_number(number)
        if not card or card._is_fresh():
            return ""
        if card.partner_id:
            return self.env._("Card %s belongs to another customer. Take a new card.", card.number)
        return self.env._("Card %s is in use already. Take a new card.", card.number)

    @api.model
    def _of_number(self, number):
        return self.sudo().search(
            [("number", "=", number), ("company_id", "=", self.env.company.id)], limit=1
        )

    def _is_fresh(self):
        """Tell whether nobody holds this card and nothing hangs on it."""
        self.ensure_one()
        held = any(self[name] for name in self._holder_fields())
        return self.state == "active" and not held and not self.enrolment_ids

    @api.model
    def _in_hand_of(self, partner):
        """Return the customer's cards, without one whose writing was never finished."""
        if not partner:
            return self.browse()
        companies = [False, *self.env.companies.ids]
        mine = [("partner_id", "=", partner.id), ("company_id", "in", companies)]
        cards = self.sudo().search(mine)
        return cards - cards._unfinished()

    def _unfinished(self):
        """Return the cards that only a broken off writing has made: no chip, no program."""
        return self.filtered(
            lambda card: (
                not card.medium_ids
                and not card.enrolment_ids
                and card.encoding_ids.filtered(lambda one: one.state in OPEN)
            )
        )

    @api.model
    def _hand_out(self, partner, number):
        """Give *partner* the fresh card with this number, or a new card, and return it.

        :param number: what is printed on the card; empty for the next number of its type
        :source: seed 001, Neue Kundenkarte Programme zuordnen
        """
        card = self._of_number(number) if number else self._begun_for(partner)
        if card and (card.partner_id == partner or card._is_fresh()):
            card.partner_id = partner
            return card
        values = {"partner_id": partner.id, "card_type_id": self.sudo()._default_card_type().id}
        if number and not card:
            values["number"] = number
        return self.sudo().create(values)

    @api.model
    def _bearer_type(self):
        """Return the first type of cards that nobody's name stands on.

        :raises UserError: there is none
        """
        company = self.env.company
        found = (
            self.env["customer.card.type"]
            .sudo()
            .search(
                [
                    ("issuable", "=", True),
                    ("number_prefix", "=", False),
                    ("holder_type", "=", "bearer"),
                    ("company_id", "in", (False, *company.sudo().parent_ids.ids)),
                ],
                limit=1,
            )
        )
        if not found:
            raise UserError(
                self.env._("There is no card type for bearers. Make one in the configuration.")
            )
        return found

    @api.model
    def _make_bearer_card(self):
        """Return a new card without a name; whoever has it can use what is on it (EX-13)."""
        return self.sudo().create({"card_type_id": self._bearer_type().id})

    def _begun_for(self, partner):
        return self.sudo().search([("partner_id", "=", partner.id)])._unfinished()[:1]
