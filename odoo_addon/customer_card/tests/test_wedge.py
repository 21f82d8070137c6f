from odoo.tests import HttpCase, tagged

from ..models.customer_card_medium import token_of
from .common import CardCase

CODE = token_of(bytes(16))


@tagged("post_install", "-at_install")
class TestWedge(CardCase, HttpCase):
    """HS-02: a scanner that types like a keyboard goes the same way as a reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = True
        cls.env["customer.card.medium"]._assign(cls.card, "token", "qr", CODE)
        cls._counter_program()._enrol(customer_card=cls.card)

    def _scan(self, text=CODE, key="a", channel=None):
        tills = self.env["customer.till"].with_user(self.seller)
        return tills.screen_scanned(channel or self.till.sudo().channel, text, key)

    def test_a_scanned_code_is_a_presented_card(self):
        """HS-02, HS-04: RFID by the reader and QR by the scanner open the same dialog."""
        self._screen()
        by_reader, by_scanner = self._present(), self._scan()
        self.assertEqual(by_scanner["action"], "issue")
        self.assertEqual(by_scanner["action"], by_reader["action"])
        event = self.env["customer.card.event"].browse(by_scanner["event_id"])
        self.assertEqual((event.customer_card_id, event.medium_id.kind), (self.card, "qr"))
        again = self._scan()
        self.assertEqual((again["event_id"], again["duplicate"]), (event.id, True))
        self.assertNotEqual(self._scan(key="b")["event_id"], event.id)

    def test_only_a_paired_screen_of_this_company_scans(self):
        self.assertFalse(self._scan(channel="customer_till-guessed"))
        self.till.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self._scan())

    def test_a_damaged_code_opens_nothing(self):
        self._screen()
        answer = self._scan(CODE[:-1] + "1")
        self.assertEqual((answer["status"], answer["action"]), ("unknown", ""))

    def test_the_first_scan_ends_the_warning(self):
        """HS-07: no warning asks for a scanner where one types into the screen."""
        warned = len(self.till._media_warnings())
        self._scan()
        self.assertEqual(len(self.till._media_warnings()), warned - 1)

    def test_in_a_browser(self):
        self.seller.password = "card_seller"
        self.start_tour("/odoo", "customer_card_wedge", login="card_seller", timeout=60)
