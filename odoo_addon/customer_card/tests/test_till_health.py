from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import CardCase

READER = {"name": "ACR 1252", "state": "ready", "source": "pcsc", "media": ["rfid", "chip"]}
SCANNER = {"name": "ttyACM0", "state": "ready", "source": "serial", "media": ["qr"]}


@tagged("post_install", "-at_install")
class TestTillHealth(CardCase):
    """HS-07: the shop sees each reader, what it reads, and within 90 s that it has gone."""

    def _beat(self, *readers, **info):
        self.env["customer.till"].with_user(self.bridge).heartbeat(
            {"version": "1.2", "spool_depth": 0, "readers": list(readers), **info}
        )
        self.env.flush_all()
        self.till.invalidate_recordset()
        self.till.reader_ids.invalidate_recordset()

    def test_each_reader_is_listed_with_what_it_reads(self):
        self.assertEqual(self.till.state, "new")
        self._beat(READER, SCANNER, spool_depth=3)
        self.assertEqual(self.till._readable_media(), {"chip", "rfid", "qr"})
        self.assertEqual(self.till.reader_names, "ACR 1252\nttyACM0")
        self.assertEqual(
            [(one.name, one.source, one.media, one.shown_state) for one in self.till.reader_ids],
            [
                ("ACR 1252", "pcsc", "Chip, RFID", "ready"),
                ("ttyACM0", "serial", "QR", "ready"),
            ],
        )
        self.assertEqual((self.till.bridge_version, self.till.spool_depth), ("1.2", 3))
        self.assertEqual(self.till.state, "no_screen")
        self._screen()
        self.till.invalidate_recordset()
        self.assertEqual(self.till.state, "good")

    def test_an_unplugged_reader_stays_on_the_list_as_gone_for_a_day(self):
        self._beat(READER, SCANNER)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self._beat({**READER, "state": "gone"})
            self.assertEqual(self.till._readable_media(), set())
            self.assertEqual(self.till.state, "no_reader")
            self.assertIn("cable", self.till.attention)
            self.assertEqual(self.till.reader_ids.mapped("shown_state"), ["gone", "gone"])
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self._beat(READER)
            self.assertEqual(self.till.reader_ids.mapped("name"), ["ACR 1252"])

    def test_a_silent_bridge_is_shown_as_such_after_a_minute(self):
        self._beat(READER)
        seller = self.env["customer.till"].with_user(self.seller)
        secret = seller.pair_screen(self.till.id)["secret"]
        self.assertEqual(seller.screen_alive(secret)["reader"], "connected")
        with freeze_time(fields.Datetime.now() + timedelta(seconds=61)):
            self.till.invalidate_recordset()
            self.till.reader_ids.invalidate_recordset()
            self.assertEqual(seller.screen_alive(secret)["reader"], "disconnected")
            self.assertEqual(self.till.state, "silent")
            self.assertEqual(self.till.reader_ids.shown_state, "gone")

    def test_a_change_is_told_to_the_screens_at_once_and_only_then(self):
        self._screen()
        with patch.object(type(self.env["bus.bus"]), "_sendone") as sent:
            self._beat(READER)
            self._beat(READER)
            self._beat({**READER, "state": "gone"})
        told = [call.args[-1]["reader"] for call in sent.call_args_list]
        self.assertEqual(told, ["connected", "disconnected"])

    def test_media_warnings_reach_the_screen_and_the_form(self):
        self._beat(READER)
        seller = self.env["customer.till"].with_user(self.seller)
        secret = seller.pair_screen(self.till.id)["secret"]
        self.assertEqual(seller.screen_alive(secret)["warnings"], [])
        with patch.object(type(self.till), "_media_warnings", lambda till: ["No scanner."]):
            self.assertEqual(seller.screen_alive(secret)["warnings"], ["No scanner."])
            self.till.invalidate_recordset()
            self.assertIn("No scanner.", self.till.attention)

    def test_cards_from_an_outage_are_recorded_and_surprise_nobody(self):
        """Known, unknown or blocked: what is older than ten seconds reaches no screen."""
        self._screen()
        unknown = self.env["customer.card.medium"]._new_token()
        with patch.object(type(self.env["bus.bus"]), "_sendone") as sent:
            late = self._present(key="a", age_s=10.1)
            self._present(key="b", age_s=3600, token=unknown)
            self.assertFalse(sent.call_count)
            self._present(key="c", age_s=9.9)
            self.assertEqual(sent.call_count, 1)
        self.assertEqual(late["status"], "stale")
        self.assertEqual(self.till.event_ids.mapped("state"), ["new", "refused", "stale"])

    def test_rubbish_from_a_reader_program_is_no_reader(self):
        self._beat({"state": "ready"}, {**READER, "source": "x", "media": ["gold"], "state": "?"})
        self.assertEqual(self.till.reader_ids.mapped("state"), ["ready"])
        self.assertFalse(self.till.reader_ids.source)
        self.assertEqual(self.till._readable_media(), set())
