from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from freezegun import freeze_time
from werkzeug.exceptions import ServiceUnavailable

from odoo import fields
from odoo.addons.bus.websocket import WebsocketConnectionHandler
from odoo.tests import tagged

from ..models.till import customer_till
from .common import CardCase, PatientBrowser

READER = {"name": "ACR 1252", "state": "card", "source": "pcsc", "media": ["chip", "rfid"]}


@tagged("post_install", "-at_install")
class TestTillTrouble(CardCase, PatientBrowser):
    """Why cards open nothing is said on the screen, on the till's form and at the reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = False
        cls._counter_program()._enrol(customer_card=cls.card)

    def _beat(self, *readers):
        info = {"version": "1.2", "readers": list(readers), "spool_depth": 0}
        answer = self.env["customer.till"].with_user(self.bridge).heartbeat(info)
        self.till.invalidate_recordset()
        self.till.reader_ids.invalidate_recordset()
        return answer

    def _alive(self, secret, **values):
        answer = self.env["customer.till"].with_user(self.seller).screen_alive(secret, **values)
        self.till.invalidate_recordset()
        return answer

    def test_a_reader_that_another_program_keeps_is_told_to_screen_and_form(self):
        """odoo-as-used 15: the cause while it lasts, and no longer."""
        secret = self._screen()
        self._beat(READER)
        with patch.object(type(self.env["bus.bus"]), "_sendone") as sent:
            self._beat({**READER, "state": "busy"})
            self.assertEqual(self._alive(secret)["reader"], "busy")
            self.assertIn("ACR 1252", self.till.attention)
            self.assertEqual(self.till.reader_ids.shown_state, "busy")
            self._beat(READER)
        told = [call.args[-1]["reader"] for call in sent.call_args_list]
        self.assertEqual(told, ["busy", "connected"])
        self.assertNotIn("ACR 1252", self.till.attention)

    def test_a_screen_that_hears_nothing_is_no_screen(self):
        """N5: the form and the reader name /websocket; nothing is "on the screen"."""
        self._beat(READER)
        secret = self._screen()
        self.assertEqual(self._present(key="a")["status"], "pushed")
        self._alive(secret, hears=False)
        self.assertEqual(self.till.state, "deaf_screen")
        self.assertIn("/websocket", self.till.attention)
        answer = self._present(key="b")
        self.assertEqual(answer["status"], "no_screen")
        self.assertIn("/websocket", answer["message"])
        self.assertFalse(self._beat(READER)["screen"])
        self._alive(secret)
        self.assertEqual(self.till.state, "good")
        self.assertEqual(self._present(key="c")["status"], "pushed")

    def test_another_screen_of_the_till_may_hear(self):
        self._beat(READER)
        deaf, hearing = self._screen(), self._screen(user=self.seller)
        self._alive(deaf, hears=False)
        self.assertEqual(self.till.state, "good")
        self.assertEqual(self._present()["status"], "pushed")
        self._alive(hearing, hears=False)
        self.assertEqual(self.till.state, "deaf_screen")

    def test_a_deaf_screen_that_is_gone_is_no_screen_that_is_missing(self):
        self._beat(READER)
        self._alive(self._screen(), hears=False)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10)):
            self._beat(READER)
            self.assertEqual(self.till.state, "no_screen")

    def test_a_proxy_that_odoo_does_not_know_is_named(self):
        """N13: all tills share one address and one limit, and the till's form says so."""
        forwarded = {"X-Forwarded-For": "203.0.113.7"}
        for headers, proxy_mode, named in (
            ({}, False, False),
            (forwarded, False, True),
            (forwarded, True, True),
            ({**forwarded, "X-Forwarded-Host": "shop.example"}, True, False),
            ({**forwarded, "X-Forwarded-Host": "shop.example"}, False, True),
        ):
            self.till.invalidate_recordset()
            call = SimpleNamespace(httprequest=SimpleNamespace(headers=headers))
            settings = {"proxy_mode": proxy_mode}
            with patch.multiple(customer_till, request=call, config=settings):
                said = "proxy_mode" in (self.till.attention or "")
            self.assertEqual(said, named, (headers, proxy_mode))

    def test_in_a_browser_without_websocket(self):
        """N5: README step 1 forgotten."""
        self.seller.password = "card_seller"
        with patch.object(
            WebsocketConnectionHandler, "open_connection", side_effect=ServiceUnavailable
        ):
            self.start_tour("/odoo", "customer_card_deaf", login="card_seller", timeout=60)
        self.till.invalidate_recordset()
        self.assertEqual(self.till.state, "deaf_screen")
