import hmac
import secrets
import time
from datetime import UTC

from odoo import api, fields, models
from odoo.addons.customer_card.exceptions import CredentialRefused
from odoo.tools import SQL

from ..rules import rotating


class CustomerCardMedium(models.Model):
    """The digital card: a QR code on the customer's phone that changes every half minute."""

    _inherit = "customer.card.medium"

    handle = fields.Char(readonly=True, groups="base.group_system")
    last_step = fields.Integer(readonly=True, groups="base.group_system")
    last_till_id = fields.Many2one(
        "customer.till", readonly=True, ondelete="set null", groups="base.group_system"
    )

    @api.model
    def _digital_of(self, card):
        """Return the card's digital medium, a new one if there is none."""
        media = card.sudo().medium_ids.filtered(lambda one: one.tier == "2" and not one.revoked_at)
        if media:
            return media[:1]
        handle = secrets.token_bytes(rotating.HANDLE_BYTES).hex()
        return self._add(card, "signed", "qr", handle, tier="2", handle=handle)

    def _code_now(self):
        """Return the text the customer's phone shows now, and the seconds it stays."""
        self.ensure_one()
        now = time.time()
        handle = bytes.fromhex(self.sudo().handle)
        code = rotating.code_of(self._signing_key(handle), handle, rotating.step_of(now))
        return code, rotating.STEP_S - now % rotating.STEP_S

    @api.model
    def _signing_key(self, handle):
        """Return the secret of one card; a stolen database alone makes no codes."""
        return hmac.digest(self._pepper(), b"digital card:" + handle, "sha256")

    @api.model
    def _resolve_proof(self, kind, value, till, at):
        if kind == "signed":
            return self._resolve_signed(value, till, at)
        return super()._resolve_proof(kind, value, till, at)

    @api.model
    def _resolve_signed(self, value, till, at):
        code = rotating.parse(value)
        medium = self._known("signed", code.handle.hex()) if code else self.sudo().browse()
        if not medium or medium.revoked_at:
            return medium
        if not code.is_signed_with(self._signing_key(code.handle)):
            return self.sudo().browse()
        medium._use_step(code.step, till, at or fields.Datetime.now())
        return medium

    def _use_step(self, step, till, at):
        """Use up one half minute of the code.

        At the till where it was shown it may be shown again, since a seller scans twice; a photo of
        it opens nothing at another till, and nothing earlier opens anything afterwards.

        :raises CredentialRefused: of another time, or used before
        """
        now = rotating.step_of(at.replace(tzinfo=UTC).timestamp())
        if abs(step - now) > 1:
            raise CredentialRefused(
                self.env._("This code is over. Let the customer show the card on his phone again.")
            )
        used = self.env.execute_query(
            SQL(
                "UPDATE customer_card_medium SET last_step = %(step)s, last_till_id = %(till)s"
                " WHERE id = %(id)s AND (COALESCE(last_step, 0) < %(step)s"
                " OR last_step = %(step)s AND last_till_id IS NOT DISTINCT FROM %(till)s)"
                " RETURNING id",
                step=step,
                till=till.id if till else None,
                id=self.id,
            )
        )
        self.invalidate_recordset(["last_step", "last_till_id"])
        if not used:
            raise CredentialRefused(
                self.env._("This code was used before. Wait half a minute for the next one.")
            )
