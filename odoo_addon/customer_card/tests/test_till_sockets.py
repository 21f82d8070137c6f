import json

from odoo.addons.bus.tests.common import WebsocketCase, websocket
from odoo.addons.customer_card.models.till.ir_websocket import SCREEN
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestTillSockets(CardCase, WebsocketCase):
    """F8 with real web sockets."""

    def setUp(self):
        super().setUp()
        secret = self._screen()
        self.channel = SCREEN + secret
        self.screen = self.env["customer.till.screen"]._of_secret(secret)

    def _socket(self, login, channel=None):
        """A browser in which this user, or nobody, is logged in subscribes to the screen."""
        session = self.authenticate(login, login)
        if login == self.seller.login:
            self.screen.session = session.sid[:42]
            self.env.flush_all()
        socket = self.websocket_connect(cookie=f"session_id={session.sid}")
        self.subscribe(socket, [channel or self.channel], self.env["bus.bus"]._bus_last_id())
        return socket

    def _hears(self, socket, key):
        self._present(key=key)
        self.trigger_notification_dispatching([self.screen, (self.screen, "login")])
        socket.settimeout(1)
        try:
            heard = json.loads(socket.recv())
        except websocket.WebSocketTimeoutException:
            return []
        return [one["message"]["payload"]["message"] for one in heard]

    def test_the_paired_screen_hears(self):
        self.assertIn("Karl Berg", str(self._hears(self._socket("card_seller"), "1")))

    def test_nobody_else_does(self):
        """A stolen secret and a channel's name, without login and as an ordinary user."""
        names = (None, f"customer.till.screen,{self.screen.id}", f"customer_till-{self.till.id}")
        for login in (None, "card_bridge"):
            for number, name in enumerate(names):
                with self.subTest(login=login, name=name):
                    socket = self._socket(login, name)
                    self.assertEqual(self._hears(socket, f"{login}{number}"), [])

    def test_who_loses_the_right_falls_silent_at_once(self):
        """The socket that is open already hears nothing more."""
        socket = self._socket("card_seller")
        self.assertTrue(self._hears(socket, "before"))
        self.seller.group_ids -= self.env.ref("customer_card.group_user")
        self.assertEqual(self._hears(socket, "after"), [])

    def test_so_does_who_is_unpaired(self):
        socket = self._socket("card_seller")
        self.assertTrue(self._hears(socket, "before"))
        screen = self.screen
        self.till.action_unpair_screens()
        self.till._send_to_screens("customer_card.event", {"message": "x"})
        self.trigger_notification_dispatching([screen])
        socket.settimeout(1)
        with self.assertRaises(websocket.WebSocketTimeoutException):
            socket.recv()
