"""A code that cannot be copied: the digital card that changes."""

import os
import random
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.customer_card.tests.common import CardCase
from odoo.tests import tagged

from ..rules import rotating

# CARD_MUTATIONS=100000 is the proof, the few of every day only show that it still runs.
MUTATIONS = int(os.environ.get("CARD_MUTATIONS", "2000"))


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

    def test_rubbish_is_no_code(self):
        for text in (None, "", "K2.", "K1." + "0" * 34, "K2." + "I" * 34, "K2." + "0" * 34 + "0"):
            self.assertIsNone(rotating.parse(text))
