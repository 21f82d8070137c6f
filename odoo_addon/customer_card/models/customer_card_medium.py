import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

PREFIX = "K1."
# No I, O, Y, Z: the code survives a scanner set to a German keyboard and Caps Lock.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ENCODE = str.maketrans(_RFC4648, ALPHABET)
_DECODE = str.maketrans(ALPHABET, _RFC4648)
TOKEN_BYTES = 16
SYMBOLS = 26


def token_of(raw):
    """Return the text on a card for 16 random bytes: prefix, 26 symbols, 2 check symbols."""
    body = base64.b32encode(raw).decode()[:SYMBOLS].translate(_ENCODE)
    check = binascii.crc_hqx(raw, 0) & 0x3FF
    return PREFIX + body + ALPHABET[check >> 5] + ALPHABET[check & 31]


def normal_token(text):
    """Return the canonical form of a card text, or None when it is not one of ours."""
    text = (text or "").strip().upper()
    body = text[len(PREFIX) :]
    if not text.startswith(PREFIX) or len(body) != SYMBOLS + 2 or not set(body) <= set(ALPHABET):
        return None
    raw = base64.b32decode(body[:SYMBOLS].translate(_DECODE) + "=" * 6)
    return text if token_of(raw) == text else None


def normal_number(text):
    """Return a printed card number as it is compared: capitals and digits, nothing between."""
    return re.sub(r"[^0-9A-Z]", "", str(text or "").upper())[:40]


class CredentialRefused(UserError):
    """Nothing was opened: the code is one of ours, but false, over or used before."""


class CustomerCardMedium(models.Model):
    """What a reader sees of a card. Only a keyed hash is stored: a stolen dump opens no card."""

    _name = "customer.card.medium"
    _description = "Card medium"
    _order = "id desc"

    card_id = fields.Many2one("customer.card", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    kind = fields.Selection(
        [("chip", "Chip"), ("rfid", "RFID"), ("qr", "QR code"), ("number", "Printed number")],
        required=True,
        default="chip",
    )
    tier = fields.Selection(
        [
            ("0", "Serial number only (can be copied)"),
            ("1", "Random token"),
            ("2", "Signed code that changes"),
            ("3", "NTAG 424 DNA, signed at each tap"),
        ],
        string="Security",
        required=True,
        readonly=True,
        default="1",
        help="How hard it is to copy. Serial number only: copied for cents, opens the customer but"
        " neither logs in nor spends credit. Random token: nobody can guess it, who holds the card"
        " can copy it. Signed code that changes: a photo is worthless after a minute."
        " NTAG 424 DNA: a copy is worthless.",
    )
    key_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    hint = fields.Char(readonly=True, help="The last four characters, to tell media apart.")
    revoked_at = fields.Datetime(readonly=True)

    _live_key = models.UniqueIndex(
        "(key_hash) WHERE revoked_at IS NULL", "This chip or code belongs to another card already."
    )
    _key = models.Index("(key_hash)")

    @api.depends("kind", "hint")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for medium in self:
            medium.display_name = f"{kinds[medium.kind]} …{medium.hint}"

    @api.model
    def _pepper(self):
        """Return the secret that is in no database and in no backup of one.

        :raises UserError: it is not configured
        """
        pepper = os.environ.get("CUSTOMER_CARD_PEPPER") or config.get("customer_card_pepper") or ""
        if len(pepper) < 32:
            raise UserError(
                self.env._(
                    "Set customer_card_pepper in odoo.conf or CUSTOMER_CARD_PEPPER in the"
                    " environment to a secret of at least 32 characters, then restart Odoo."
                )
            )
        return pepper.encode()

    @api.model
    def _hash(self, kind, value):
        """Return the keyed hash of what a reader saw.

        :param kind: ``token``, ``uid``, ``number``, ``signed`` (the handle) or ``sun`` (the UID);
            chip, RFID and printed QR carry the same token
        """
        return hmac.new(self._pepper(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

    @api.model
    def _new_token(self):
        return token_of(secrets.token_bytes(TOKEN_BYTES))

    @api.model
    def _assign(self, card, kind, medium, value):
        """Bind what a reader saw to *card* and return the medium.

        :param kind: ``token``, ``uid``, or ``number`` for what is printed on a partner card
        :raises ValidationError: not a token of ours
        """
        if kind == "token":
            value = normal_token(value)
            if not value:
                raise ValidationError(
                    self.env._("This is not a customer card code. Read the card again.")
                )
        tier = "1" if kind == "token" else "0"
        return self._add(card, kind, medium, value, tier=tier)

    @api.model
    def _add(self, card, kind, medium, value, **values):
        """Make the medium; glue checks here what may be joined with what.

        :raises UserError: the company, or the card itself, excludes this kind of medium
        """
        self._check_joins(card, medium)
        return self.sudo().create(
            {
                "card_id": card.id,
                "kind": medium,
                "key_hash": self._hash(kind, value),
                "hint": value[-4:],
                **values,
            }
        )

    @api.model
    def _resolve(self, kind, value, till=None, at=None):
        """Return the medium for what a reader saw: the live one, else the newest revoked one.

        :param till: where it was seen; a code that changes is used up there
        :param at: naive UTC; None for now
        :raises CredentialRefused: signed, but false, over or used before
        """
        if kind == "token" and not normal_token(value):
            kind = "number"
        value = normal_token(value) if kind == "token" else value
        value = normal_number(value) if kind == "number" else value
        return self._known(kind, value)

    @api.model
    def _known(self, kind, value):
        if not value:
            return self.sudo().browse()
        media = self.sudo().search([("key_hash", "=", self._hash(kind, value))])
        return media.filtered(lambda medium: not medium.revoked_at)[:1] or media[:1]

    def action_revoke(self):
        """A lost or replaced medium stops working; the card and its programs stay."""
        self.write({"revoked_at": fields.Datetime.now()})
