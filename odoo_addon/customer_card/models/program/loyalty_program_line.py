from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...rules.kinds import DISCOUNT_KINDS


class LoyaltyProgramLine(models.Model):
    """What a program grants: a quantity of an article or property, or a discount."""

    _name = "loyalty.program.line"
    _description = "Program line"
    _order = "sequence, id"

    program_id = fields.Many2one("loyalty.program", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(related="program_id.kind")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        "product.product", string="Article", ondelete="restrict", domain=[("type", "!=", "combo")]
    )
    property = fields.Selection(
        [
            ("category", "Article category"),
            ("tag", "Article tag"),
            ("type", "Article type"),
            ("attribute", "Attribute"),
        ]
    )
    category_id = fields.Many2one("product.category", ondelete="restrict")
    tag_id = fields.Many2one("product.tag", ondelete="restrict")
    product_type = fields.Selection([("consu", "Goods"), ("service", "Service")])
    attribute_value_id = fields.Many2one("product.attribute.value", ondelete="restrict")
    quantity = fields.Float(
        digits="Product Unit", help="In the article's own unit. Empty or 0 means unlimited."
    )
    discount_id = fields.Many2one("loyalty.discount", ondelete="restrict")

    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "A quantity cannot be negative."
    )

    @api.depends("product_id", "property", "category_id", "tag_id", "product_type", "discount_id")
    def _compute_display_name(self):
        for line in self:
            value = line.category_id or line.tag_id or line.attribute_value_id
            types = dict(self._fields["product_type"]._description_selection(self.env))
            line.display_name = (
                line.discount_id.name
                or line.product_id.display_name
                or value.display_name
                or types.get(line.product_type)
                or self.env._("Program line")
            )

    @api.constrains(
        "product_id", "property", "category_id", "tag_id", "product_type", "discount_id"
    )
    def _check_target(self):
        for line in self:
            if line.product_id and line.property:
                raise ValidationError(
                    self.env._("A program line names an article or a property, not both.")
                )
            if line.program_id.kind in DISCOUNT_KINDS and not line.discount_id:
                raise ValidationError(self.env._("Choose the discount of this program line."))

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id:
            self.property = self.category_id = self.tag_id = self.product_type = False
            self.attribute_value_id = False

    def _product_domain(self):
        """Return the domain of the articles this line covers; a line without target covers none."""
        self.ensure_one()
        if self.product_id:
            return Domain("id", "=", self.product_id.id)
        if self.property == "category" and self.category_id:
            return Domain("categ_id", "child_of", self.category_id.id)
        if self.property == "tag" and self.tag_id:
            return Domain("all_product_tag_ids", "in", self.tag_id.ids)
        if self.property == "type" and self.product_type:
            return Domain("type", "=", self.product_type)
        if self.property == "attribute" and self.attribute_value_id:
            return Domain(
                "product_template_attribute_value_ids.product_attribute_value_id",
                "=",
                self.attribute_value_id.id,
            )
        return Domain.FALSE

    def action_copy(self):
        """Add a second line like this one, right below it (AP-06)."""
        self.ensure_one()
        self.copy()
        return True

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.program_id._sync_discounts()
        return lines

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"discount_id", "active", "sequence", "program_id"}:
            self.program_id._sync_discounts()
        return res

    def unlink(self):
        """Delete what was never used; archive the rest, since histories point to it (AP-07)."""
        programs = self.program_id
        allowances = self.env["loyalty.card.allowance"].sudo()
        used = allowances.search([("program_line_id", "in", self.ids)]).program_line_id
        used.active = False
        res = super(LoyaltyProgramLine, self - used).unlink()
        programs._sync_discounts()
        return res
