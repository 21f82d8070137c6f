from odoo import api, models


class CustomerCard(models.Model):
    """Cards come to the point of sale one by one, when they are presented or handed out."""

    _name = "customer.card"
    _inherit = ["customer.card", "pos.load.mixin"]

    @api.model
    def _load_pos_data_domain(self, data, config):
        return False

    @api.model
    def _load_pos_data_fields(self, config):
        return ["number", "partner_id"]

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
        return self.state == "active" and not self.partner_id and not self.enrolment_ids

    @api.model
    def _hand_out(self, partner, number):
        """Give *partner* the fresh card with this number, or a new card, and return it.

        :param number: what is printed on the card; empty for the next number of its type
        :source: seed 001, Neue Kundenkarte Programme zuordnen
        """
        card = self._of_number(number) if number else self.sudo().browse()
        if card and card._is_fresh():
            card.partner_id = partner
            return card
        types = self.env["customer.card.type"].sudo()
        card_type = types.search([("holder_type", "=", "customer")], limit=1)
        values = {"partner_id": partner.id, "card_type_id": card_type.id}
        if number and not card:
            values["number"] = number
        return self.sudo().create(values)
