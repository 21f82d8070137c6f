from odoo import fields, models


class PosOrder(models.Model):
    """An order knows the card presented for it; once paid, the worker reads it."""

    _inherit = "pos.order"

    customer_card_id = fields.Many2one(
        "customer.card",
        string="Customer card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The card that was presented for this order.",
    )
