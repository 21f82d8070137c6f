from odoo import api, fields, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    _inherit = "product.template"

    card_on_sale = fields.Boolean(
        compute="_compute_card_on_sale",
        search="_search_card_on_sale",
        help="Not a program article outside its sale window.",
    )

    @api.depends_context("company")
    def _compute_card_on_sale(self):
        closed = self.env["loyalty.program"]._closed_sale_products().product_tmpl_id
        for template in self:
            template.card_on_sale = template not in closed

    def _search_card_on_sale(self, operator, value):
        if operator != "in":
            return NotImplemented
        closed = self.env["loyalty.program"]._closed_sale_products().product_tmpl_id
        return [("id", "not in" if True in value else "in", closed.ids)]


class ProductProduct(models.Model):
    _inherit = "product.product"

    card_on_sale = fields.Boolean(
        compute="_compute_card_on_sale", search="_search_card_on_sale", compute_sudo=False
    )

    @api.depends_context("company")
    def _compute_card_on_sale(self):
        closed = self.env["loyalty.program"]._closed_sale_products()
        for product in self:
            product.card_on_sale = product not in closed

    def _search_card_on_sale(self, operator, value):
        if operator != "in":
            return NotImplemented
        closed = self.env["loyalty.program"]._closed_sale_products()
        return [("id", "not in" if True in value else "in", closed.ids)]

    def _mark_as_payment(self):
        """Tell sale_global_discount, where it is installed, that this article is no goods."""
        mark = "bypass_global_discount"
        if mark in self._fields:
            self.sudo().filtered(lambda product: not product[mark])[mark] = True


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _closed_sale_products(self):
        """Return the program articles that cannot be sold today (AP-33)."""
        today = self.env["loyalty.card"]._today(self.env.company)
        programs = self.sudo().search(
            Domain("sale_product_id", "!=", False)
            & (Domain("sale_from", ">", today) | Domain("sale_to", "<", today))
            & Domain("company_id", "in", (False, self.env.company.id))
        )
        return programs.sale_product_id


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_product_catalog_domain(self):
        return super()._get_product_catalog_domain() & Domain("card_on_sale", "=", True)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _domain_product_id(self):
        """Offer program articles only on the days on which they are sold."""
        return [*super()._domain_product_id(), ("card_on_sale", "=", True)]
