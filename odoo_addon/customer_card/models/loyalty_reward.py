from odoo import fields, models


class LoyaltyReward(models.Model):
    """How our rewards win over each other, and whose product their line carries."""

    _inherit = "loyalty.reward"

    specificity = fields.Integer(
        readonly=True, help="Of several card discounts on an article the highest applies (I29)."
    )

    def write(self, vals):
        """Leave the shop's own voucher article alone: native code renames and archives it."""
        chosen = self.program_id.redeem_product_id
        before = {product: (product.name, product.active) for product in chosen}
        res = super().write(vals)
        for product, (name, active) in before.items():
            if (product.name, product.active) != (name, active):
                product.write({"name": name, "active": active})
        return res
