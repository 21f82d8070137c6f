"""Codes that cannot be copied: the digital card that changes, and NTAG 424 DNA."""

import os
import random
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.customer_card.rules import rotating, sun
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from .common import CardCase

# CARD_MUTATIONS=100000 is the proof, the few of every day only show that it still runs.
MUTATIONS = int(os.environ.get("CARD_MUTATIONS", "2000"))
MASTER = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
UID = "04DE5F1EACC040"


@tagged("post_install", "-at_install")
class TestDigitalCard(CardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_medium_qr = True
        cls.digital = cls.env["customer.card.medium"]._digital_of(cls.card)
        cls.other_till = cls.till.copy({"name": "Counter 2"})

    def setUp(self):
        super().setUp()
        self._screen()

    def _code(self, seconds=0):
        with freeze_time(fields.Datetime.now() + timedelta(seconds=seconds)):
            return self.digital._code_now()[0]

    def _scan(self, code, key, **values):
        return self._present(code, key=key, kind="signed", medium="qr", **values)

    def test_the_code_opens_its_customer(self):
        """Tier 2: handle, half minute and signature; nothing about the customer."""
        code = self._code()
        self.assertRegex(code, r"^K2\.[0-9A-HJ-NP-X]{34}$")
        self.assertEqual(self._scan(code, "a")["action"], "customer")
        self.assertEqual(self.digital.tier, "2")
        self.assertEqual(self.env["customer.card.medium"]._digital_of(self.card), self.digital)

    def test_neighbouring_half_minutes_count_others_do_not(self):
        for seconds, status in ((-30, "pushed"), (0, "pushed"), (30, "pushed")):
            self.assertEqual(self._scan(self._code(seconds), f"{seconds}")["status"], status)
        for seconds in (-65, 65, 3600):
            answer = self._scan(self._code(seconds), f"{seconds}")
            self.assertEqual(answer["status"], "refused")
            self.assertIn("code is over", answer["message"])

    def test_a_code_is_used_up_where_it_was_shown(self):
        """Scanned twice by the seller it opens again; a photo of it at another till does not."""
        now = fields.Datetime.now()
        with freeze_time(now):
            code, earlier = self._code(), self._code(-30)
            self.assertEqual(self._scan(code, "one")["status"], "pushed")
            self.assertEqual(self._scan(code, "two")["status"], "pushed")
            self.assertIn("used before", self._scan(earlier, "earlier")["message"])
            self.till.user_id = False
            self.env.flush_all()
            self.other_till.user_id = self.bridge
            self.env["customer.till"].with_user(self.seller).pair_screen(self.other_till.id)
            self.assertIn("used before", self._scan(code, "photo")["message"])
            self.assertEqual(self._scan(self._code(30), "next")["status"], "pushed")

    def test_a_repeated_call_is_no_second_use(self):
        """The answer got lost: the same insertion gets the same answer, a minute later, too."""
        code = self._code()
        first = self._scan(code, "a")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=5)):
            again = self._scan(code, "a")
        self.assertEqual((again["status"], again["duplicate"]), (first["status"], True))

    def test_a_late_report_counts_when_it_was_scanned(self):
        """The bridge was offline for 20 s: the code was good when it was shown."""
        code = self._code(-60)
        self.assertIn("code is over", self._scan(code, "now")["message"])
        self.assertEqual(self._scan(code, "then", age_s=60.0)["status"], "stale")

    def test_forged_codes_open_nothing(self):
        """Random changes, also with a right check value: none of them opens anything."""
        chance = random.Random(5)
        raw = rotating.parse(self._code())
        media, accepted = self.env["customer.card.medium"], 0
        for _number in range(MUTATIONS // 10):
            change = bytes(
                chance.choice((0, 0, 0, 1 << chance.randrange(8))) for _byte in range(10)
            )
            if not any(change):
                continue
            signature = bytes(a ^ b for a, b in zip(raw.signature, change, strict=True))
            with patch.object(rotating, "_sign", lambda *_args, forged=signature: forged):
                code = rotating.code_of(b"", raw.handle, raw.step)
            accepted += bool(media._resolve("signed", code, self.till))
        self.assertEqual(accepted, 0)

    def test_revoked_says_so(self):
        self.digital.action_revoke()
        self.assertEqual(self._scan(self._code(), "a")["status"], "blocked")

    def test_the_database_alone_makes_no_codes(self):
        """The signing key comes from the pepper, which is in no dump."""
        code = self._code()
        with patch.dict(
            "os.environ", {"CUSTOMER_CARD_PEPPER": "another pepper, as long as the first"}
        ):
            self.assertNotEqual(self._code(), code)


@tagged("post_install", "-at_install")
class TestTag(CardCase):
    """NTAG 424 DNA: verified on the server, the counter must grow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict("os.environ", {"CUSTOMER_CARD_SUN_KEY": MASTER.hex()}))
        cls.tag = cls.env["customer.card.medium"]._assign_tag(cls.card, "04:de:5f:1e:ac:c0:40")

    def setUp(self):
        super().setUp()
        self._screen()

    def _tap(self, counter, uid=UID):
        raw = bytes.fromhex(uid)
        return sun.tap_text(raw, counter, sun.meta_key(MASTER), sun.file_key(MASTER, raw))

    def _put(self, value, key):
        return self._present(value, key=key, kind="sun", medium="rfid")

    def test_each_tap_opens_once(self):
        """Tier 3: replayed and earlier taps are refused, gaps are taps of other phones."""
        self.assertEqual(self._put(self._tap(1), "1")["action"], "customer")
        self.assertEqual(self._put(self._tap(9), "9")["action"], "customer")
        for number, counter in enumerate((9, 1, 8)):
            answer = self._put(self._tap(counter), f"replay {number}")
            self.assertEqual(answer["status"], "refused")
            self.assertIn("is a copy", answer["message"])
        self.assertEqual((self.tag.tier, self.tag.tap_counter), ("3", 9))

    def test_the_same_insertion_asked_again_is_no_replay(self):
        tap = self._tap(1)
        self.assertEqual(self._put(tap, "1")["status"], "pushed")
        self.assertTrue(self._put(tap, "1")["duplicate"])

    def test_a_forged_mac_is_refused(self):
        tap = self._tap(3)
        answer = self._put(tap[:-1] + ("0" if tap[-1] != "0" else "1"), "forged")
        self.assertIn("could not prove", answer["message"])
        self.assertEqual(self.tag.tap_counter, 0)

    def test_a_tag_of_ours_that_nobody_has_is_unknown(self):
        self.assertEqual(self._put(self._tap(1, "04AAAAAAAAAA80"), "x")["status"], "unknown")

    def test_a_manager_links_a_tag_by_its_first_tap(self):
        """ "Write card", and the tag is put there: genuine, so it is linked, not written."""
        manager = self.env.ref("base.user_admin")
        asked = self.env["customer.card.encoding"].with_user(manager)
        card = self.env["customer.card"].create(
            {"partner_id": self.env["res.partner"].create({"name": "Hans Schulz"}).id}
        )
        asked.request(card.id, self._own_secret(manager))
        answer = self._put(self._tap(5, "04BBBBBBBBBB80"), "first tap")
        self.assertEqual((answer["status"], card.medium_ids.tier), ("written", "3"))
        self.assertIn("used before", self._put(self._tap(5, "04BBBBBBBBBB80"), "copy")["message"])
        opened = self._put(self._tap(6, "04BBBBBBBBBB80"), "second tap")
        self.assertEqual(opened["action"], "customer")

    def test_a_seller_links_no_tags(self):
        self.env["customer.card.encoding"].with_user(self.seller).request(
            self.card.id, self._own_secret()
        )
        answer = self._put(self._tap(5, "04BBBBBBBBBB80"), "first tap")
        self.assertEqual(answer["status"], "refused")
        self.assertIn("manager", answer["message"])

    def test_tags_are_linked_by_a_list_of_serial_numbers(self):
        with self.assertRaises(AccessError):
            self.card.with_user(self.seller).assign_tag("04CCCCCCCCCC80")
        self.card.with_user(self.env.ref("base.user_admin")).assign_tag("04CCCCCCCCCC80")
        self.assertEqual(self._put(self._tap(1, "04CCCCCCCCCC80"), "x")["action"], "customer")

    def test_serial_number_and_key_are_checked(self):
        with self.assertRaisesRegex(UserError, "14 hexadecimal digits"):
            self.env["customer.card.medium"]._assign_tag(self.card, "04DE")
        with (
            patch.dict("os.environ", {"CUSTOMER_CARD_SUN_KEY": "short"}),
            self.assertRaisesRegex(UserError, "32 hexadecimal digits"),
        ):
            self._put(self._tap(1), "x")


@tagged("post_install", "-at_install")
class TestSun(BaseCase):
    def test_nxp_vector(self):
        """NXP AN12196, table 4: keys of zeros; serial number 04DE5F1EACC040, counter 61."""
        zeros = bytes(16)
        value = "EF963FF7828658A599F3041510671E88.94EED9EE65337086"
        self.assertEqual(sun.verify(value, zeros, lambda _uid: zeros), sun.Tap(UID, 61))

    def test_random_changes_prove_nothing(self):
        """0 accepted of CARD_MUTATIONS changed taps: flipped bits, other values, other keys."""
        chance, meta = random.Random(424), sun.meta_key(MASTER)
        true = sun.tap_text(bytes.fromhex(UID), 61, meta, sun.file_key(MASTER, bytes.fromhex(UID)))
        raw, accepted = bytearray(bytes.fromhex(true.replace(".", ""))), 0
        for _number in range(MUTATIONS):
            forged = bytearray(raw)
            for _flip in range(chance.choice((1, 1, 2, 8))):
                forged[chance.randrange(24)] ^= 1 << chance.randrange(8)
            if chance.random() < 0.1:
                forged[16:] = chance.randbytes(8)
            if forged == raw:
                continue
            text = f"{forged[:16].hex()}.{forged[16:].hex()}"
            accepted += bool(sun.verify(text, meta, lambda uid: sun.file_key(MASTER, uid)))
        self.assertEqual(accepted, 0)

    def test_rubbish_is_no_tap(self):
        for text in (None, "", "x.y", "0" * 32, f"{'0' * 32}.{'g' * 16}", f"{'é' * 32}.{'0' * 16}"):
            self.assertIsNone(sun.verify(text, bytes(16), lambda _uid: bytes(16)))
        for text in (None, "", "K2.", "K1." + "0" * 34, "K2." + "I" * 34, "K2." + "0" * 34 + "0"):
            self.assertIsNone(rotating.parse(text))
