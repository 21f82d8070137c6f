from odoo import api, fields, models


class CustomerTill(models.Model):
    _inherit = "customer.till"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Issues of this till leave the stock of this warehouse. Empty: the company's first.",
    )

    @api.model
    def _issue_warehouse(self, company):
        """Return the warehouse whose stock the issues of this till leave; the till may be empty."""
        return self.exists().warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )

    @api.model
    def _knows_lots(self, company):
        """Return whether the stock, and with it the lots, lies in this database."""
        place = self.exists().stock_place
        return place == "here" if place else not company.card_stock_foreign

    def _action_of(self, card):
        """A branch's card does nothing but issue: there is no customer to open."""
        action, refusal = super()._action_of(card)
        if card.holder_type == "branch" and action == "customer" and not refusal:
            refusal = self.env._(
                "The card of %s has no program that is in force. Assign one.", card._holder_name()
            )
        return action, refusal
