from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .loyalty_points_parameters import PARAMETERS


class LoyaltyProgram(models.Model):
    """A points program has its terms of now; each change is a row for later (TM-05, TM-44)."""

    _name = "loyalty.program"
    _inherit = ["loyalty.program", "loyalty.points.parameters"]

    terms_ids = fields.One2many("loyalty.points.terms", "program_id", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        programs._note_terms()
        return programs

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"kind", *PARAMETERS}:
            self._note_terms()
        return res

    def _note_terms(self):
        """Add a row of terms where something has changed; the first one holds for ever before."""
        cards = self.env["loyalty.card"]
        for program in self.filtered(lambda one: one.kind == "points"):
            values = {name: program[name] for name in PARAMETERS}
            latest = program._terms_rows()[:1]
            if latest and not latest._differs_from(values):
                continue
            first_day = cards._today(program.company_id) if latest else False
            row = {**values, "program_id": program.id, "valid_from": first_day}
            latest.create(row)

    def _terms_rows(self):
        """Return the rows of terms, the newest first: a cache has what was added last."""
        return self.sudo().terms_ids.sorted("id", reverse=True)

    def _terms_on(self, day):
        """Return the terms of *day*; of two changes on one day the later one counts."""
        self.ensure_one()
        day = fields.Date.to_date(day)
        rows = self._terms_rows()
        return next((one for one in rows if not one.valid_from or one.valid_from <= day), rows[-1:])

    @api.constrains("kind", "redeem_product_id")
    def _check_redeemed_untaxed(self):
        """Points pay: a tax on the line that takes them off would lower the shop's turnover."""
        for program in self.filtered(lambda one: one.kind == "points"):
            if program.redeem_product_id.taxes_id:
                raise ValidationError(
                    self.env._(
                        "%(article)s carries a tax. Points are redeemed as a payment: choose an"
                        " article without tax.",
                        article=program.redeem_product_id.display_name,
                    )
                )
