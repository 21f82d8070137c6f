from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    card_program_limit = fields.Integer(related="company_id.card_program_limit", readonly=False)
    card_assign_at_sale = fields.Boolean(related="company_id.card_assign_at_sale", readonly=False)
    card_discounts_stack = fields.Boolean(related="company_id.card_discounts_stack", readonly=False)
    card_issue_partner_id = fields.Many2one(
        related="company_id.card_issue_partner_id", readonly=False
    )
    card_stock_foreign = fields.Boolean(related="company_id.card_stock_foreign", readonly=False)
