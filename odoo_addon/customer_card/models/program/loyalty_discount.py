from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class LoyaltyDiscount(models.Model):
    """Discount master record: how much, on which articles. Programs refer to it."""

    _name = "loyalty.discount"
    _description = "Discount"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    percent = fields.Float(string="Discount (%)", digits=(5, 2), default=10.0, required=True)
    applies_to = fields.Selection(
        [
            ("product", "Articles"),
            ("category", "Article categories"),
            ("tag", "Article tags"),
            ("all", "All articles"),
        ],
        default="product",
        required=True,
    )
    product_ids = fields.Many2many("product.product", string="Articles")
    category_ids = fields.Many2many("product.category", string="Article categories")
    tag_ids = fields.Many2many("product.tag", string="Article tags")

    _percent_range = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)",
        "A discount is more than 0 and at most 100 percent.",
    )

    def _product_domain(self):
        """Return the domain of the articles that get this discount; nothing chosen matches none."""
        self.ensure_one()
        if self.applies_to == "all":
            return Domain.TRUE
        if self.applies_to == "category":
            return Domain("categ_id", "child_of", self.category_ids.ids)
        if self.applies_to == "tag":
            return Domain("all_product_tag_ids", "in", self.tag_ids.ids)
        return Domain("id", "in", self.product_ids.ids)

    def _specificity(self):
        """Return how closely this discount names its articles; the higher one wins (I29)."""
        self.ensure_one()
        if self.applies_to == "category":
            depths = [len(path.split("/")) for path in self.category_ids.mapped("parent_path")]
            return 20 + min(max(depths, default=0), 9)
        return {"product": 30, "tag": 20}.get(self.applies_to, 0)

    def write(self, vals):
        res = super().write(vals)
        lines = self.env["loyalty.program.line"].sudo().search([("discount_id", "in", self.ids)])
        lines.program_id._sync_discounts()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        lines = self.env["loyalty.program.line"].sudo().with_context(active_test=False)
        if lines.search_count([("discount_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("This discount is used by a program. Archive it instead."))
