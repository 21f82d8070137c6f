import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestTillKey(CardCase):
    """A key shows its end, is renewed before it, and the old one lasts till then."""

    def _works(self, key):
        keys = self.env["res.users.apikeys"]
        self.env.flush_all()
        return keys._check_credentials(scope="rpc", key=key) == self.bridge.id

    def _renew(self):
        return self.env["customer.till"].with_user(self.bridge).renew_key()["key"]

    def setUp(self):
        super().setUp()
        self.first, _until = self.till._give_key()
        self.assertTrue(self._works(self.first))
        self.in_a_year = fields.Datetime.now() + timedelta(days=340)

    def test_a_fresh_key_is_not_renewed(self):
        self.assertEqual(self.till.key_state, "good")
        with self.assertRaisesRegex(UserError, "last month"):
            self._renew()
        beat = self.env["customer.till"].with_user(self.bridge).heartbeat({})
        self.assertFalse(beat["renew_key"])

    def test_the_old_key_works_until_the_new_one_was_used_once(self):
        with freeze_time(self.in_a_year):
            self.till.invalidate_recordset()
            self.assertEqual(self.till.key_state, "ending")
            self.assertIn("pair the reader again", self.till.attention)
            beat = self.env["customer.till"].with_user(self.bridge).heartbeat({})
            self.assertTrue(beat["renew_key"])
            second = self._renew()
            self.assertTrue(self._works(self.first))
            self.assertTrue(self._works(second))
            self.assertFalse(self._works(self.first))
            self.till.invalidate_recordset()
            self.assertEqual(self.till.key_state, "good")

    def test_a_renewal_whose_answer_was_lost_is_repeated_and_voids_the_lost_key(self):
        with freeze_time(self.in_a_year):
            self.till.invalidate_recordset()
            lost = self._renew()
            self.till.invalidate_recordset()
            beat = self.env["customer.till"].with_user(self.bridge).heartbeat({})
            self.assertTrue(beat["renew_key"], "the key in use still ends soon")
            kept = self._renew()
            self.assertFalse(self._works(lost))
            self.assertTrue(self._works(self.first))
            self.assertTrue(self._works(kept))
            self.assertFalse(self._works(self.first))

    def test_a_manager_s_new_key_ends_the_old_one_at_once_and_is_not_in_the_database(self):
        action = self.till.with_user(self.env.ref("base.user_admin")).action_new_key()
        key = action["context"]["shown_key"]
        shown = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(shown.with_context(**action["context"]).key, key)
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(k) FROM customer_till_key k")
        self.assertNotIn(key, str(self.env.cr.fetchall()))
        self.assertFalse(self._works(self.first))
        self.assertTrue(self._works(key))


@tagged("post_install", "-at_install")
class TestPairing(CardCase, HttpCase):
    """Eight digits, ten minutes, one use, hashed, guessing is limited."""

    def _code(self, till=None):
        manager = self.env.ref("base.user_admin")
        action = (till or self.till).with_user(manager).action_pair_reader()
        pairing = self.env[action["res_model"]].browse(action["res_id"])
        return pairing, action["context"]["shown_code"]

    def _pair(self, code):
        self.env.flush_all()
        answer = self.url_open(
            "/customer_card/pair",
            data=json.dumps({"code": code}),
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def test_a_code_gives_the_tills_key_once(self):
        till = self.env["customer.till"].create({"name": "Counter 2"})
        pairing, code = self._code(till)
        self.assertRegex(code, r"^\d{8}$")
        self.assertEqual(
            pairing.with_context(shown_code=code).code, f"{code[:4]} {code[4:]}", "easy to read"
        )
        self.env.cr.execute("SELECT to_jsonb(p) FROM customer_till_pairing p")
        self.assertNotIn(code, str(self.env.cr.fetchall()))
        status, answer = self._pair(f"{code[:4]} {code[4:]}")
        self.assertEqual(status, 200, answer)
        self.assertEqual(set(answer), {"login", "key", "database", "till", "valid_until"})
        self.assertEqual(answer["till"], "Counter 2")
        reader = till.user_id
        self.assertEqual(answer["login"], reader.login)
        keys = self.env["res.users.apikeys"]
        self.assertEqual(keys._check_credentials(scope="rpc", key=answer["key"]), reader.id)
        self.assertEqual(self._pair(code), (410, {"error": "code_used"}))

    def test_a_paired_reader_works_on_until_the_new_one_has_reported(self):
        keys = self.env["res.users.apikeys"]
        old, _until = self.till._give_key()
        self.env.flush_all()
        self.assertTrue(keys._check_credentials(scope="rpc", key=old))
        new = self._pair(self._code()[1])[1]["key"]
        self.assertTrue(keys._check_credentials(scope="rpc", key=old))
        self.assertTrue(keys._check_credentials(scope="rpc", key=new))
        self.assertFalse(keys._check_credentials(scope="rpc", key=old))

    def test_a_code_lasts_ten_minutes_and_the_next_one_voids_it(self):
        pairing, code = self._code()
        left = pairing.valid_until - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds(), 600, delta=5)
        pairing.valid_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self._pair(code), (410, {"error": "code_too_old"}))
        _pairing, first = self._code()
        _pairing, second = self._code()
        self.assertEqual(self._pair(first), (403, {"error": "wrong_code"}))
        self.assertEqual(self._pair(second)[0], 200)

    def test_ten_wrong_codes_lock_the_address_out_also_for_the_right_one(self):
        _pairing, code = self._code()
        wrong = f"{(int(code) + 1) % 10**8:08}"
        for _guess in range(10):
            self.assertEqual(self._pair(wrong), (403, {"error": "wrong_code"}))
        self.assertEqual(self._pair(code), (429, {"error": "too_many"}))

    def test_sellers_may_not_pair_a_reader(self):
        with self.assertRaises(AccessError):
            self.till.with_user(self.seller).action_pair_reader()
