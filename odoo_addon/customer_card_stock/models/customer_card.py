from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerCard(models.Model):
    """A branch's card: what it issues leaves the stock and is charged to nobody."""

    _inherit = "customer.card"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Branch",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )

    @api.constrains("warehouse_id", "partner_id", "holder_type")
    def _check_branch(self):
        for card in self.filtered("active"):
            if card.holder_type != "branch":
                if card.warehouse_id:
                    raise ValidationError(
                        self.env._("Only a card of the type branch names a branch.")
                    )
            elif not card.warehouse_id:
                raise ValidationError(self.env._("Choose the branch that holds this card."))
            elif card.partner_id:
                raise ValidationError(
                    self.env._("A card belongs to a branch or to a customer, not to both.")
                )

    @api.model
    def _holder_fields(self):
        return [*super()._holder_fields(), "warehouse_id"]

    def _entry_values(self):
        values = super()._entry_values()
        return {**values, "warehouse_id": self.warehouse_id.id} if self.warehouse_id else values
