from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.exact import exact
from ...rules.tiers import Tier, topped_up


class LoyaltyProgramTier(models.Model):
    """From which amount on a top-up gets how much credit on top (HS-13, HS-14)."""

    _name = "loyalty.program.tier"
    _description = "Top-up tier"
    _order = "from_amount, id"

    program_id = fields.Many2one("loyalty.program", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="program_id.currency_id")
    from_amount = fields.Monetary(
        string="From amount", required=True, help="Inclusive. The whole amount gets the bonus."
    )
    percent = fields.Float(string="Bonus (%)", digits=(6, 2), required=True)

    _one_bound = models.UniqueIndex(
        "(program_id, from_amount)",
        "Two tiers begin with the same amount. Change or delete one of them.",
    )
    _in_bounds = models.Constraint(
        "CHECK (from_amount >= 0 AND percent >= 0 AND percent <= 100)",
        "A tier begins with 0 or more and gives 0 to 100 percent.",
    )


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    tier_ids = fields.One2many(
        "loyalty.program.tier", "program_id", string="Top-up bonus", copy=True
    )

    @api.constrains("tier_ids", "preset_amount", "kind")
    def _check_tiers(self):
        for program in self.filtered("tier_ids"):
            if program.kind != "stored_value":
                raise ValidationError(
                    self.env._("Only stored value has a top-up bonus. Delete the tiers.")
                )
            if program.preset_amount:
                raise ValidationError(
                    self.env._(
                        "%s has a fixed credit and tiers. Set the credit to 0 or delete the tiers.",
                        program.name,
                    )
                )

    def _credit_of(self, paid):
        """Return the credit that *paid* buys: the preset one, or what was paid and its bonus."""
        self.ensure_one()
        if preset := exact(self.preset_amount):
            return preset
        tiers = [Tier(exact(one.from_amount), exact(one.percent)) for one in self.tier_ids]
        return exact(topped_up(exact(paid), tiers, exact(self.currency_id.rounding)))

    def _credit_text(self, paid):
        """Return what *paid* credits in words, or "" where that is what is paid."""
        credit = self._credit_of(paid)
        if credit == exact(paid):
            return ""
        return self.env._("Credit %s", self.currency_id.format(float(credit)))
