import base64
import io
import re

from PIL import Image

from odoo.addons.customer_card.tests.common import CardCase, PatientBrowser
from odoo.addons.customer_card_portal.lib import qr_card
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

POINT_MM = 25.4 / 72


@tagged("post_install", "-at_install")
class TestQrCard(CardCase):
    """A QR card to print: size, code, and what becomes of the one printed before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = True

    def _printed(self, card, method="action_print_qr"):
        """Return the file and the code that is in it."""
        codes = []
        keep = qr_card.matrix
        self.patch(qr_card, "matrix", lambda text: codes.append(text) or keep(text))
        action = getattr(card.with_user(self.seller), method)()
        self.assertEqual(action["tag"], "customer_card.download")
        return base64.b64decode(action["params"]["data"]), codes

    def test_the_pdf_has_the_size_of_a_bank_card(self):
        """ISO/IEC 7810 ID-1: 85.6 x 54 mm; a page for each card."""
        other = self.card.copy({"partner_id": self.berg.id})
        content, codes = self._printed(self.card + other)
        boxes = re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", content)
        self.assertEqual(len(boxes), 2)
        width, height = (float(side) * POINT_MM for side in boxes[0])
        self.assertAlmostEqual(width, 85.6, 1)
        self.assertAlmostEqual(height, 54.0, 1)
        self.assertEqual(len(set(codes)), 2)

    def test_the_picture_has_300_dots_per_inch(self):
        content, _codes = self._printed(self.card, "action_print_qr_png")
        image = Image.open(io.BytesIO(content))
        self.assertEqual(image.size, (1011, 638))
        self.assertEqual(round(image.info["dpi"][0]), 300)

    def test_the_code_names_nobody(self):
        """AP-03: the code is a random token; it opens the card (HS-02)."""
        _content, codes = self._printed(self.card)
        self.assertRegex(codes[0], r"^K1\.[0-9A-HJ-NP-X]{28}$")
        self._screen()
        self.assertEqual(self._present(codes[0], medium="qr")["action"], "customer")

    def test_printed_again_the_first_one_stops(self):
        _content, first = self._printed(self.card)
        _content, second = self._printed(self.card)
        self._screen()
        self.assertEqual(self._present(first[0], key="a", medium="qr")["status"], "blocked")
        self.assertEqual(self._present(second[-1], key="b", medium="qr")["status"], "pushed")
        self.assertEqual(self._present(key="c")["status"], "pushed", "the chip goes on")

    def test_a_blocked_card_is_not_printed(self):
        self.card.action_block()
        with self.assertRaisesRegex(UserError, "is blocked"):
            self._printed(self.card)

    def test_long_names_end_before_the_code(self):
        long = qr_card.QrCard("K1." + "0" * 28, "Hörgeräte " * 9, "Kundenkarte", "10001", "Ä" * 90)
        self.assertTrue(qr_card.png(long))
        self.assertTrue(qr_card.pdf([long]))
        fitted = qr_card._fitted("Hörgeräte " * 9, len)
        self.assertEqual(len(fitted), 33)
        self.assertTrue(fitted.endswith("…"))


@tagged("post_install", "-at_install")
class TestDigitalPage(CardCase, PatientBrowser):
    """The customer's page "digital card"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = True
        cls.customer = new_test_user(cls.env, "card_customer", groups="base.group_portal")
        cls.customer.partner_id.name = "Hans Schulz"
        cls.own = cls.env["customer.card"].create({"partner_id": cls.customer.partner_id.id})
        cls.media = cls.env["customer.card.medium"]
        cls.media._assign(cls.own, "token", "chip", cls.media._new_token())
        cls.url = f"/my/cards/{cls.own.id}/digital"

    def setUp(self):
        super().setUp()
        self.authenticate("card_customer", "card_customer")

    def _digital(self):
        return self.own.medium_ids.filtered(lambda one: one.tier == "2")

    def _begin(self):
        page = self.url_open(self.url).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        return self.url_open(f"{self.url}/begin", data={"csrf_token": token})

    def test_the_customer_joins_his_phone_to_his_plastic_card(self):
        """HS-05: asked once, then the code is shown; looking at the page alone changes nothing."""
        self.assertIn(self.url, self.url_open("/my/cards").text)
        self.assertIn("/begin", self.url_open(self.url).text)
        self.assertFalse(self._digital())
        page = self._begin().text
        self.assertEqual(len(self._digital()), 1)
        self.assertIn("o_customer_card_digital", page)
        answer = self.url_open(f"{self.url}/code")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertTrue(answer.json()["code"].startswith("data:image/svg+xml"))
        self.assertLessEqual(answer.json()["seconds"], 30)
        self.assertFalse(self.own.is_digital, "it began with a chip")

    def test_others_cards_blocked_cards_and_switched_off_codes_are_not_shown(self):
        self._begin()
        self.assertEqual(self.url_open(f"/my/cards/{self.card.id}/digital").status_code, 404)
        self.assertEqual(self.url_open(f"/my/cards/{self.card.id}/digital/code").status_code, 404)
        self.own.action_block()
        self.assertEqual(self.url_open(f"{self.url}/code").status_code, 404)
        self.own.action_unblock()
        self.env.company.card_medium_qr = False
        self.assertEqual(self.url_open(f"{self.url}/code").status_code, 404)
        self.assertNotIn("/begin", self.url_open(self.url).text)

    def test_the_code_renews_itself(self):
        """In a browser: after the half minute the picture is another one, without a click."""
        self._begin()
        self.patch(self.env.registry["customer.card.medium"], "_code_now", self._quick_codes())
        self.browser_js(
            self.url,
            """
            const image = document.querySelector(".o_customer_card_code");
            const first = image.src;
            new MutationObserver(() => image.src !== first && console.log("test successful"))
                .observe(image, { attributes: true });
            """,
            ready="!!document.querySelector('.o_customer_card_code')",
            login="card_customer",
            timeout=20,
        )

    @staticmethod
    def _quick_codes():
        codes = iter(range(1000))
        return lambda _medium: (f"K2.{next(codes):034}", 1)
