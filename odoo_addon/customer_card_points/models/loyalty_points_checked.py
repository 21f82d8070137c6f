from odoo import api, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.exceptions import ValidationError

from ..rules.points import EarningRates
from ..rules.redemption import RedeemTerms
from ..rules.visits import (
    Birthday,
    SegmentBonus,
    VisitTerms,
    read_birthday,
)
from .loyalty_points_parameters import GENT, PARAMETERS, SEGMENTED


class LoyaltyPointsParameters(models.AbstractModel):
    """What may be entered, and how the rules want it."""

    _inherit = "loyalty.points.parameters"

    # --- what may be entered ------------------------------------------------------------

    @api.constrains(*PARAMETERS)
    def _check_parameters(self):
        for terms in self:
            for name in PARAMETERS:
                field, value = self._fields[name], terms[name]
                label = field._description_string(self.env)
                if field.type in ("integer", "float") and value < 0:
                    raise ValidationError(
                        self.env._("%s cannot be negative. Enter 0 or more.", label)
                    )
                if name.endswith("_percent") and value > 100:
                    raise ValidationError(self.env._("%s is more than 100 percent.", label))
            if terms.points_per_unit <= 0:
                raise ValidationError(
                    self.env._("Points per currency unit: enter how many are worth one, not 0.")
                )
            for gent in ("", GENT):
                least, most = terms[gent + "redeem_from"], terms[gent + "redeem_to"]
                if most and least > most:
                    raise ValidationError(
                        self.env._(
                            "Redeem from %(least)s points up to %(most)s: enter the smaller one"
                            " first.",
                            least=least,
                            most=most,
                        )
                    )
                if terms[gent + "redeem_type"] in "34" and terms[gent + "redeem_factor"] > 100:
                    raise ValidationError(
                        self.env._("The redemption factor is percent here: enter 100 or less.")
                    )
            terms._check_birthday()

    def _check_birthday(self):
        try:
            self._birthday()
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "Points on the birthday: “%s” cannot be read. Write points; days before; days"
                    " after, as in 250;5;10, with no more than 364 days in all.",
                    self.birthday_points,
                )
            ) from error

    # --- as the rules want it -----------------------------------------------------------

    def _of(self, segment, name):
        """Return parameter *name* as it is for ladies or gents."""
        own = segment == "gent" and self.by_segment and name in SEGMENTED
        return self[GENT + name if own else name]

    def _birthday(self):
        return read_birthday(self.birthday_points) if self.birthday_points else Birthday()

    def _earning_rates(self):
        return EarningRates(
            exact(self.earn_service_percent),
            exact(self.earn_article_percent),
            exact(self.points_per_unit),
            self.earn_on_discounted,
            exact(self._of("gent", "earn_service_percent")),
            exact(self._of("gent", "earn_article_percent")),
            per_line=self.rounding == "legacy",
        )

    def _visit_terms(self):
        lady, gent = (
            SegmentBonus(
                exact(self._of(segment, "visit_points")),
                self._of(segment, "return_weeks"),
                exact(self._of(segment, "return_points")),
            )
            for segment in ("lady", "gent")
        )
        return VisitTerms(lady, gent, exact(self.birth_month_points), self._birthday())

    def _redeem_terms(self, segment):
        return RedeemTerms(
            exact(self.points_per_unit),
            self._of(segment, "redeem_type"),
            exact(self._of(segment, "redeem_factor")),
            exact(self._of(segment, "redeem_from")),
            exact(self._of(segment, "redeem_to")),
            self.redeem_window,
            exact(self._of(segment, "redeem_service_percent")),
            exact(self._of(segment, "redeem_article_percent")),
            exact(self._of(segment, "direct_service_percent")),
            exact(self._of(segment, "direct_article_percent")),
            self.redeem_free,
        )
