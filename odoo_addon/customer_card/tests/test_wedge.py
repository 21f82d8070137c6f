from odoo.addons.customer_card.lib.codes import token_of
from odoo.tests import tagged

from .common import CardCase, PatientBrowser

CODE = token_of(bytes.fromhex("da4f8256e29a915030d405c08f0bcbda"))  # letters that differ by layout


@tagged("post_install", "-at_install")
class TestWedge(CardCase, PatientBrowser):
    """HS-02: a scanner that types like a keyboard goes the same way as a reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = True
        cls.env["customer.card.medium"]._assign(cls.card, "token", "qr", CODE)
        cls._counter_program()._enrol(customer_card=cls.card)

    def _scan(self, text=CODE, key="a", screen=None):
        tills = self.env["customer.till"].with_user(self.seller)
        return tills.screen_scanned(screen or self._own_secret(), text, key)

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
        self._screen()
        self.assertFalse(self._scan(screen="guessed"))
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

    def test_nfc_of_the_screen_is_a_reader(self):
        """EX-16: the same call and answer, a card of radio; no warning asks for a reader."""
        self.env.company.card_medium_chip = True
        warned = len(self.till._media_warnings())
        tills = self.env["customer.till"].with_user(self.seller)
        answer = tills.screen_scanned(self._own_secret(), CODE, "nfc", medium="rfid")
        event = self.env["customer.card.event"].browse(answer["event_id"])
        self.assertEqual((answer["action"], event.reader), ("issue", "NFC of the screen"))
        self.assertFalse(self.till.wedge_scanner)
        self.assertEqual(len(self.till._media_warnings()), warned - 1)

    def test_in_a_browser(self):
        """odoo-as-used 14: every layout of scanner and computer; EX-16: NFC."""
        self.seller.password = "card_seller"
        self.start_tour("/odoo", "customer_card_wedge", login="card_seller", timeout=60)
