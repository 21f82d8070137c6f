from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.tools.misc import formatLang

from ..rules.points import PaidLine, earned_points
from .customer_card_type import USUAL_MONTHS
from .loyalty_points_parameters import PARAMETERS

USUAL_BIRTHDAY = "250;5;10"
CUT, SHAMPOO = Decimal(40), Decimal(20)


class CustomerCardType(models.Model):
    """The terms on the card type's form: those of its program, with an example of what they do."""

    _inherit = "customer.card.type"

    example = fields.Char(compute="_compute_example")
    terms_ids = fields.One2many(related="points_program_id.terms_ids")

    # What stands on the form; each row of terms is a copy of it.
    by_segment = fields.Boolean(related="points_program_id.by_segment", readonly=False)
    default_segment = fields.Selection(related="points_program_id.default_segment", readonly=False)
    rounding = fields.Selection(related="points_program_id.rounding", readonly=False)
    points_per_unit = fields.Float(related="points_program_id.points_per_unit", readonly=False)
    earn_service_percent = fields.Float(
        related="points_program_id.earn_service_percent", readonly=False
    )
    gent_earn_service_percent = fields.Float(
        related="points_program_id.gent_earn_service_percent", readonly=False
    )
    earn_article_percent = fields.Float(
        related="points_program_id.earn_article_percent", readonly=False
    )
    gent_earn_article_percent = fields.Float(
        related="points_program_id.gent_earn_article_percent", readonly=False
    )
    welcome_points = fields.Integer(related="points_program_id.welcome_points", readonly=False)
    birth_month_points = fields.Integer(
        related="points_program_id.birth_month_points", readonly=False
    )
    birthday_points = fields.Char(related="points_program_id.birthday_points", readonly=False)
    return_weeks = fields.Integer(related="points_program_id.return_weeks", readonly=False)
    gent_return_weeks = fields.Integer(
        related="points_program_id.gent_return_weeks", readonly=False
    )
    return_points = fields.Integer(related="points_program_id.return_points", readonly=False)
    gent_return_points = fields.Integer(
        related="points_program_id.gent_return_points", readonly=False
    )
    earn_on_discounted = fields.Boolean(
        related="points_program_id.earn_on_discounted", readonly=False
    )
    forfeit_on_block = fields.Boolean(related="points_program_id.forfeit_on_block", readonly=False)
    earn_while_blocked = fields.Boolean(
        related="points_program_id.earn_while_blocked", readonly=False
    )
    redeem_factor = fields.Float(related="points_program_id.redeem_factor", readonly=False)
    gent_redeem_factor = fields.Float(
        related="points_program_id.gent_redeem_factor", readonly=False
    )
    redeem_type = fields.Selection(related="points_program_id.redeem_type", readonly=False)
    gent_redeem_type = fields.Selection(
        related="points_program_id.gent_redeem_type", readonly=False
    )
    redeem_free = fields.Boolean(related="points_program_id.redeem_free", readonly=False)
    redeem_from = fields.Integer(related="points_program_id.redeem_from", readonly=False)
    gent_redeem_from = fields.Integer(related="points_program_id.gent_redeem_from", readonly=False)
    redeem_to = fields.Integer(related="points_program_id.redeem_to", readonly=False)
    gent_redeem_to = fields.Integer(related="points_program_id.gent_redeem_to", readonly=False)
    redeem_window = fields.Boolean(related="points_program_id.redeem_window", readonly=False)
    redeem_service_percent = fields.Float(
        related="points_program_id.redeem_service_percent", readonly=False
    )
    gent_redeem_service_percent = fields.Float(
        related="points_program_id.gent_redeem_service_percent", readonly=False
    )
    redeem_article_percent = fields.Float(
        related="points_program_id.redeem_article_percent", readonly=False
    )
    gent_redeem_article_percent = fields.Float(
        related="points_program_id.gent_redeem_article_percent", readonly=False
    )
    direct_service_percent = fields.Float(
        related="points_program_id.direct_service_percent", readonly=False
    )
    gent_direct_service_percent = fields.Float(
        related="points_program_id.gent_direct_service_percent", readonly=False
    )
    direct_article_percent = fields.Float(
        related="points_program_id.direct_article_percent", readonly=False
    )
    gent_direct_article_percent = fields.Float(
        related="points_program_id.gent_direct_article_percent", readonly=False
    )
    visit_points = fields.Integer(related="points_program_id.visit_points", readonly=False)
    gent_visit_points = fields.Integer(
        related="points_program_id.gent_visit_points", readonly=False
    )
    notice_points = fields.Integer(related="points_program_id.notice_points", readonly=False)
    gent_notice_points = fields.Integer(
        related="points_program_id.gent_notice_points", readonly=False
    )
    notice_text = fields.Char(related="points_program_id.notice_text", readonly=False)
    gent_notice_text = fields.Char(related="points_program_id.gent_notice_text", readonly=False)

    @api.depends(*PARAMETERS)
    def _compute_example(self):
        """Say what a cut and a shampoo bring: a live example beside the rates."""
        for card_type in self:
            card_type.example = False
            if card_type.points_per_unit > 0:
                terms = self.env["loyalty.program"].new(
                    {name: card_type[name] for name in PARAMETERS}
                )
                lines = [PaidLine(CUT, True), PaidLine(SHAMPOO, False)]
                points = earned_points(lines, terms._earning_rates())
                card_type.example = self.env._(
                    "Example: service 40.00 and article 20.00 → %(points)s points, worth"
                    " %(worth)s.",
                    points=shown(self.env, points),
                    worth=formatLang(
                        self.env, float(points / exact(card_type.points_per_unit)), digits=2
                    ),
                )

    @api.model
    def default_get(self, fields):
        """A new points card begins with TiM's usual values."""
        values = super().default_get(fields)
        if values.get("collects_points") or self.env.context.get("default_collects_points"):
            values.update(self._usual_terms(), collects_points=True, validity_months=USUAL_MONTHS)
        return {name: value for name, value in values.items() if name in fields}

    @api.model
    def _usual_terms(self):
        usual = self.env["loyalty.program"].default_get(list(PARAMETERS))
        return {**usual, "by_segment": True, "birthday_points": USUAL_BIRTHDAY}

    @api.onchange("collects_points")
    def _onchange_collects_points(self):
        if self.collects_points and not self.points_program_id:
            self.update(self._usual_terms())
            self.validity_months = self.validity_months or USUAL_MONTHS
