from odoo import models


class CustomerTill(models.Model):
    _inherit = "customer.till"

    def _action_of(self, card):
        """A badge that issues nothing tells who stands at the till; no customer opens."""
        action, refusal = super()._action_of(card)
        if card.holder_type != "employee" or action != "customer":
            return action, refusal
        today = card.enrolment_ids._today(card.company_id)
        counters = card._usable_enrolments(today).program_id.filtered(
            lambda program: program.insert_action == "decrease"
        )
        return (action, refusal) if counters else ("identify", None)
