"""A tag that cannot be copied: NTAG 424 DNA."""

import os
import random
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..rules import sun
from .common import CardCase

# CARD_MUTATIONS=100000 is the proof, the few of every day only show that it still runs.
MUTATIONS = int(os.environ.get("CARD_MUTATIONS", "2000"))
MASTER = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
UID = "04DE5F1EACC040"


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
