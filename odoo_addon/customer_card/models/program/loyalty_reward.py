from contextlib import contextmanager

from odoo import fields, models

# What the article of a reward has from it.
FOLLOWED = frozenset({"description", "active"})


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    @contextmanager
    def _keep_voucher_articles(self):
        """Leave the shop's own voucher article alone: native code renames and archives it."""
        before = {article: (article.name, article.active) for article in self.redeem_product_id}
        yield
        for article, (name, active) in before.items():
            if (article.name, article.active) != (name, active):
                article.sudo().write({"name": name, "active": active})


class LoyaltyReward(models.Model):
    """How our rewards win over each other, and whose article their line carries."""

    _inherit = "loyalty.reward"

    specificity = fields.Integer(
        readonly=True, help="Of several card discounts on an article the highest applies (I29)."
    )

    def write(self, vals):
        """Its article takes up name and state: changing a program needs no right to articles."""
        followed = {name: vals[name] for name in FOLLOWED & vals.keys()}
        others = {name: value for name, value in vals.items() if name not in followed}
        kept = [self._fields[name] for name in followed]  # Odoo makes a text of the others
        with self.program_id._keep_voucher_articles():
            with self.env.protecting(kept, self):
                res = super().write(others)
            if followed:
                self.check_access("write")
                super(LoyaltyReward, self.sudo()).write(followed)
        return res
