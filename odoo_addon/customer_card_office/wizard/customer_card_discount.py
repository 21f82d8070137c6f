from odoo import fields, models
from odoo.addons.customer_card.lib.exact import shown
from odoo.fields import Command


class CustomerCardDiscount(models.TransientModel):
    """A discount for one card in one step: nobody makes a program by hand for it (EX-06)."""

    _name = "customer.card.discount"
    _description = "Add discount"

    customer_card_id = fields.Many2one("customer.card", string="Card", required=True, readonly=True)
    percent = fields.Float(string="Discount (%)", digits=(5, 2), default=10.0, required=True)
    applies_to = fields.Selection(
        [("all", "All articles"), ("category", "Article categories"), ("product", "Articles")],
        string="On",
        default="all",
        required=True,
    )
    category_ids = fields.Many2many("product.category", string="Article categories")
    product_ids = fields.Many2many("product.product", string="Articles")

    def action_add(self):
        """Make the discount with its program and give it to the card.

        :raises ValidationError: no percentage of 1 to 100, or the card has just this discount
        :raises UserError: the card is full
        """
        self.ensure_one()
        card, programs = self.customer_card_id, self.env["loyalty.program"]
        programs.check_access("create")
        card.check_access("write")
        values = {"name": self._title(), "company_id": card.company_id.id}
        discount = self.env["loyalty.discount"].create(
            {
                **values,
                "percent": self.percent,
                "applies_to": self.applies_to,
                "category_ids": [Command.set(self.category_ids.ids)],
                "product_ids": [Command.set(self.product_ids.ids)],
            }
        )
        program = programs.create(
            {
                **values,
                "kind": "discount",
                "card_required": True,
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )
        program._enrol(customer_card=card)
        return {"type": "ir.actions.act_window_close"}

    def _title(self):
        names = {
            "category": ", ".join(self.category_ids.mapped("display_name")),
            "product": ", ".join(self.product_ids.mapped("display_name")),
        }
        return self.env._(
            "%(percent)s %% on %(articles)s, card %(number)s",
            percent=shown(self.env, self.percent),
            articles=names.get(self.applies_to) or self.env._("all articles"),
            number=self.customer_card_id.number,
        )


class CustomerCard(models.Model):
    _inherit = "customer.card"

    def action_add_discount(self):
        """Ask how much, and on what."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add discount"),
            "res_model": "customer.card.discount",
            "view_mode": "form",
            "target": "new",
            "context": {"default_customer_card_id": self.id},
        }
