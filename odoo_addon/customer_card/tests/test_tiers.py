from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CardCase


@tagged("post_install", "-at_install")
class TestTiers(CardCase):
    """HS-13, HS-14: who tops up more gets more on top."""

    def _top_up(self, **values):
        tiers = [
            Command.create({"from_amount": bound, "percent": percent})
            for bound, percent in ((50, 5), (100, 8))
        ]
        return self.env["loyalty.program"].create(
            {"name": "Top-up", "kind": "stored_value", "tier_ids": tiers, **values}
        )

    def test_tiers_in_both_currencies(self):
        """HS-13, HS-14: 50.00 CHF credit 52.50 CHF, and the same numbers in euros."""
        currencies = self.env.ref("base.CHF") | self.env.ref("base.EUR")
        currencies.active = True
        for currency in currencies:
            program = self._top_up(name=currency.name, company_id=False, currency_id=currency.id)
            for paid, credit in ((49.99, 49.99), (50, 52.5), (99.99, 104.99), (100, 108)):
                with self.subTest(currency=currency.name, paid=paid):
                    grant = program._grant(self.berg, paid=paid)
                    self.assertEqual(grant.amount, credit)
            account = program.coupon_ids
            self.assertEqual((account.paid, account.bonus), (299.98, 15.5))

    def test_the_bonus_goes_first_when_a_top_up_comes_back(self):
        """HS-13, I3: 52.50 of which 12.50 were spent: 40.00 go, the bonus among them."""
        program = self._top_up()
        grant = program._grant(self.berg, paid=50)
        account = grant.card_id
        account._post(-12.5, key="test:spent", reason="sale")
        self.assertEqual((account.paid, account.bonus), (37.5, 2.5))
        grant._undo()
        self.assertEqual((account.points, account.paid, account.bonus), (0, 0, 0))

    def test_another_tier_does_not_reach_into_the_past(self):
        program = self._top_up()
        grant = program._grant(self.berg, paid=50)
        program.tier_ids[0].percent = 50
        grant._undo()
        self.assertEqual(grant.card_id.points, 0)

    @mute_logger("odoo.sql_db")
    def test_what_is_no_tier_is_refused(self):
        """HS-14: twice one bound, below zero, more than double, beside a preset, on a voucher."""
        program = self._top_up()
        for values in (
            {"from_amount": 50, "percent": 6},
            {"from_amount": -1, "percent": 5},
            {"from_amount": 10, "percent": -5},
            {"from_amount": 10, "percent": 500},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                program.tier_ids = [Command.create(values)]
                program.flush_recordset()
            program.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "fixed credit"), self.env.cr.savepoint():
            program.preset_amount = 115
        with self.assertRaisesRegex(ValidationError, "Only stored value"), self.env.cr.savepoint():
            program.kind = "voucher"
