import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.customer_card.models.ledger import loyalty_card
from odoo.addons.customer_card.models.ledger.loyalty_card import MASK
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CardCase

PRINTED = re.compile(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}")


@tagged("post_install", "-at_install")
class TestCodes(CardCase):
    """F18: voucher codes were clear text for every seller and in a dump."""

    def setUp(self):
        super().setUp()
        programs = self.env["loyalty.program"]
        self.program = programs.create({"name": "Voucher", "kind": "voucher"})
        self.voucher = self.program._enrol(amount=50, paid=50)
        self.code = self.voucher._clear_code()
        self.manager = new_test_user(self.env, "card_manager", groups="customer_card.group_manager")

    def _typed(self, code):
        return self.env["loyalty.card"]._by_code(code)

    def test_the_code_is_nowhere_in_the_database(self):
        """F18: no column of the row, and no row of any table, has it."""
        self.assertRegex(self.code, PRINTED)
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(card)::text FROM loyalty_card card WHERE id = %s",
                            [self.voucher.id])  # fmt: skip
        row = self.env.cr.fetchone()[0]
        self.assertNotIn(self.code, row)
        self.assertNotIn(self.code.replace("-", ""), row)
        self.assertIn(self.code[-4:], row, "the hint")

    def test_as_a_customer_types_it(self):
        for typed in (
            self.code,
            self.code.lower(),
            f"  {self.code} ",
            self.code.replace("-", ""),
            self.code.replace("-", " ").lower(),
        ):
            self.assertEqual(self._typed(typed), self.voucher, typed)
        for typed in ("", None, " ", self.code[:-1], self.code + "2", "A" * 10_000, "%", "____"):
            self.assertFalse(self._typed(typed), typed)

    def test_what_stands_in_the_database_opens_nothing(self):
        """Sibling: the hash, which a seller may read, typed as a code."""
        cards = self.env["loyalty.card"]
        for typed in (self.voucher.code, self.voucher.code.lower(), MASK, self.voucher.code[4:]):
            self.assertFalse(self._typed(typed))
            self.assertFalse(self.voucher._is_code(typed))
        self.assertNotEqual(cards._typed(f" {self.voucher.code}"), self.voucher.code)

    def test_a_seller_reads_and_finds_nothing(self):
        """F18: by read, search, group by, export; and guessing by search tells nothing."""
        cards = self.env["loyalty.card"].with_user(self.seller)
        mine = [("id", "=", self.voucher.id)]
        names = ["code", "code_hint", "display_name"]
        seen = str(cards.search_read(mine, names)) + str(cards.name_search("Voucher"))
        seen += str(cards.formatted_read_group(mine, ["code"], ["__count"]))
        self.assertNotIn(self.code, seen)
        for operator, value in (
            ("ilike", self.code),
            ("=", self.code),
            ("=like", f"{self.code[:2]}%"),
        ):
            self.assertFalse(cards.search([("code", operator, value)]))
        for domain in ([("code_nonce", "!=", False)], [("code_shown_at", "=", False)]):
            with self.assertRaises(AccessError):
                cards.search(domain)
        for name in ("code_nonce", "code_shown_at"):
            with self.assertRaises(AccessError):
                cards.browse(self.voucher.id).read([name])
            with self.assertRaises(AccessError):
                cards.browse(self.voucher.id).write({name: False})

    def test_a_stolen_dump_makes_no_codes(self):
        """Sibling: with another pepper the same random number is another code."""
        with patch.dict(
            "os.environ", {"CUSTOMER_CARD_PEPPER": "another pepper, which is long enough, too"}
        ):
            self.assertNotEqual(self.voucher._clear_code(), self.code)
            self.assertFalse(self._typed(self.code))

    def test_without_a_pepper_native_codes_go_on(self):
        media = type(self.env["customer.card.medium"])
        with patch.object(media, "_pepper", side_effect=UserError("no pepper")):
            self.assertFalse(self._typed("044-native"))

    def test_shown_once_to_who_sold_it(self):
        """F18: on the receipt; repeated for some minutes, since a printer jams."""
        sold = self.program.with_user(self.seller).sudo()._enrol(amount=50, paid=50)
        mine, others = sold.with_user(self.seller), sold.with_user(self.manager)
        self.assertFalse(others._first_code())
        code = mine._first_code()
        self.assertEqual((code, mine._first_code()), (sold._clear_code(), code))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            self.assertEqual(mine._first_code(), "")
            with self.assertRaisesRegex(AccessError, "card manager can show it again"):
                mine.action_show_code()

    def test_another_seller_never_sees_it(self):
        with self.assertRaises(AccessError):
            self.voucher.with_user(self.seller).action_show_code()

    def test_a_manager_shows_it_and_is_named(self):
        with patch.object(loyalty_card, "_logger") as logger:
            action = self.voucher.with_user(self.manager).action_show_code()
        self.assertEqual(action["params"]["message"], self.code)
        self.assertIn(self.manager.id, logger.info.call_args.args)
        message = self.voucher.message_ids[:1]
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertNotIn(self.code, message.body)

    def test_a_code_from_outside_is_kept_as_a_hash_only(self):
        self.voucher.with_user(self.manager).sudo().code = "WERT-2345-6789-ABCD"
        self.assertEqual(self._typed("wert 2345 6789 abcd"), self.voucher)
        self.assertFalse(self._typed(self.code), "the old one is over")
        self.assertEqual((self.voucher._clear_code(), self.voucher.code_hint), ("", "…ABCD"))
        with self.assertRaisesRegex(UserError, "not made here"):
            self.voucher.with_user(self.manager).action_show_code()

    def test_a_short_code_shows_less_of_itself(self):
        for code, hint in (("123456", "…56"), ("12", False), ("123456789012", "…9012")):
            self.voucher.code = code
            self.assertEqual(self.voucher.code_hint, hint)
            self.assertEqual(self._typed(code), self.voucher)

    def test_other_programs_have_no_code(self):
        points = self.env["loyalty.program"].create({"name": "Points", "kind": "points"})
        account = points._enrol(self.berg)
        self.assertFalse(account._clear_code())
        self.assertFalse(account.code_hint)
        with self.assertRaises(UserError):
            account.with_user(self.manager).action_show_code()

    def test_many_codes_are_all_different(self):
        made = {self.program._enrol(amount=1, paid=1)._clear_code() for _ in range(50)}
        self.assertEqual(len(made), 50)

    def test_native_gift_cards_stay_as_they_are(self):
        native = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["gift_card"]
        )
        gift = self.env["loyalty.card"].create(
            {"program_id": native.id, "points": 5, "code": "G-1"}
        )
        self.assertEqual((gift.code, gift.code_hint), ("G-1", False))
        self.assertTrue(gift._is_code("g-1"))
        self.assertFalse(self._typed("G-1"))
