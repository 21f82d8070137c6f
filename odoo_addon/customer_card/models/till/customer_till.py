from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import config

SCREEN_TIMEOUT = timedelta(seconds=150)
SIGN_EVERY = timedelta(seconds=30)


class CustomerTill(models.Model):
    """A till: one reader bridge, and the screens paired with it."""

    _name = "customer.till"
    _inherit = "customer.card.server.fields"
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
    state = fields.Selection(
        [
            ("good", "Ready"),
            ("no_screen", "No screen"),
            ("deaf_screen", "Screen hears no cards"),
            ("no_reader", "Reader disconnected"),
            ("silent", "Reader program silent"),
            ("new", "No reader paired yet"),
        ],
        compute="_compute_state",
    )
    attention = fields.Text(compute="_compute_attention", help="One sentence in each line.")

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

    # --- screens --------------------------------------------------------------------

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

    # --- how it is, in one colour and a few sentences -------------------------------

    @api.depends("bridge_seen_at", "reader_names", "screen_seen_at", "screen_deaf_at")
    def _compute_state(self):
        for till in self:
            if till.screen_deaf:
                till.state = "deaf_screen"
            elif not till.bridge_seen_at:
                till.state = "new"
            elif not till._bridge_alive():
                till.state = "silent"
            elif not till.reader_connected:
                till.state = "no_reader"
            else:
                till.state = "good" if till.screen_connected else "no_screen"

    @api.depends("state", "key_state", "spool_depth", "reader_ids.state")
    def _compute_attention(self):
        for till in self:
            till.attention = "\n".join(till._attention())

    def _hides_behind_proxy(self):
        """Tell whether the call came through a proxy and Odoo takes the proxy for its caller."""
        headers = request.httprequest.headers if request else {}
        known = config["proxy_mode"] and "X-Forwarded-Host" in headers
        return "X-Forwarded-For" in headers and not known

    def _attention(self):
        """Return sentences: what is the matter and what to do."""
        found = []
        day = fields.Date.to_string(self.key_until)
        if self._hides_behind_proxy():
            found.append(
                self.env._(
                    "A proxy stands before this server, which does not know it: all tills share one"
                    " address and one limit for wrong attempts. Set proxy_mode = True in odoo.conf,"
                    " and have the proxy send X-Forwarded-Host and X-Forwarded-For."
                )
            )
        if self.state == "silent":
            found.append(
                self.env._(
                    "The reader program has not reported. Is the computer with the card reader on?"
                    ' There, "customer-card-bridge status" says more.'
                )
            )
        if self.state == "deaf_screen":
            found.append(self._deaf_sentence())
        found += [
            self.env._(
                "Another program on the till's computer keeps the card in %s to itself. Close it"
                " there; the card is read as soon as it is free.",
                reader.name,
            )
            for reader in self.sudo()._busy_readers()
            if self._bridge_alive()
        ]
        if self.state == "no_reader":
            found.append(
                self.env._("The reader program sees no card reader. Check its cable and its plug.")
            )
        if self.key_state == "ending":
            found.append(
                self.env._(
                    "The key of the reader program ends on %s. It renews it by itself; if this"
                    " stays, pair the reader again.",
                    day,
                )
            )
        if self.key_state == "ended" or (self.key_state == "none" and self.bridge_seen_at):
            found.append(
                self.env._("The key of the reader program has ended. Pair the reader again.")
            )
        if self.state == "silent" and self.spool_depth:
            found.append(
                self.env._("%s cards wait at the till and were not reported.", self.spool_depth)
            )
        # Without any reader that alone is worth a sentence.
        return found if self.state == "no_reader" else found + self.sudo()._media_warnings()
