import time

from odoo import models
from odoo.http import SessionExpiredException, request

from .res_users import SESSION_KEY

GRACE_S = 90


class IrHttp(models.AbstractModel):
    """A session that a badge opened ends on the server, too, when its screen falls silent."""

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        super()._authenticate(endpoint)
        session = request.session
        if session.uid is None or endpoint.routing["auth"] != "user":
            return
        badge = session.get(SESSION_KEY)
        if badge and time.time() - badge["at"] > badge["minutes"] * 60 + GRACE_S:
            session.logout(keep_db=True)
            raise SessionExpiredException("Nobody used this badge's session for too long")

    def session_info(self):
        info = super().session_info()
        if self.env.user._is_internal():
            info["badge_idle_minutes"] = self.env.company.badge_idle_minutes
            info["badge_employee_id"] = self.env.user.sudo().employee_id.id
        return info
