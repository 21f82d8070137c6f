from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class CustomerCard(models.Model):
    """An employee's badge. It names the employee, not the customer the employee may be as well."""

    _inherit = "customer.card"

    employee_id = fields.Many2one(
        "hr.employee",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )

    @api.constrains("employee_id", "partner_id", "holder_type")
    def _check_employee(self):
        for card in self.filtered("active"):
            if card.holder_type != "employee":
                if card.employee_id:
                    raise ValidationError(
                        self.env._("Only a card of the type employee names an employee.")
                    )
            elif not card.employee_id:
                raise ValidationError(self.env._("Choose the employee who holds this card."))
            elif card.partner_id:
                raise ValidationError(
                    self.env._(
                        "A card belongs to an employee or to a customer, not to both."
                        " Give the employee a second card for private purchases."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("employee_id") for vals in vals_list):
            self._check_may_give_badges()
        return super().create(vals_list)

    def write(self, vals):
        if "employee_id" in vals:
            self._check_may_give_badges()
        return super().write(vals)

    def _check_may_give_badges(self):
        """A second badge of a colleague would be that colleague's login."""
        if not self.env.su and not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only a manager gives badges to employees."))

    def _check_may_hand_out(self):
        """A card, chip or code more for a colleague's badge would be that colleague's login."""
        if self.sudo().employee_id:
            self.sudo(False)._check_may_give_badges()
        return super()._check_may_hand_out()

    @api.model
    def _holder_fields(self):
        return [*super()._holder_fields(), "employee_id"]

    def _entry_values(self):
        values = super()._entry_values()
        return {**values, "employee_id": self.employee_id.id} if self.employee_id else values

    def action_badge_pin(self):
        """Set the PIN of the badge's holder."""
        self.ensure_one()
        employee = self.sudo().employee_id.with_env(self.env)
        return bool(employee) and employee.action_badge_pin()
