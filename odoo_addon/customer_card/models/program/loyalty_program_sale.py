from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...lib.exact import exact
from ...rules.kinds import BEARER_KINDS, MONEY_KINDS


class LoyaltyProgram(models.Model):
    """What a program is sold as, when, for how much, and where it can be redeemed."""

    _inherit = "loyalty.program"

    sale_product_id = fields.Many2one(
        "product.product",
        string="Sold as",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("is_card_program", "=", True)],
        copy=False,
        help="Selling this article gives the customer the program, once for each unit.",
    )
    sale_price = fields.Float(
        related="sale_product_id.lst_price",
        string="Price",
        digits="Product Price",
        help="Fixed at the point of sale and in quotations. 0: the amount is entered at the sale.",
    )
    sale_from = fields.Date(string="Sold from", help="First day, inclusive.")
    sale_to = fields.Date(string="Sold until", help="Last day, inclusive.")
    redeem_channel = fields.Selection(
        [
            ("both", "Everywhere"),
            ("pos", "Point of sale only"),
            ("sale", "Quotations only"),
        ],
        string="Can be redeemed",
        default="both",
        required=True,
    )
    one_quotation = fields.Boolean(
        string="Only in one quotation",
        help="While an open quotation uses the voucher or the credit, no other quotation can.",
    )
    preset_amount = fields.Monetary(
        string="Credit",
        help="What the customer can spend. 0: the amount that is paid.",
    )
    redeem_product_id = fields.Many2one(
        "product.product",
        string="Voucher article",
        ondelete="restrict",
        domain=[("type", "=", "service")],
        help="Redeeming adds a line with this article. Empty: one is made.",
    )

    _preset_positive = models.Constraint(
        "CHECK (preset_amount >= 0)", "A credit cannot be negative."
    )
    _window_order = models.Constraint(
        "CHECK (sale_from IS NULL OR sale_to IS NULL OR sale_from <= sale_to)",
        "The sale cannot end before it begins.",
    )
    _sold_as_one = models.UniqueIndex(
        "(sale_product_id, COALESCE(company_id, 0)) WHERE active AND sale_product_id IS NOT NULL",
        "This article sells another program already. Choose an article of its own.",
    )

    @api.constrains("sale_product_id")
    def _check_program_article(self):
        for program in self:
            product = program.sale_product_id
            if product and not product.is_card_program:
                raise ValidationError(
                    self.env._(
                        "%s is not marked as a program article. Mark it on the article first.",
                        product.display_name,
                    )
                )

    @api.model
    def _sold_as(self, products):
        """Return the programs that *products* sell, in the user's companies."""
        return self.search(
            [
                ("sale_product_id", "in", products.ids),
                ("kind", "!=", False),
                ("parent_program_id", "=", False),
            ]
        )

    def _is_sold_on(self, day):
        """Tell whether *day* lies in the sale window, both ends inclusive (AP-33)."""
        self.ensure_one()
        return (not self.sale_from or self.sale_from <= day) and (
            not self.sale_to or day <= self.sale_to
        )

    def _sale_refusal(
        self, day, *, price_unit=None, partner=None, customer_card=None, expected=None
    ):
        """Return the sentence why this program cannot be sold like this, or an empty one.

        :param price_unit: what one unit costs on the line; None where it is not known yet
        :param expected: the price that is asked, when it is not the article's own
        :source: seed 002, Verkauf von/bis; Verkaufsbetrag am Artikel
        """
        self.ensure_one()
        name = self.name
        if not self._is_sold_on(day):
            return self.env._(
                "%(program)s is sold from %(first)s to %(last)s only.",
                program=name,
                first=format_date(self.env, self.sale_from) if self.sale_from else "…",
                last=format_date(self.env, self.sale_to) if self.sale_to else "…",
            )
        if not partner and not customer_card and self.kind not in BEARER_KINDS:
            return self.env._("%s needs a customer. Choose the customer first.", name)
        if customer_card and (refusal := customer_card._money_refusal(self)):
            return refusal
        cards = self._limited_cards(partner, customer_card)
        if refusal := cards._program_limit_refusal(self):
            return refusal
        if price_unit is None:
            return ""
        money = self.kind in MONEY_KINDS
        if expected is None:
            # Credit of 50 whose article has no price costs 50.
            expected = self.sale_product_id.lst_price or (money and self.preset_amount) or None
        if expected is not None and exact(price_unit) != exact(expected):
            return self.env._("The price of %s is fixed and cannot be changed.", name)
        if money and not self.preset_amount and exact(price_unit) <= 0:
            return self.env._("Enter the amount of %s.", name)
        return ""
