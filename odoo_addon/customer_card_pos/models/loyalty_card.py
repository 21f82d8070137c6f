from odoo import api, models
from odoo.addons.customer_card.models.ledger import shown


class LoyaltyCard(models.Model):
    """The live enrolments of an order's customer, in one call."""

    _inherit = "loyalty.card"

    @api.model
    def get_pos_enrolments(self, partner_id, customer_card_id):
        """Return what an order of this customer may use today.

        :param partner_id: the order's customer, or False
        :param customer_card_id: the card presented for this order, or False
        :return: ``programs`` the ids of the gated programs that are open, ``cards`` the live
            points accounts among them, with what is left to spend
        """
        self.check_access("read")
        company = self.env.company
        today = self._today(company)
        program_model = self.env["loyalty.program"].sudo()
        partner = self.env["res.partner"].browse(partner_id or ())
        customer_card = self.env["customer.card"].sudo().browse(customer_card_id or ()).exists()
        programs = program_model.search(
            [
                ("company_id", "in", [False, *company.sudo().parent_ids.ids]),
                *program_model._gate_domain(partner, customer_card, today),
            ]
        )
        cards = self.sudo().search(
            [
                ("program_id", "in", programs.filtered("is_nominative").ids),
                *program_model._live_enrolment_domain(partner, customer_card, today),
            ]
        )
        return {"programs": programs.ids, "cards": [card._get_pos_balance() for card in cards]}

    def _get_pos_balance(self):
        return {
            "id": self.id,
            "program_id": self.program_id.id,
            "points": self.points - self.held,
        }

    def _get_pos_refusal(self, left):
        """Return the sentence for a seller whose order wants more than this enrolment gives."""
        self.ensure_one()
        if self.state != "active":
            return self.env._(
                "%(program)s cannot be used today. Remove its line from the order.",
                program=self.program_id.name,
            )
        return self.env._(
            "Only %(left)s left on %(program)s. The order was corrected, please check it.",
            left=shown(self.env, left),
            program=self.program_id.name,
        )
