import os

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, config

from ...exceptions import CredentialRefused
from ...rules import sun


class CustomerCardMedium(models.Model):
    """NTAG 424 DNA: each tap is signed by the chip, a copy of it opens nothing."""

    _inherit = "customer.card.medium"

    tap_counter = fields.Integer(readonly=True, help="Taps so far; a lower or equal one is a copy.")

    @api.model
    def _sun_master(self):
        """Return the 16 bytes from which each tag's keys are made, or None.

        Like the pepper it comes from odoo.conf (``customer_card_sun_key``, 32 hex digits) or the
        environment, never from the database.
        """
        text = os.environ.get("CUSTOMER_CARD_SUN_KEY") or config.get("customer_card_sun_key") or ""
        try:
            master = bytes.fromhex(text)
        except ValueError:
            master = b""
        if text and len(master) != 16:
            raise UserError(
                self.env._("customer_card_sun_key in odoo.conf must be 32 hexadecimal digits.")
            )
        return master or None

    @api.model
    def _tap(self, value):
        """Return what a tap proves, or None when it proves nothing."""
        master = self._sun_master()
        if not master:
            return None
        return sun.verify(value, sun.meta_key(master), lambda uid: sun.file_key(master, uid))

    @api.model
    def _assign_tag(self, card, uid, counter=0):
        """Bind an NTAG 424 DNA to *card* by its serial number.

        :param uid: 14 hex digits
        :param counter: of the tap that proved it; only later ones open the card
        """
        uid = str(uid or "").strip().replace(":", "").upper()
        if len(uid) != 14 or set(uid) - set("0123456789ABCDEF"):
            raise UserError(
                self.env._("The serial number of an NTAG 424 DNA has 14 hexadecimal digits.")
            )
        return self._add(card, "sun", "rfid", uid, tier="3", tap_counter=counter)

    @api.model
    def _resolve_tap(self, value):
        tap = self._tap(value)
        if not tap:
            raise CredentialRefused(
                self.env._("This tag could not prove that it is genuine. Do not accept the card.")
            )
        medium = self._known("sun", tap.uid)
        if medium and not medium.revoked_at:
            medium._use_tap(tap.counter)
        return medium

    def _use_tap(self, counter):
        """Note the tap; the counter only grows (gaps are taps that nobody sent us).

        :raises CredentialRefused: this tap, or a later one, was here before
        """
        used = self.env.execute_query(
            SQL(
                "UPDATE customer_card_medium SET tap_counter = %s"
                " WHERE id = %s AND COALESCE(tap_counter, 0) < %s RETURNING id",
                counter,
                self.id,
                counter,
            )
        )
        self.invalidate_recordset(["tap_counter"])
        if not used:
            raise CredentialRefused(
                self.env._("This tap was used before: it is a copy. Let the card be tapped again.")
            )


class CustomerCard(models.Model):
    _inherit = "customer.card"

    def assign_tag(self, uid):
        """Link an NTAG 424 DNA by its serial number, for lists of tags that come over RPC.

        :param uid: 14 hex digits, as the maker prints or delivers them
        """
        self.ensure_one()
        if not self._may_manage():
            raise AccessError(self.env._("Only a manager can link tags by their serial number."))
        return self.env["customer.card.medium"]._assign_tag(self, uid).id
