from odoo import models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import AccessDenied
from odoo.http import request

CREDENTIAL = "customer_card_badge"
SESSION_KEY = "customer_card_badge"


class ResUsers(models.Model):
    """A badge is a credential: the ticket that a login page got for it, and the PIN if asked."""

    _inherit = "res.users"

    def _is_badge_administrator(self):
        """Tell whether this user may give rights to users, or more."""
        return bool(self) and (
            self._has_group("base.group_system") or self._has_group("base.group_erp_manager")
        )

    def _login(self, credential, user_agent_env):
        if request:
            request.session.pop(SESSION_KEY, None)
        if credential["type"] == CREDENTIAL:
            event = self.env["customer.card.event"]._of_ticket(credential.get("badge_ticket"))
            user = event.customer_card_id.employee_id.user_id
            # Nobody's login: the native code counts the failure and refuses it.
            credential["login"] = user.login if user else ""
        return super()._login(credential, user_agent_env=user_agent_env)

    def _check_credentials(self, credential, env):
        if credential["type"] != CREDENTIAL:
            return super()._check_credentials(credential, env)
        event = self.env["customer.card.event"]._of_ticket(credential.get("badge_ticket"))
        if event.customer_card_id.employee_id.user_id != self.env.user:
            raise AccessDenied()
        answer = event._use_badge("web", credential.get("badge_pin"))
        if answer["status"] != "login":
            raise AccessDenied(answer["message"])
        minutes = event.till_id.company_id.badge_idle_minutes
        if request and minutes:
            request.session[SESSION_KEY] = {"minutes": minutes, "at": self.env.cr.now().timestamp()}
        return {
            "uid": self.env.user.id,
            "auth_method": CREDENTIAL,
            "mfa": "default",
        }

    def _password_has_expired(self):
        """Send nobody who came by badge to set a password: the link would carry a token.

        Asked by password_security (OCA) behind a log-in. Who came by password is asked as ever.
        """
        if request and request.params.get("type") == CREDENTIAL:
            return False
        return super()._password_has_expired()

    @check_identity
    def action_own_badge_pin(self):
        """Let the user set the PIN of the own badge, after the password."""
        return self.env.user.sudo().employee_id.with_env(self.env).action_badge_pin()
