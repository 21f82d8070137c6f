import time

from odoo import api, models
from odoo.http import request

from .res_users import SESSION_KEY

GRACE_S = 90


class IrHttp(models.AbstractModel):
    """A session that a badge opened ends on the server, too, when its screen falls silent."""

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        badge = request.session.get(SESSION_KEY)
        if badge and time.time() - badge["at"] > badge["minutes"] * 60 + GRACE_S:
            # As native code does with a session whose token is no longer right.
            request.session.logout(keep_db=True)
            request.env = api.Environment(request.env.cr, None, request.session.context)
        return super()._authenticate(endpoint)

    def session_info(self):
        info = super().session_info()
        if self.env.user._is_internal():
            minutes = self.env.company.badge_idle_minutes
            info["badge_idle_minutes"] = minutes
            info["badge_employee_id"] = self.env.user.sudo().employee_id.id
            self._keep_badge_session(minutes)
        return info

    def _keep_badge_session(self, minutes):
        """The page that loads now follows the minutes of today's settings, so does the server."""
        session = request.session if request else {}
        if minutes and SESSION_KEY in session:
            session[SESSION_KEY] = {"minutes": minutes, "at": time.time()}
        elif SESSION_KEY in session:
            session.pop(SESSION_KEY)
