from odoo import fields, models


class ResCompany(models.Model):
    """What badges may do, decided once for all tills."""

    _inherit = "res.company"

    badge_uid_allowed = fields.Boolean(
        string="Badges that are known by their serial number only",
        help="A serial number can be copied for cents: such a badge always asks for the PIN.",
    )
    badge_web_login = fields.Selection(
        [
            ("no", "Nobody"),
            ("users", "Employees with a user, not administrators"),
            ("all", "Administrators too, with their PIN"),
        ],
        string="Log in to Odoo with the badge",
        default="users",
        required=True,
    )
    badge_web_pin = fields.Boolean(
        string="Always with PIN", help="Odoo's login page asks for the PIN of every badge."
    )
    badge_idle_minutes = fields.Integer(
        string="Log off after minutes",
        help="Screens that are paired with a till log off when nobody has used them for so long."
        " 0 for never. Points of sale have a setting of their own.",
    )
    badge_log_months = fields.Integer(
        string="Keep the login log for months", default=12, help="0 for ever."
    )

    _badge_idle_positive = models.Constraint(
        "CHECK (badge_idle_minutes >= 0 AND badge_log_months >= 0)",
        "Minutes and months cannot be negative.",
    )
