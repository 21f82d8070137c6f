from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CardCase


@tagged("post_install", "-at_install")
class TestMedia(CardCase):
    """Chip, RFID and QR side by side: one card, one balance; which kinds a shop uses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = True
        cls.media = cls.env["customer.card.medium"]

    def _new_card(self, medium, name="Hans Schulz"):
        partner = self.env["res.partner"].create({"name": name})
        card = self.env["customer.card"].create({"partner_id": partner.id})
        return card, self._link(card, medium)

    def _link(self, card, medium):
        token = self.media._new_token()
        self.media._assign(card, "token", medium, token)
        return token

    def _seen(self, token, key):
        """Return what the screen shows of the card, by program."""
        claim = self._claim(self._present(token, key=key))
        return {one["name"]: one["remaining"] for one in claim["enrolments"]}

    def _accounts(self, card):
        programs = self.env["loyalty.program"].create(
            [{"name": "Credit", "kind": "stored_value"}, {"name": "Points", "kind": "points"}]
        )
        credit = programs[0]._enrol(customer_card=card, amount=30, paid=30)
        points = programs[1]._enrol(customer_card=card)
        points._post(120, key="test:points", reason="grant")
        return credit

    def test_a_qr_code_joins_an_rfid_card(self):
        """HS-05: RFID 30.00/120 points; QR linked: both show it; 10.00 by QR -> 20.00 on tap."""
        card, tap = self._new_card("rfid")
        credit = self._accounts(card)
        code = self._link(card, "qr")
        self._screen()
        for key, token in (("tap", tap), ("scan", code)):
            self.assertEqual(self._seen(token, key), {"Credit": 30, "Points": 120})
        credit._post(-10, key="test:spend", reason="sale")
        self.assertEqual(self._seen(tap, "tap again"), {"Credit": 20, "Points": 120})

    def test_both_media_do_the_same_at_one_till(self):
        """HS-03, HS-04: an RFID customer and a QR customer issue from their counters in turn."""
        self._screen()
        for number, medium in enumerate(("rfid", "qr", "chip")):
            card, token = self._new_card(medium, f"Customer {number}")
            self._counter_program()._enrol(customer_card=card)
            claim = self._claim(self._present(token, key=medium, medium=medium))
            self.assertEqual(self._issue(claim, key=medium)["remaining"], 71)
            self.assertEqual(claim["partner"]["name"], f"Customer {number}")

    def test_no_chip_joins_a_digital_card(self):
        """HS-06: first digital: the RFID link is refused, in every way there is."""
        card, _code = self._new_card("qr")
        self.assertTrue(card.is_digital)
        with self.assertRaisesRegex(UserError, "began as a digital card"):
            self._link(card, "rfid")
        with self.assertRaisesRegex(UserError, "began as a digital card"):
            self.media._assign(card, "uid", "rfid", "04A1B2C3")
        with self.assertRaisesRegex(UserError, "began as a digital card"):
            encodings = self.env["customer.card.encoding"]
            encodings.create({"till_id": self.till.id, "card_id": card.id})._check_joins()
        self._screen()
        asked = self.env["customer.card.encoding"].with_user(self.seller)
        with self.assertRaisesRegex(UserError, "began as a digital card"):
            asked.request(card.id, self._own_secret())
        card.medium_ids.action_revoke()
        self.assertTrue(card.is_digital, "revoking the code does not change how it began")

    def test_printed_number_and_digital_card_follow_the_same_rules(self):
        """TM-03: number 10001 printed on the card, and a card of a QR code only."""
        printed = self.env["customer.card"].create(
            {
                "number": "10001" if not self._taken("10001") else "910001",
                "partner_id": self.env["res.partner"].create({"name": "Printed"}).id,
            }
        )
        self.media._assign(printed, "number", "number", printed.number)
        digital, code = self._new_card("qr", "Digital")
        self._screen()
        for card, seen in ((printed, {"kind": "number"}), (digital, {"kind": "token"})):
            self._counter_program(once_per_day=True)._enrol(customer_card=card)
            value = {"value": code if card == digital else card.number, "medium": "qr"}
            claim = self._claim(self._present(key=f"{card.id} a", **seen, **value))
            self.assertEqual(self._issue(claim, key="x")["remaining"], 71)
            again = self._present(key=f"{card.id} b", **seen, **value)
            self.assertEqual(again["status"], "refused")
            self.assertIn("used today", again["message"])
            card.action_block()
            self.assertEqual(
                self._present(key=f"{card.id} c", **seen, **value)["status"], "blocked"
            )

    def _taken(self, number):
        return self.env["customer.card"].search_count([("number", "=", number)])

    def test_a_kind_the_company_does_not_use_is_refused(self):
        """HS-08: without QR no code can be linked; what is in use already goes on working."""
        card, code = self._new_card("qr")
        self.env.company.card_medium_qr = False
        self._screen()
        self.assertEqual(self._present(code)["action"], "customer")
        with self.assertRaisesRegex(UserError, "does not use cards with QR code"):
            self._link(self.card, "qr")
        self.env.company.write({"card_medium_chip": False, "card_medium_qr": True})
        with self.assertRaisesRegex(UserError, "does not use cards with Chip"):
            self._link(self.card, "chip")

    def test_the_advice_to_use_one_kind(self):
        """HS-08: the settings show it as soon as the second kind is switched on, and only then."""
        settings = self.env["res.config.settings"]
        arch = settings.get_view(view_type="form")["arch"]
        (advice,) = etree.fromstring(arch).xpath("//div[@name='one_medium_advice']")
        self.assertIn("use one kind", " ".join(advice.itertext()))
        for chip, qr, shown in ((1, 0, False), (0, 1, False), (1, 1, True)):
            values = {"card_medium_chip": bool(chip), "card_medium_qr": bool(qr)}
            self.assertEqual(not safe_eval(advice.get("invisible"), values), shown)

    def test_one_medium_only_is_enforced(self):
        """HS-08: "one medium" set: the second kind cannot be switched on."""
        company = self.env.company
        with self.assertRaisesRegex(ValidationError, "one kind of medium only"):
            company.card_medium_single = True
        company.write({"card_medium_single": True, "card_medium_qr": False})
        with self.assertRaisesRegex(ValidationError, "one kind of medium only"):
            company.card_medium_qr = True
        company.write({"card_medium_chip": False, "card_medium_qr": True})

    def test_a_till_without_a_scanner_says_so(self):
        """HS-07: both media enabled, the till lacks a QR reader: a warning; HS-08 off: none."""
        self._reader("Chip, RFID")
        self.assertIn("no scanner for QR codes", " ".join(self.till._media_warnings()))
        scanner = self._reader("QR", "Scanner")
        self.assertEqual(self.till._media_warnings(), [])
        (self.till.reader_ids - scanner).unlink()
        self.assertIn("no reader for chip or RFID", " ".join(self.till._media_warnings()))
        self.env.company.card_medium_chip = False
        self.assertEqual(self.till._media_warnings(), [])

    def test_the_warning_reaches_the_screen_at_its_start(self):
        """HS-07: the screen that signs in hears it."""
        self._reader("RFID")
        self._screen()
        alive = self.env["customer.till"].with_user(self.seller).screen_alive(self._own_secret())
        self.assertIn("no scanner for QR codes", " ".join(alive["warnings"]))
