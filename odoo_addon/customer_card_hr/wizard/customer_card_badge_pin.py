from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerCardBadgePin(models.TransientModel):
    """Asks for a new PIN twice. What is typed is hashed at once, and stored nowhere else."""

    _name = "customer.card.badge.pin"
    _description = "Badge PIN"

    employee_id = fields.Many2one("hr.employee", required=True, readonly=True)
    employee_name = fields.Char(related="employee_id.name")
    pin = fields.Char(string="New PIN", store=False)
    pin_repeated = fields.Char(string="New PIN again", store=False)

    @api.model_create_multi
    def create(self, vals_list):
        pins = [(vals.pop("pin", ""), vals.pop("pin_repeated", "")) for vals in vals_list]
        wizards = super().create(vals_list)
        for wizard, (pin, repeated) in zip(wizards, pins, strict=True):
            if pin != repeated:
                raise ValidationError(wizard.env._("The two PINs differ. Type them again."))
            wizard.employee_id._set_badge_pin(pin)
        return wizards

    def action_apply(self):
        """The dialog was saved, so the PIN is set: say so and close."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The PIN of %s is set.", self.employee_name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
