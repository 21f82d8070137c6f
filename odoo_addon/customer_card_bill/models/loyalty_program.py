from odoo import api, fields, models


class LoyaltyProgram(models.Model):
    """Who pays for what a program issues: a health insurance, a professional association."""

    _inherit = "loyalty.program"

    payer_id = fields.Many2one(
        "res.partner",
        copy=True,
        help="Is billed once a month for what customers were issued from this program.",
    )
    payer_from = fields.Date(
        string="Billed from",
        help="Issues before this day are not billed.",
    )

    @api.onchange("payer_id")
    def _onchange_payer_id(self):
        if self.payer_id and not self.payer_from:
            self.payer_from = self.env["loyalty.card"]._today(self.company_id)

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        programs._bill_from_today()
        return programs

    def write(self, vals):
        res = super().write(vals)
        if vals.get("payer_id"):
            self._bill_from_today()
        return res

    def _bill_from_today(self):
        """A payer who is entered today does not pay for the past."""
        for program in self.filtered(lambda one: one.payer_id and not one.payer_from):
            program.payer_from = self.env["loyalty.card"]._today(program.company_id)


class LoyaltyProgramLine(models.Model):
    _inherit = "loyalty.program.line"

    bill_price = fields.Float(
        string="Price for the payer",
        digits="Product Price",
        help="In the company's currency, for one unit. 0: the payer's price list.",
    )

    _bill_price_positive = models.Constraint(
        "CHECK (bill_price >= 0)", "The price for the payer cannot be negative."
    )
