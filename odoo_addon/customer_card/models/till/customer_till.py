from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

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
        domain=lambda self: self._reader_user_domain(),
        help="The reader bridge of this till signs in as this user. One user for one till.",
    )
    stock_place = fields.Selection(
        [("here", "In this database"), ("foreign", "In another ERP")],
        string="Stock is kept",
        help="Where the goods of this till's issues lie. Empty: as the company's settings say.",
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
    def _reader_user_domain(self):
        group = self.env.ref("customer_card.group_bridge", raise_if_not_found=False)
        return [("share", "=", True), ("all_group_ids", "in", group.ids if group else [])]

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

    def _screen_warnings(self):
        return self._media_warnings()

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
