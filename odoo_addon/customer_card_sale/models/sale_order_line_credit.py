from odoo import api, fields, models
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """A line that sells credit with a bonus says how much the customer gets (HS-13)."""

    _inherit = "sale.order.line"

    card_credit_text = fields.Char(string="Credit", compute="_compute_card_credit_text")

    @api.depends(
        "card_program_id", "price_unit", "discount", "tax_ids", "product_uom_qty", "product_uom_id"
    )
    def _compute_card_credit_text(self):
        """Say nothing where the amount is none, or no rate makes it one of the program's money."""
        for line in self:
            program, text = line.card_program_id.sudo(), ""
            if program.kind in MONEY_KINDS:
                try:
                    text = program._credit_text(line._paid_per_unit())
                except UserError:
                    text = ""
            line.card_credit_text = text


class SaleOrder(models.Model):
    _inherit = "sale.order"

    card_gives_credit = fields.Boolean(compute="_compute_card_gives_credit")

    @api.depends("order_line.card_credit_text")
    def _compute_card_gives_credit(self):
        for order in self:
            order.card_gives_credit = any(order.order_line.mapped("card_credit_text"))
