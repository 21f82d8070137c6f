import secrets
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

CHANNEL = "customer_till-"
SCREEN_TIMEOUT = timedelta(seconds=150)
SIGN_EVERY = timedelta(seconds=30)


class CustomerTill(models.Model):
    """A till: one reader bridge, and the screens paired with it."""

    _name = "customer.till"
    _description = "Till"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reader user",
        copy=False,
        domain=[("share", "=", False)],
        help="The reader bridge of this till signs in as this user. One user for one till.",
    )
    stock_place = fields.Selection(
        [("here", "In this database"), ("foreign", "In another ERP")],
        string="Stock is kept",
        help="Where the goods of this till's issues lie. Empty: as the company's settings say.",
    )
    channel = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_system",
        default=lambda self: self._new_channel(),
    )
    screen_seen_at = fields.Datetime(readonly=True, copy=False)
    screen_connected = fields.Boolean(compute="_compute_screen_connected")
    bridge_seen_at = fields.Datetime(readonly=True, copy=False)
    event_ids = fields.One2many("customer.card.event", "till_id", readonly=True)
    write_cards = fields.Boolean(
        string="Writes cards without a screen",
        help="Lets the reader program write a card for any number by itself (write-card). Cards"
        " asked for on a screen need no such leave.",
    )
    worker_silent = fields.Boolean(compute="_compute_worker_silent")

    _user_unique = models.UniqueIndex(
        "(user_id) WHERE user_id IS NOT NULL", "This user is the reader user of another till."
    )

    @api.model
    def _new_channel(self):
        return CHANNEL + secrets.token_urlsafe(24)

    @api.depends("screen_seen_at")
    def _compute_screen_connected(self):
        now = fields.Datetime.now()
        for till in self:
            seen = till.screen_seen_at
            till.screen_connected = bool(seen and seen > now - SCREEN_TIMEOUT)

    def _compute_worker_silent(self):
        silent = self.env["customer.card.worker"]._is_silent()
        for till in self:
            till.worker_silent = silent

    # --- screens ----------------------------------------------------------------------

    @api.model
    def _check_seller(self):
        if not self.env.user.has_group("customer_card.group_user"):
            raise AccessError(
                self.env._("You are not allowed to use customer cards. Ask your manager.")
            )

    @api.model
    def screen_tills(self):
        """Return the tills this user may pair a screen with, as ``[{"id", "name"}]``."""
        self._check_seller()
        return [{"id": till.id, "name": till.name} for till in self.search([])]

    @api.model
    def pair_screen(self, till_id):
        """Return ``{"id", "name", "channel"}``; who knows the channel hears the till's cards."""
        self._check_seller()
        till = self.search([("id", "=", till_id)])
        till.check_access("read")
        till.sudo().screen_seen_at = fields.Datetime.now()
        return {"id": till.id, "name": till.name, "channel": till.sudo().channel}

    @api.model
    def _of_channel(self, channel):
        """Return the till a screen is paired with; who knows the channel is such a screen."""
        channel = str(channel or "")
        return self.sudo().search([("channel", "=", channel)]) if channel else self.sudo()

    def _send_to_screens(self, kind, message):
        """Send *message* to the screens paired with this till, after the commit."""
        self.env["bus.bus"]._sendone(self.sudo().channel, kind, message)

    @api.model
    def screen_alive(self, channel):
        """Tell the till that a screen listens; return its state, or False when it was unpaired.

        ``warnings`` are sentences for the seller, to be shown once.
        """
        self._check_seller()
        till = self._of_channel(channel)
        if not till:
            return False
        till._note_sign("screen_seen_at")
        return {
            "till": till.name,
            "reader": "connected" if till.reader_connected else "disconnected",
            "warnings": till._screen_warnings(),
            "now": time.time(),
        }

    def _screen_warnings(self):
        return self._media_warnings()

    def _media_warnings(self):
        """Return a sentence for each medium that is wanted here and cannot be read."""
        return []

    def _note_sign(self, name):
        """Note a sign of life, not at every call: writing the till's row makes others wait."""
        now = fields.Datetime.now()
        if not self[name] or self[name] < now - SIGN_EVERY:
            self[name] = now

    @api.model
    def system_health(self):
        """Return what a manager must know, ``{"worker_silent": bool}``; empty for others."""
        if not self.env.user.has_group("customer_card.group_manager"):
            return {}
        return {"worker_silent": self.env["customer.card.worker"]._is_silent()}

    def action_unpair_screens(self):
        """Give the till a new secret channel: every paired screen falls silent."""
        self.check_access("write")
        for till in self:
            till.sudo().write({"channel": self._new_channel(), "screen_seen_at": False})
