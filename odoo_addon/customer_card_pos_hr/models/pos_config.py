from odoo import fields, models
from odoo.fields import Domain


class PosConfig(models.Model):
    """A point of sale that nobody uses locks; a badge or a PIN opens it again."""

    _inherit = "pos.config"

    badge_idle_minutes = fields.Integer(
        string="Lock after minutes",
        help="Locks when nobody has used the point of sale for so long. The order stays, a payment"
        " is not cut off. 0 for never.",
    )

    badge_only = fields.Boolean(
        string="Only with the badge",
        help="Employees log in with their badge only: no list of names, no PIN of Odoo's own. The"
        " PIN of a badge that can be copied is still asked for. Badges need a connection.",
    )

    _badge_idle_positive = models.Constraint(
        "CHECK (badge_idle_minutes >= 0)", "Minutes cannot be negative."
    )

    def _get_badge_refusal(self, employee):
        """Return the sentence why *employee* is no cashier here, or an empty one."""
        self.ensure_one()
        if not self.module_pos_hr:
            return self.env._("Employees do not log in to %s. A manager can allow it.", self.name)
        allowed = Domain("id", "=", employee.id) & Domain(
            self._employee_domain(self.current_user_id.id)
        )
        if not employee.sudo().search_count(allowed, limit=1):
            return self.env._(
                "%(employee)s is not allowed to use %(place)s. Ask your manager.",
                employee=employee.name,
                place=self.name,
            )
        return ""

    def _get_screen_refusal(self, employee):
        """Return the sentence why a click on the name of *employee* unlocks nothing, or ""."""
        if self.badge_only:
            return self.env._("Only with the badge. Insert it.")
        if not employee.sudo().pin:
            return self.env._(
                "%s has no PIN. Insert the badge, or have a PIN set.", employee.display_name
            )
        return ""
