from contextlib import contextmanager

from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    @contextmanager
    def _keep_voucher_articles(self):
        """Leave the shop's own voucher article alone: native code renames and archives it."""
        before = {article: (article.name, article.active) for article in self.redeem_product_id}
        yield
        for article, (name, active) in before.items():
            if (article.name, article.active) != (name, active):
                article.write({"name": name, "active": active})


class LoyaltyReward(models.Model):
    """How our rewards win over each other, and whose article their line carries."""

    _inherit = "loyalty.reward"

    specificity = fields.Integer(
        readonly=True, help="Of several card discounts on an article the highest applies (I29)."
    )

    def write(self, vals):
        with self.program_id._keep_voucher_articles():
            return super().write(vals)
