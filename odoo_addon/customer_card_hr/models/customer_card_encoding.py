from odoo import api, models
from odoo.exceptions import AccessError, UserError


class CustomerCardEncoding(models.Model):
    """Who can write a chip for a colleague's badge could log in as that colleague."""

    _inherit = "customer.card.encoding"

    def _check_joins(self):
        """Let managers write badges, and no reader by itself: its key may be stolen."""
        if self.card_id.employee_id and not self.env.user.has_group("customer_card.group_manager"):
            raise UserError(
                self.env._("Badges are written by a manager, from the card's form at a screen.")
            )
        return super()._check_joins()


class CustomerCardMedium(models.Model):
    _inherit = "customer.card.medium"

    @api.model
    def _assign(self, card, kind, medium, value):
        """No seller binds a chip or code to a badge; a reader does what a manager asked."""
        user = self.env.user
        seller = user.has_group("customer_card.group_user")
        if card.employee_id and seller and not user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only a manager gives badges to employees."))
        return super()._assign(card, kind, medium, value)
