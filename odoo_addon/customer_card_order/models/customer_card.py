from odoo import fields, models


class CustomerCard(models.Model):
    _inherit = "customer.card"

    order_line_id = fields.Many2one(
        "customer.card.order.line",
        string="Ordered with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def action_order_card(self):
        """Order a printed card for the holder, as on the customer."""
        self.ensure_one()
        return self.partner_id.action_order_card()
