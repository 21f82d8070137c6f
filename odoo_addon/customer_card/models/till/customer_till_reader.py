from datetime import timedelta

from odoo import api, fields, models

# The bridge reports every 20 s, a screen asks every 25 s: a shop sees a silent reader within 90 s.
BRIDGE_TIMEOUT = timedelta(seconds=60)
FORGET = timedelta(days=1)
MOST_READERS = 50
MOST_CARDS = 10**9
MEDIA = {"chip": "Chip", "rfid": "RFID", "qr": "QR"}


class CustomerTillReader(models.Model):
    """One card reader or scanner of a till, as its bridge last saw it."""

    _name = "customer.till.reader"
    _description = "Card reader"
    _order = "state desc, name, id"

    till_id = fields.Many2one(
        "customer.till", required=True, readonly=True, ondelete="cascade", index=True
    )
    name = fields.Char(required=True, readonly=True)
    source = fields.Selection(
        [
            ("pcsc", "Card reader"),
            ("nfc", "NFC reader"),
            ("serial", "Scanner (serial)"),
            ("evdev", "Scanner (keyboard)"),
        ],
        string="Kind",
        readonly=True,
    )
    media = fields.Char(string="Reads", readonly=True)
    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("card", "Card inside"),
            ("busy", "In use by another program"),
            ("gone", "Not connected"),
        ],
        required=True,
        readonly=True,
    )
    shown_state = fields.Selection(
        [
            ("ready", "Ready"),
            ("busy", "In use by another program"),
            ("gone", "Not connected"),
        ],
        string="Now",
        compute="_compute_shown_state",
    )
    seen_at = fields.Datetime(string="Last seen", readonly=True)

    @api.depends("state", "till_id.bridge_seen_at")
    def _compute_shown_state(self):
        for reader in self:
            there = reader.state != "gone" and reader.till_id._bridge_alive()
            known = "busy" if reader.state == "busy" else "ready"
            reader.shown_state = known if there else "gone"


class CustomerTill(models.Model):
    """What a till's bridge reports about itself, and what a person must know of it."""

    _inherit = "customer.till"

    bridge_version = fields.Char(string="Reader program", readonly=True, copy=False)
    spool_depth = fields.Integer(string="Cards not yet sent", readonly=True, copy=False)
    reader_ids = fields.One2many("customer.till.reader", "till_id", readonly=True)
    reader_names = fields.Text(string="Readers", compute="_compute_readers", compute_sudo=True)
    reader_connected = fields.Boolean(compute="_compute_readers", compute_sudo=True)

    @api.depends("bridge_seen_at", "reader_ids.state", "reader_ids.name")
    def _compute_readers(self):
        for till in self:
            there = till._connected_readers()
            till.reader_names = "\n".join(there.mapped("name"))
            till.reader_connected = bool(till._bridge_alive() and there)

    def _connected_readers(self):
        return self.reader_ids.filtered(lambda reader: reader.state != "gone")

    def _readable_media(self):
        """Return what the connected readers can read, some of ``chip``, ``rfid``, ``qr``."""
        words = {
            word for one in self._connected_readers() for word in (one.media or "").split(", ")
        }
        return {medium for medium, word in MEDIA.items() if word in words}

    def _bridge_alive(self):
        seen = self.bridge_seen_at
        return bool(seen and seen > fields.Datetime.now() - BRIDGE_TIMEOUT)

    @api.model
    def heartbeat(self, info):
        """Note the bridge's state.

        :param info: ``{"version", "spool_depth", "readers"}``; a reader is ``{"name", "state",
            "source", "media"}``, state ``ready``, ``card``, ``busy`` (another program keeps the
            card to itself) or ``gone``
        :return: ``{"till", "now", "lang", "screen", "renew_key"}``
        """
        till = self._of_bridge()
        info = info if isinstance(info, dict) else {}
        readers = info.get("readers") if isinstance(info.get("readers"), list) else []
        readers = [one for one in readers if isinstance(one, dict) and one.get("name")]
        readers = readers[:MOST_READERS]
        depth = info.get("spool_depth")
        before = till._reader_word()
        till.write(
            {
                "bridge_seen_at": fields.Datetime.now(),
                "bridge_version": str(info.get("version") or "").replace("\0", "")[:40],
                "spool_depth": depth if type(depth) is int and 0 <= depth < MOST_CARDS else 0,
            }
        )
        till._note_readers(readers)
        if till._reader_word() != before:
            till._tell_screens()
        return {
            "till": till.name,
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "lang": self.env.user.lang or "en_US",
            "screen": till.screen_connected,
            "renew_key": till._renews_key(),
        }

    def _note_readers(self, readers):
        now = fields.Datetime.now()
        known = {reader.name: reader for reader in self.reader_ids}
        sources = dict(self.reader_ids._fields["source"].selection)
        for one in readers:
            name = str(one["name"]).replace("\0", "")[:120]
            reader = known.pop(name, None)
            state = one.get("state") if one.get("state") in ("card", "busy", "gone") else "ready"
            said = one.get("media") if isinstance(one.get("media"), list) else []
            media = [word for medium, word in MEDIA.items() if medium in said]
            values = {
                "state": state,
                "source": next((each for each in sources if each == one.get("source")), False),
                "media": ", ".join(media),
                **({} if state == "gone" else {"seen_at": now}),
            }
            if reader:
                reader.write(values)
            elif state != "gone":
                self.reader_ids.create({"till_id": self.id, "name": name, **values})
        for reader in known.values():
            if not reader.seen_at or reader.seen_at < now - FORGET:
                reader.unlink()
            elif reader.state != "gone":
                reader.state = "gone"

    def _busy_readers(self):
        return self._connected_readers().filtered(lambda reader: reader.state == "busy")

    def _reader_word(self):
        """Return what a screen shows of its till's readers."""
        if not self.reader_connected:
            return "disconnected"
        return "busy" if self._busy_readers() else "connected"

    def _tell_screens(self):
        """Send the reader's state to the paired screens, which else ask twice a minute."""
        if self.screen_seen_at:
            self._send_to_screens("customer_card.till", {"reader": self._reader_word()})
