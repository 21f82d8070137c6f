from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...lib.exact import shown
from ...rules.periods import period_bounds, term_end, total_months

SHOWN_PERIODS = 120


class LoyaltyProgram(models.Model):
    """How long a program lasts, and how its lines follow each other."""

    _inherit = "loyalty.program"

    term_months = fields.Integer(
        string="Term (months)",
        help="0 for no end. With split lines: how long each line lasts.",
    )
    split_lines = fields.Boolean(
        string="Split lines over the term",
        help="The first line can be used in the first period, the second line in the second.",
    )
    carry_over = fields.Boolean(
        string="Carry over what is left",
        help="What a period leaves unused can be used until the end of the whole term.",
    )
    always_new = fields.Boolean(
        string="Always create a new program",
        help="Selling it again gives the customer a second program instead of extending the"
        " first one. Vouchers are always new, discounts are always extended.",
    )
    per_fitting = fields.Boolean(
        string="Per fitting (left/right)",
        help="The side is asked when the program is sold. Each side has its own counter.",
    )
    total_months = fields.Integer(compute="_compute_total_months", string="Whole term (months)")
    period_preview = fields.Html(compute="_compute_period_preview", sanitize=False)

    _term_positive = models.Constraint("CHECK (term_months >= 0)", "A term cannot be negative.")

    @api.depends("term_months", "split_lines", "line_ids.active")
    def _compute_total_months(self):
        for program in self:
            program.total_months = total_months(
                program.term_months, len(program._quota_lines()), program.split_lines
            )

    @api.depends("term_months", "split_lines", "line_ids.quantity", "line_ids.active")
    def _compute_period_preview(self):
        """Show what a customer who buys the program today gets in which period."""
        today = self.env["loyalty.card"]._today(self.env.company)
        for program in self:
            lines = program._quota_lines()
            if not program.split_lines or not program.term_months or not lines:
                program.period_preview = False
                continue
            rows = []
            for number, line in enumerate(lines[:SHOWN_PERIODS], 1):
                first, last = period_bounds(today, program.term_months, number)
                rows.append(
                    {
                        "name": program._period_name(number),
                        "first": format_date(self.env, first),
                        "last": format_date(self.env, last),
                        "article": line.display_name,
                        "quantity": shown(self.env, line.quantity)
                        if line.quantity
                        else self.env._("any number"),
                    }
                )
            program.period_preview = self.env["ir.qweb"]._render(
                "customer_card.period_preview",
                {"rows": rows, "hidden": max(len(lines) - SHOWN_PERIODS, 0)},
            )

    def _period_name(self, number):
        names = {
            12: self.env._("Year %s", number),
            3: self.env._("Quarter %s", number),
            1: self.env._("Month %s", number),
        }
        return names.get(self.term_months, self.env._("Period %s", number))

    def _quota_lines(self):
        """Return the lines that become counters, in the order in which split lines follow."""
        self.ensure_one()
        if self.kind != "bonus_item":
            return self.line_ids.browse()
        return self.line_ids.filtered("active").sorted(lambda line: (line.sequence, line.id or 0))

    def _end_of_term(self, day):
        """Return the last day of a term that begins on *day*, or False for no end."""
        return term_end(day, self.total_months) or False

    @api.constrains("split_lines", "term_months", "per_fitting", "insert_action", "kind")
    def _check_terms(self):
        for program in self:
            if program.split_lines and not program.term_months:
                raise ValidationError(
                    self.env._("Enter the term of one line before you split the lines over it.")
                )
            if program.per_fitting and program.insert_action != "decrease":
                raise ValidationError(
                    self.env._(
                        "A program per fitting needs the action “Decrease quantity”."
                        " Choose that action or switch the option off."
                    )
                )
