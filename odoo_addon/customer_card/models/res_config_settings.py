from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    card_program_limit = fields.Integer(related="company_id.card_program_limit", readonly=False)
    card_assign_at_sale = fields.Boolean(related="company_id.card_assign_at_sale", readonly=False)
    card_own_take_back = fields.Boolean(related="company_id.card_own_take_back", readonly=False)
    card_discounts_stack = fields.Boolean(related="company_id.card_discounts_stack", readonly=False)
    card_issue_partner_id = fields.Many2one(
        related="company_id.card_issue_partner_id", readonly=False
    )
    card_gift_recipient = fields.Boolean(related="company_id.card_gift_recipient", readonly=False)
    card_stock_foreign = fields.Boolean(related="company_id.card_stock_foreign", readonly=False)
    card_medium_chip = fields.Boolean(related="company_id.card_medium_chip", readonly=False)
    card_medium_qr = fields.Boolean(related="company_id.card_medium_qr", readonly=False)
    card_medium_single = fields.Boolean(related="company_id.card_medium_single", readonly=False)
    card_currency_id = fields.Many2one(related="company_id.currency_id", string="Card currency")
    card_uid_spend_limit = fields.Monetary(
        related="company_id.card_uid_spend_limit",
        readonly=False,
        currency_field="card_currency_id",
    )
