from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

from ...lib.plain_reference import PlainMany2one


class LoyaltyCardAllowance(models.Model):
    """What an enrolment may still take from one program line in one period."""

    _name = "loyalty.card.allowance"
    _description = "Allowance"
    _order = "card_id, date_from, id"

    card_id = fields.Many2one(
        "loyalty.card", string="Enrolment", required=True, ondelete="restrict", index=True
    )
    program_line_id = fields.Many2one(
        "loyalty.program.line", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    product_id = PlainMany2one("product.product", string="Article", readonly=True)
    date_from = fields.Date(readonly=True)
    date_to = fields.Date(readonly=True)
    unlimited = fields.Boolean(readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    used = fields.Float(digits="Product Unit", readonly=True, copy=False)
    remaining = fields.Float(digits="Product Unit", compute="_compute_remaining")

    _used_positive = models.Constraint("CHECK (used >= 0)", "More came back than was issued.")

    @api.depends("quantity", "used", "unlimited")
    def _compute_remaining(self):
        for allowance in self:
            allowance.remaining = 0 if allowance.unlimited else allowance.quantity - allowance.used

    @api.depends("program_line_id", "card_id")
    def _compute_display_name(self):
        for allowance in self:
            allowance.display_name = allowance.program_line_id.display_name

    def _usable_on(self, day):
        """Return the allowances whose period holds *day* and that still have something left."""
        return self.filtered(
            lambda allowance: (
                (not allowance.date_from or allowance.date_from <= day)
                and (not allowance.date_to or allowance.date_to >= day)
                and (allowance.unlimited or allowance.remaining > 0)
            )
        )

    def _end(self):
        """Return a key that sorts allowances by what ends first."""
        self.ensure_one()
        end = self.card_id.expiration_date or date.max
        return (min(self.date_to or date.max, end), end, self.id)

    def _product_domain(self):
        """Return the articles this allowance covers: those of its program line that may be sold."""
        self.ensure_one()
        return Domain(self.program_line_id._product_domain()) & Domain("type", "!=", "combo")
