from odoo import api, fields, models
from odoo.addons.customer_card.rules.kinds import DISCOUNT_KINDS, MONEY_KINDS
from odoo.fields import Command

from .loyalty_program_templates import NOT_SOLD, TEMPLATES, program_values

PRICES = ("price", "credit")


class LoyaltyProgramNew(models.TransientModel):
    """Make a program from a template: a few answers instead of an empty form."""

    _name = "loyalty.program.new"
    _description = "New program"

    template = fields.Selection(
        [(key, template.name) for key, template in TEMPLATES.items()],
        required=True,
        default="battery_yearly",
    )
    name = fields.Char(
        string="Program", required=True, compute="_compute_answers", store=True, readonly=False
    )
    product_id = fields.Many2one("product.product", string="Article")
    category_id = fields.Many2one(
        "product.category", string="Article category", help="Empty: all articles."
    )
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    quantity = fields.Float(
        digits="Product Unit", compute="_compute_answers", store=True, readonly=False
    )
    periods = fields.Integer(
        string="How many periods", compute="_compute_answers", store=True, readonly=False
    )
    term_months = fields.Integer(
        string="Term (months)", compute="_compute_answers", store=True, readonly=False
    )
    percent = fields.Float(digits=(5, 2), compute="_compute_answers", store=True, readonly=False)
    price = fields.Monetary(
        compute="_compute_answers",
        store=True,
        readonly=False,
        help="0: entered at the sale.",
    )
    credit = fields.Monetary(
        compute="_compute_answers",
        store=True,
        readonly=False,
        help="What the customer can spend. 0: what is paid.",
    )
    asks_product = fields.Boolean(compute="_compute_asks")
    asks_category = fields.Boolean(compute="_compute_asks")
    asks_quantity = fields.Boolean(compute="_compute_asks")
    asks_periods = fields.Boolean(compute="_compute_asks")
    asks_term = fields.Boolean(compute="_compute_asks")
    asks_percent = fields.Boolean(compute="_compute_asks")
    asks_price = fields.Boolean(compute="_compute_asks")
    asks_credit = fields.Boolean(compute="_compute_asks")

    @api.depends("template")
    def _compute_asks(self):
        for new in self:
            template = TEMPLATES.get(new.template)
            asked = template.asks if template else frozenset()
            new.asks_product = "product_id" in asked
            new.asks_category = "category_id" in asked
            new.asks_quantity = "quantity" in asked
            new.asks_periods = "periods" in asked
            new.asks_term = "term_months" in asked
            new.asks_percent = "percent" in asked
            new.asks_price = "price" in asked or new.template not in NOT_SOLD
            new.asks_credit = "credit" in asked

    @api.depends("template")
    def _compute_answers(self):
        names = dict(self._fields["template"]._description_selection(self.env))
        for new in self:
            template = TEMPLATES.get(new.template)
            defaults = template.answers if template else {}
            # Receipts show it: without what the template's name explains after a comma.
            new.name = names.get(new.template, "").partition(",")[0]
            for name in ("quantity", "periods", "term_months", "percent", *PRICES):
                new[name] = defaults.get(name, 0)

    def action_create(self):
        """Create the program with its discount and program article, and open it.

        Who may make programs needs no right to articles (EX-17).
        """
        self.ensure_one()
        self.env["loyalty.program"].check_access("create")
        answers = {name: self[name] for name in ("quantity", "periods", "term_months", *PRICES)}
        answers.update(product_id=self.product_id.id, percent=self.percent)
        values = {"name": self.name, **program_values(self.template, answers)}
        if values["kind"] in DISCOUNT_KINDS:
            values["line_ids"] = [Command.create({"discount_id": self._make_discount().id})]
        if self.template not in NOT_SOLD:
            values["sale_product_id"] = self._make_article(values["kind"]).id
        program = self.env["loyalty.program"].create(values)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_loyalty_program_card"
        )
        form = self.env.ref("customer_card.loyalty_program_view_form_card")
        return {**action, "views": [(form.id, "form")], "res_id": program.id}

    def _make_discount(self):
        return self.env["loyalty.discount"].create(
            {
                "name": self.name,
                "percent": self.percent,
                "applies_to": "category" if self.category_id else "all",
                "category_ids": [Command.set(self.category_id.ids)],
            }
        )

    def _make_article(self, kind):
        """Make the article the program is sold as. Credit is money: it carries no tax."""
        values = {
            "name": self.name,
            "type": "service",
            "is_card_program": True,
            "list_price": self.price,
            "sale_ok": True,
        }
        if kind in MONEY_KINDS:
            values["taxes_id"] = [Command.clear()]
        if "available_in_pos" in self.env["product.product"]._fields:
            values["available_in_pos"] = True
        return self.env["product.product"].sudo().create(values).sudo(False)
