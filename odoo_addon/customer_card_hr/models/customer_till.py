from odoo import fields, models


class CustomerTill(models.Model):
    """A badge at the till logs its employee in at the screen that takes it."""

    _inherit = "customer.till"

    badge_logoff_on_removal = fields.Boolean(
        string="Log off when the badge is removed",
        help="For readers in which the badge stays while its holder works.",
    )

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

    def _decide(self, event, medium):
        """A badge put in just now may log in; one that lay there when the reader started never."""
        decision = super()._decide(event, medium)
        lying = event.origin == "found"
        if decision["status"] != "identified" or lying or not self.screen_connected:
            return decision
        return {**decision, "status": "pushed", "state": "new", "action": "login"}

    def _is_for_login_page(self, event):
        """A badge, or a card that nobody knows; no customer's card."""
        unknown = not event.customer_card_id and not event.partner_number
        return unknown or bool(event.customer_card_id.employee_id)

    def _after_login(self, place):
        """Somebody logged in at a screen of this till; glue modules unlock theirs."""

    def _after_logoff(self, way, place):
        """Somebody was logged off at a screen of this till; glue modules lock theirs."""
