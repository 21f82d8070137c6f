import hashlib
import hmac
import os
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ...lib.codes import TOKEN_BYTES, normal_number, normal_token, token_of

# Credentials that prove more than that somebody once saw them.
PROOFS = ("signed", "sun")


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
        if kind in PROOFS:
            return self._resolve_proof(kind, value, till, at)
        if kind == "token" and not normal_token(value):
            kind = "number"
        value = normal_token(value) if kind == "token" else value
        value = normal_number(value) if kind == "number" else value
        return self._known(kind, value)

    @api.model
    def _resolve_proof(self, kind, value, till, at):
        """Return the medium of a credential that proves itself; what nobody can check is none."""
        return self._resolve_tap(value) if kind == "sun" else self.sudo().browse()

    @api.model
    def _known(self, kind, value):
        if not value:
            return self.sudo().browse()
        media = self.sudo().search([("key_hash", "=", self._hash(kind, value))])
        return media.filtered(lambda medium: not medium.revoked_at)[:1] or media[:1]

    def action_revoke(self):
        """A lost or replaced medium stops working; the card and its programs stay."""
        self.check_access("write")
        self.sudo().write({"revoked_at": fields.Datetime.now()})
