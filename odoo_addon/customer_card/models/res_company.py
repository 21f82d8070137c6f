from odoo import fields, models


class ResCompany(models.Model):
    """What a chain decides once for all its tills."""

    _inherit = "res.company"

    card_program_limit = fields.Integer(
        string="Programs per card", default=5, help="0 for no limit."
    )
    card_assign_at_sale = fields.Boolean(
        string="Assign a new card when a program is sold",
        help="A customer without a card who buys a program at the till is asked for one.",
    )
    card_discounts_stack = fields.Boolean(
        string="Discounts add up",
        help="Off: of several card discounts on an article the most specific one applies.",
    )
    card_issue_partner_id = fields.Many2one(
        "res.partner",
        string="Customer of issues that are not charged",
        help="Issues with the card of a branch or an employee are booked on this customer.",
    )

    card_stock_foreign = fields.Boolean(
        string="Stock is kept in another ERP",
        help="What cards issue is booked out of the stock of the ERP that the worker is told.",
    )

    _card_program_limit_positive = models.Constraint(
        "CHECK (card_program_limit >= 0)", "The number of programs cannot be negative."
    )
