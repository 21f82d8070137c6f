"""How a login page hears that a badge is its own, and how a screen changes its user."""

import time

from odoo.addons.web.controllers.home import CREDENTIAL_PARAMS
from odoo.addons.web.controllers.utils import _get_login_redirect_url
from odoo.exceptions import AccessDenied
from odoo.http import Controller, request, route

from ..models.res_users import CREDENTIAL, SESSION_KEY

CREDENTIAL_PARAMS.extend(("badge_ticket", "badge_pin"))


class Badge(Controller):
    """Every answer has the same shape, whatever the reason."""

    @route("/customer_card/badge/alive", type="jsonrpc", auth="public")
    def alive(self, screen=""):
        """A login page listens: return ``{"till", "now", "secret"}``, the name empty if unpaired.

        :param screen: the browser's secret; the one returned, unless empty, takes its place
        """
        here, secret = request.env["customer.till.screen"]._come(screen)
        if here:
            here._note_seen()
            request.session.touch()  # the pairing is this session's: it must be kept
        return {"till": here.till_id.name or "", "now": time.time(), "secret": secret}

    @route("/customer_card/badge/open", type="jsonrpc", auth="public")
    def open(self, event_id=0, screen=""):
        """Take a presented badge; return ``{"status", "message", "ticket", "employee_id"}``.

        The ticket goes into the form of ``/web/login``: native code then does what it does for a
        password, with its limits, its second factor and its way on.
        """
        event, ticket = request.env["customer.card.event"]._take_badge(event_id, screen)
        return event._open_badge(ticket)

    @route("/customer_card/badge/switch", type="jsonrpc", auth="user")
    def switch(self, event_id, screen, pin=None):
        """Log the holder of a badge in that this screen has claimed, in place of its user."""
        event = request.env["customer.card.event"]._claimed_badge(event_id, screen)
        employee = event.customer_card_id.employee_id
        if employee and employee.user_id == request.env.user:
            event.badge_used = True
            return {"status": "same", "message": event._holder()}
        if employee and not employee.user_id:
            event.badge_used = True
            return {"status": "name", "message": event._holder()}
        refusal, pin_needed = event._badge_rules("web") if event else ("", False)
        if not event or refusal or (pin_needed and not pin):
            return event._use_badge("web")
        return self._change_user(event, pin)

    def _change_user(self, event, pin):
        """Nothing of the old user's session stays; when the badge is refused all of it does."""
        session, old, before = request.session, dict(request.session), request.env
        session.logout(keep_db=True)
        try:
            credential = {
                "type": CREDENTIAL,
                "badge_ticket": event._new_ticket(),
                "badge_pin": pin,
            }
            uid = session.authenticate(before, credential)["uid"]
        except AccessDenied as refusal:
            session.clear()
            session.update(old)
            session.should_rotate = False
            return {
                "status": "refused" if event.badge_used else "again",
                "message": str(refusal.args[0]) if refusal.args else "",
            }
        return {"status": "login", "message": "", "url": _get_login_redirect_url(uid)}

    @route("/customer_card/badge/active", type="jsonrpc", auth="user")
    def active(self, for_ever=False):
        """Somebody uses this session; with *for_ever* a point of sale locks it by itself."""
        badge = request.session.get(SESSION_KEY)
        if badge and for_ever:
            request.session.pop(SESSION_KEY)
        elif badge:
            request.session[SESSION_KEY] = {**badge, "at": time.time()}
        return bool(badge)
