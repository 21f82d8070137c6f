import hashlib
import logging
import secrets
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.bus.websocket import wsrequest
from odoo.exceptions import UserError
from odoo.http import STORED_SESSION_BYTES, request, root

from ...lib.row_id import row_id
from ...rules import presented
from .customer_till import SCREEN_TIMEOUT, SIGN_EVERY

_logger = logging.getLogger(__name__)
# A browser that has been silent for so long is not sent anything; it comes back by a sign of life.
LISTENS = timedelta(minutes=10)
FORGET = timedelta(days=60)


class CustomerTillScreen(models.Model):
    """A browser that is paired with a till: nobody else hears or claims the till's cards.

    Its secret is told once and kept as a hash, and it counts only in the session it was told to.
    When that session is over (after a logout, the next morning) the same browser shows it once
    more and gets another one. So what was copied from a browser is worth nothing elsewhere.
    """

    _name = "customer.till.screen"
    _description = "Paired screen"
    _order = "seen_at desc, id desc"

    till_id = fields.Many2one(
        "customer.till", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="till_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Who uses this browser, or did before its login page.",
    )
    at_login = fields.Boolean(
        string="Login page", readonly=True, help="Nobody is logged in: it hears badges only."
    )
    seen_at = fields.Datetime(string="Last seen", required=True, readonly=True)
    secret_hash = fields.Char(required=True, copy=False, groups=fields.NO_ACCESS)
    earlier_hash = fields.Char(
        copy=False,
        groups=fields.NO_ACCESS,
        index="btree_not_null",
    )  # another tab of the same session may not know the new secret yet
    session = fields.Char(copy=False, groups=fields.NO_ACCESS)

    _secret_unique = models.UniqueIndex("(secret_hash)")
    hears = fields.Boolean(
        string="Hears cards",
        default=True,
        readonly=True,
        help="Off: the page cannot connect to /websocket, so no card opens anything there.",
    )

    @api.model
    def _pair(self, till):
        """Pair the calling browser and return ``(screen, secret)``."""
        secret = secrets.token_urlsafe(32)
        screen = self.sudo().create(
            {
                "till_id": till.id,
                "user_id": self.env.uid,
                "session": self._session(),
                "secret_hash": self._hash(secret),
                "seen_at": fields.Datetime.now(),
            }
        )
        _logger.info("%s paired a screen with %s", self.env.user.login, till.name)
        return screen, secret

    @api.model
    def _here(self, secret):
        """Return the screen that calls, or none: *secret* must be its own, of this session."""
        screen = self._of_secret(secret)
        return screen if screen._is_calling() and screen._is_allowed() else screen.browse()

    @api.model
    def _must_be_here(self, secret):
        """Return the screen that calls.

        :raises UserError: it is not paired, or the secret is another screen's
        """
        screen = self._here(secret)
        if not screen:
            _logger.warning("%s names no screen of this session", self.env.user.login)
            raise UserError(
                self.env._("This screen is paired with no till. Pair it at the card symbol first.")
            )
        return screen

    @api.model
    def _come(self, secret):
        """Return ``(screen, new secret)``: as :meth:`_here`, also in the browser's next session.

        The new secret is empty unless the session changed; then only the new one counts later.
        """
        screen = self._of_secret(secret)
        if not screen._is_allowed():
            return screen.browse(), ""
        if screen._is_calling():
            return screen, ""
        if screen.secret_hash != self._hash(secret) or not screen._may_move():
            _logger.warning("%s shows the secret of another screen", self.env.user.login)
            return screen.browse(), ""
        new = secrets.token_urlsafe(32)
        public = self.env.user._is_public()
        screen.write(
            {
                "user_id": screen.user_id.id if public else self.env.uid,
                "at_login": public,
                "session": self._session(),
                "earlier_hash": screen.secret_hash,
                "secret_hash": self._hash(new),
            }
        )
        return screen, new

    def _may_move(self):
        """Tell whether the session it belonged to is over, and who calls may have a screen."""
        user, session = self.env.user, self.session
        allowed = user._is_public() or self._may_use(user, self.till_id)
        return bool(
            allowed
            and session
            and self._session()
            and session in root.session_store.get_missing_session_identifiers([session])
        )

    def _is_calling(self):
        if not self or self.session != self._session():
            return False
        return self.env.user._is_public() if self.at_login else self.user_id.id == self.env.uid

    @api.model
    def _is_at(self, till):
        """Tell whether the caller's own session has a screen of *till*."""
        mine = [("till_id", "=", till.id), ("user_id", "=", self.env.uid)]
        return any(one._is_calling() and one._is_allowed() for one in self.sudo().search(mine))

    def _is_allowed(self):
        """Tell whether its user may still serve at its till; asked at each use, not remembered."""
        return bool(self) and self._may_use(self.user_id, self.till_id)

    @api.model
    def _may_use(self, user, till):
        return (
            user.active
            and till.active
            and till.company_id in user.company_ids
            and user._has_group("customer_card.group_user")
        )

    @api.model
    def _of_secret(self, secret):
        """Return the screen with this secret, with sudo; in the calling user's name."""
        screens = self.sudo()
        if not secret or not isinstance(secret, str):
            return screens.browse()
        digest = self._hash(secret)
        return screens.search_fetch(
            ["|", ("secret_hash", "=", digest), ("earlier_hash", "=", digest)]
        )

    @api.model
    def _session(self):
        """Return what names the calling session, as Odoo itself stores it; empty for an API key."""
        session = (request or wsrequest) and (request or wsrequest).session
        mine = session and (session.uid or self.env.ref("base.public_user").id) == self.env.uid
        return session.sid[:STORED_SESSION_BYTES] if mine else ""

    @api.model
    def _hash(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    def _note_seen(self):
        now = fields.Datetime.now()
        if self.seen_at < now - SIGN_EVERY:
            self.seen_at = now
        self.till_id._note_sign("screen_seen_at")

    def unlink(self):
        """A till whose last screen goes has none from now on, not only when it falls silent."""
        tills = self.till_id
        result = super().unlink()
        tills.filtered(lambda till: not till.screen_ids).screen_seen_at = False
        return result

    def action_unpair(self):
        """End these pairings: the screens fall silent and must be paired again."""
        self.till_id.check_access("write")
        self.sudo().unlink()

    @api.autovacuum
    def _gc_screens(self):
        self.search([("seen_at", "<", fields.Datetime.now() - FORGET)], limit=10000).unlink()

    # --- screens without sound ------------------------------------------------------

    def _note_hearing(self, hears):
        """Note what the screen says of itself; only a deaf one costs its till a question."""
        if self.hears != hears:
            self.hears = hears
        if hears:
            self._note_seen()
        else:
            self.seen_at = fields.Datetime.now()
            self.till_id._note_deaf_screen()


class CustomerTill(models.Model):
    """Pairing screens with a till, and talking to them.

    A scanner that types like a keyboard is heard by the paired screen, which presents the code.

    :source: HS-02, QR scan (keyboard wedge) on the same token path
    """

    _inherit = "customer.till"

    screen_ids = fields.One2many(
        "customer.till.screen", "till_id", string="Paired screens", readonly=True
    )
    screen_deaf_at = fields.Datetime(readonly=True, copy=False)
    screen_deaf = fields.Boolean(compute="_compute_screen_deaf")
    wedge_scanner = fields.Boolean(
        string="Scanner types like a keyboard",
        help="QR codes are scanned into the paired screen. Set by the first such scan; no warning"
        " then asks for a scanner at the reader program.",
    )
    nfc_screen = fields.Boolean(
        string="Screen reads by NFC",
        help="The paired screen's own device reads RFID cards. Set by the first such card; no"
        " warning then asks for a card reader at the reader program.",
    )

    @api.model
    def screen_tills(self):
        """Return the tills this user may pair a screen with, as ``[{"id", "name"}]``."""
        self._check_seller()
        return [{"id": till.id, "name": till.name} for till in self.search([])]

    @api.model
    def pair_screen(self, till_id, screen=None):
        """Pair the calling browser and return ``{"id", "name", "secret"}``.

        Not to be repeated blindly: each call is another pairing.

        :param screen: the secret of the pairing that this one replaces
        """
        self._check_seller()
        till = self.search([("id", "=", row_id(till_id))])
        if not till:
            raise UserError(self.env._("There is no such till any more. Choose another one."))
        till.check_access("read")
        self.unpair_screen(screen)
        till.sudo().screen_seen_at = fields.Datetime.now()
        secret = self.env["customer.till.screen"]._pair(till)[1]
        return {"id": till.id, "name": till.name, "secret": secret}

    @api.model
    def unpair_screen(self, screen):
        """End the pairing of the calling browser; return True. Repeating it changes nothing."""
        self._check_seller()
        self.env["customer.till.screen"]._here(screen).unlink()
        return True

    @api.model
    def screen_alive(self, screen, hears=True):
        """Tell the till that a screen listens; return its state, or False when it was unpaired.

        :param hears: false while the page has no connection to /websocket

        ``reader`` is ``connected``, ``busy`` (another program keeps the card) or ``disconnected``.
        ``warnings`` are sentences for the seller, to be shown once. ``secret`` is empty, or what
        the screen calls itself from now on, because its session has changed.
        """
        self._check_seller()
        here, secret = self.env["customer.till.screen"]._come(screen)
        if not here:
            return False
        here._note_hearing(hears is not False)
        till = here.till_id
        return {
            "till": till.name,
            "reader": till._reader_word(),
            "warnings": till._screen_warnings(),
            "now": time.time(),
            "secret": secret,
        }

    def _send_to_screens(self, kind, message, at_login=None):
        """Send *message* to the screens that may hear it now, after the commit.

        :param at_login: what a login page hears instead; None: nothing
        """
        bus = self.env["bus.bus"]
        screens = self.env["customer.till.screen"].sudo()
        since = fields.Datetime.now() - LISTENS
        for screen in screens.search([("till_id", "=", self.id), ("seen_at", ">", since)]):
            if not screen._is_allowed():
                continue
            if not screen.at_login:
                bus._sendone(screen, kind, message)
            elif at_login is not None:
                bus._sendone((screen, "login"), kind, at_login)

    def action_unpair_screens(self):
        """End every pairing: all screens of the till fall silent and must be paired again."""
        self.check_access("write")
        self.sudo().screen_ids.unlink()

    # --- screens without sound ------------------------------------------------------

    def _compute_screen_deaf(self):
        now = fields.Datetime.now()
        for till in self:
            deaf = till.screen_deaf_at
            recent = deaf and deaf > now - SCREEN_TIMEOUT
            till.screen_deaf = bool(recent and not till.screen_connected)

    def _note_deaf_screen(self):
        """A till without another screen that hears has none: nothing is on the screen there."""
        self._note_sign("screen_deaf_at")
        since = fields.Datetime.now() - SCREEN_TIMEOUT
        hearing = [("till_id", "=", self.id), ("hears", "=", True), ("seen_at", ">", since)]
        if self.screen_seen_at and not self.screen_ids.search_count(hearing, limit=1):
            self.screen_seen_at = False

    def _deaf_sentence(self):
        return self.env._(
            "No card reaches the screen of %s: the server's address /websocket does not answer."
            " Tell whoever runs the server.",
            self.name,
        )

    def _no_screen_sentence(self):
        """Return why a card can open nothing here, for the seller in front of the reader."""
        if self.screen_deaf:
            return self.env._("%s Nothing was booked.", self._deaf_sentence())
        return self.env._(
            "No screen is paired with %s: nothing was booked. Pair a screen in Odoo.", self.name
        )

    # --- scanned at a screen --------------------------------------------------------

    @api.model
    def screen_scanned(self, screen, text, key, medium="qr"):
        """Present a card code that a paired screen has read by itself, as a reader would.

        Safe to repeat with the same *key*.

        :param screen: the secret of the calling screen
        :param medium: ``qr`` (scanner, camera) or ``rfid`` (NFC of the screen's device)
        :return: as ``card_presented`` for one card, or False when the screen is no longer paired
        """
        self._check_seller()
        here = self.env["customer.till.screen"]._here(screen)
        till = here.till_id.with_env(self.env).sudo()
        if not till or till.company_id not in self.env.companies:
            return False
        by_nfc = medium == "rfid"
        seen = "nfc_screen" if by_nfc else "wedge_scanner"
        if not till[seen]:
            till[seen] = True
        return till._present_one(
            {
                "key": f"{presented.SCREEN_KEY}{here.id}:{key}",
                "kind": self._scanned_kind(str(text)),
                "value": text,
                "medium": "rfid" if by_nfc else "qr",
                "reader": self.env._("NFC of the screen")
                if by_nfc
                else self.env._("Scanner at the screen"),
            },
            from_screen=True,
        )

    @api.model
    def _scanned_kind(self, text):
        """Return which kind of credential a scanned *text* is; a number is told apart later."""
        return "token"


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Who leaves leaves no paired screen behind, also if he is taken on again."""
        result = super().write(vals)
        if vals.get("active") is False:
            screens = self.env["customer.till.screen"].sudo()
            screens.search([("user_id", "in", self.ids)]).unlink()
        return result
