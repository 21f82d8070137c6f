from odoo import models


class LoyaltyReward(models.Model):
    """The article of a reward's line is made whoever makes the program (EX-17)."""

    _inherit = "loyalty.reward"

    def _create_missing_discount_line_products(self):
        return super(LoyaltyReward, self.sudo())._create_missing_discount_line_products()
