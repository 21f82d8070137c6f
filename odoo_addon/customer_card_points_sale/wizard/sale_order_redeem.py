from odoo import api, models
from odoo.addons.customer_card.lib.exact import exact


class SaleOrderRedeem(models.TransientModel):
    """Fewer points than possible are redeemed by the amount that they pay (AP-56)."""

    _inherit = "sale.order.redeem"

    def _offered_kinds(self):
        return (*super()._offered_kinds(), "points")

    @api.depends("card_id")
    def _compute_maximum(self):
        """Of points: what they pay; direct discounts come on top, whatever is entered."""
        points = self.filtered(lambda one: one.order_id and one.card_id.kind == "points")
        for wizard in points:
            quote = wizard.order_id._points_quote(wizard.card_id)[0]
            paid = exact(quote.value) - exact(quote.direct)
            program = wizard.card_id.sudo().program_id
            wizard.maximum = float(wizard.order_id._from_program(program, paid))
        return super(SaleOrderRedeem, self - points)._compute_maximum()
