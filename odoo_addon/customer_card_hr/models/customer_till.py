from odoo import models


class CustomerTill(models.Model):
    _inherit = "customer.till"

    def _action_of(self, card):
        """A badge that issues nothing tells who stands at the till; no customer opens."""
        if card.employee_id and not card.employee_id.active:
            return "customer", self.env._(
                "The employee of card %s is no longer here. Block the card.", card.number
            )
        action, refusal = super()._action_of(card)
        if card.holder_type != "employee" or action != "customer":
            return action, refusal
        today = card.enrolment_ids._today(card.company_id)
        counters = card._usable_enrolments(today).program_id.filtered(
            lambda program: program.insert_action == "decrease"
        )
        return (action, refusal) if counters else ("identify", None)
