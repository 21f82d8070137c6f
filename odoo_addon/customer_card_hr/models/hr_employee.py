import logging
import re
import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.http import request

_logger = logging.getLogger(__name__)
IDENTITY_S = 10 * 60
PIN = re.compile(r"[0-9]{4,12}")
STRAIGHT = "01234567890123456789", "98765432109876543210"


class HrEmployee(models.Model):
    """An employee's PIN for badges: kept as a hash, asked for where the badge is not enough.

    Not Odoo's own ``pin``: that one is stored readable, and every point of sale gets its SHA-1.
    """

    _inherit = "hr.employee"

    badge_pin = fields.Char(copy=False, groups=fields.NO_ACCESS)
    has_badge_pin = fields.Boolean(
        string="Badge PIN is set", compute="_compute_has_badge_pin", groups="hr.group_hr_user"
    )

    badge_confirmed_user_id = fields.Many2one(
        "res.users",
        copy=False,
        groups=fields.NO_ACCESS,
        help="As whom the badge may log in: whom an administrator has linked or agreed to.",
    )
    badge_user_unconfirmed = fields.Boolean(
        compute="_compute_badge_user_unconfirmed",
        compute_sudo=True,
        groups="hr.group_hr_user",
        help="Somebody who may not manage users has linked this employee to a user. The badge does"
        " not log in to Odoo as this user until an administrator agrees.",
    )

    @api.depends("badge_pin")
    def _compute_has_badge_pin(self):
        for employee in self:
            employee.has_badge_pin = bool(employee.sudo().badge_pin)

    @api.depends("user_id", "badge_confirmed_user_id")
    def _compute_badge_user_unconfirmed(self):
        """Compare, so that a user who came by another way (the resource, a merge) is none."""
        for employee in self:
            user = employee.user_id
            employee.badge_user_unconfirmed = user and user != employee.badge_confirmed_user_id

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        employees._trust_user()
        return employees

    def write(self, vals):
        """A PIN belongs to a person: it does not move on to another person's user."""
        if "user_id" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda one: one.sudo().user_id.id != vals["user_id"])
        result = super().write(vals)
        changed.sudo().badge_pin = False
        changed._trust_user()
        return result

    def _trust_user(self):
        """Who manages employees, but no users, must not open another user's Odoo with a badge."""
        trusted = self.env.uid == SUPERUSER_ID or self.env.user._is_badge_administrator()
        for employee in self.sudo():
            employee.badge_confirmed_user_id = employee.user_id if trusted else False

    def action_confirm_badge_user(self):
        """Agree that the badge logs in as the employee's user. The user's PIN is set anew.

        :raises AccessError: the caller is no administrator
        """
        if not self.env.user._is_badge_administrator():
            raise AccessError(self.env._("Only an administrator can confirm this."))
        for employee in self.sudo().filtered("badge_user_unconfirmed"):
            if employee.badge_confirmed_user_id:
                employee.badge_pin = False
            employee.badge_confirmed_user_id = employee.user_id
            _logger.info(
                "%s lets the badge of employee %s log in as %s",
                self.env.user.login,
                employee.id,
                employee.user_id.login,
            )

    def _badge_pin_subject(self, pin):
        """Return what is hashed: without the pepper of odoo.conf a stolen dump tells no PIN."""
        return self.env["customer.card.medium"]._hash("pin", f"{self.id}:{pin}")

    def _is_badge_pin(self, pin):
        """Tell whether *pin* is the employee's; nobody without a PIN is ever asked."""
        self.ensure_one()
        stored = self.sudo().badge_pin
        context = self.env["res.users"]._crypt_context()
        return bool(stored) and context.verify(self._badge_pin_subject(pin), stored)

    def _check_may_set_badge_pin(self):
        """Managers set the PIN of employees; of administrators only they themselves do.

        Each in the own companies: a PIN of another firm's badge is that firm's.
        """
        self.ensure_one()
        user, holder = self.env.user, self.sudo().user_id
        if self.env.su or (holder == user and self._said_password_just_now()):
            return
        manager = user.has_group("customer_card.group_manager") or user.has_group(
            "hr.group_hr_user"
        )
        administrator = user._is_badge_administrator()
        ours = self.sudo().company_id in user.company_ids
        if (
            ours
            and holder != user
            and (administrator or (manager and not holder._is_badge_administrator()))
        ):
            return
        raise AccessError(
            self.env._("You are not allowed to set this PIN. Ask the employee or your manager.")
        )

    def _said_password_just_now(self):
        """An unlocked screen is not enough to choose one's own PIN (``check_identity``)."""
        checked_at = request.session.get("identity-check-last", 0) if request else 0
        return checked_at > time.time() - IDENTITY_S

    def _set_badge_pin(self, pin):
        """Store the hash of *pin*; an empty one takes the PIN away.

        :raises ValidationError: too short, or too easy to guess
        """
        self._check_may_set_badge_pin()
        if pin:
            self._check_badge_pin_strength(pin)
        context = self.env["res.users"]._crypt_context()
        self.sudo().badge_pin = pin and context.hash(self._badge_pin_subject(pin))
        self.env["customer.card.login"]._note("pin", employee=self, company=self.company_id)

    def _check_badge_pin_strength(self, pin):
        if not PIN.fullmatch(pin):
            raise ValidationError(self.env._("A PIN has 4 to 12 digits."))
        if len(set(pin)) == 1 or any(pin in straight for straight in STRAIGHT):
            raise ValidationError(self.env._("This PIN is too easy to guess. Choose another one."))

    def action_badge_pin(self):
        """Open the dialog that asks for a new PIN."""
        self.ensure_one()
        self._check_may_set_badge_pin()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Badge PIN"),
            "res_model": "customer.card.badge.pin",
            "view_mode": "form",
            "target": "new",
            "context": {"default_employee_id": self.id},
        }
