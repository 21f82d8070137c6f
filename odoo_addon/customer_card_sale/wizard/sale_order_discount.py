from odoo import models
from odoo.exceptions import UserError


class SaleOrderDiscount(models.TransientModel):
    _inherit = "sale.order.discount"

    def action_apply_discount(self):
        """Leave fixed prices alone: a discount on the lines passes them by (AP-60)."""
        order = self.sale_order_id
        fixed = order.order_line.filtered("card_price_fixed")
        if not fixed:
            return super().action_apply_discount()
        if self.discount_type != "sol_discount":
            raise UserError(
                self.env._(
                    "The price of %s is fixed: a discount on the whole order would lower it."
                    " Choose a discount on the order lines.",
                    fixed[0].product_id.display_name,
                )
            )
        others = order.order_line.filtered(lambda line: not line.reward_id) - fixed
        others.write({"discount": self.discount_percentage * 100})
        return None
