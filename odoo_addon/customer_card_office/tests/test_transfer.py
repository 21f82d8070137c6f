from freezegun import freeze_time

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTransfer(CardCase):
    """EX-14: a program, or a part of its rest, goes to another customer or card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        cls.erika = cls.env["res.partner"].create({"name": "Erika Meier"})
        cls.her_card = cls.env["customer.card"].create({"partner_id": cls.erika.id})
        cls.credit = cls.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})

    def _move(self, card, user=None, **values):
        card = card.with_user(user or self.manager)
        dialogs = self.env["loyalty.card.transfer"].with_user(user or self.manager)
        dialogs = dialogs.with_context(**card.action_open_transfer()["context"])
        values = {"partner_id": self.erika.id, "note": "Moved", **values}
        dialog = dialogs.create(values)
        action = dialog.action_transfer()
        self.assertEqual(dialog.action_transfer()["res_id"], action["res_id"], "booked once")
        self.assertLedger()
        return self.env["loyalty.card"].browse(action["res_id"])

    def _assert_pair(self, source, target, amount):
        """Two entries that name each other and sum to 0."""
        entries = self.env["loyalty.card.entry"]
        out, into = (
            entries.search([("card_id", "=", card.id)], limit=1) for card in source | target
        )
        self.assertEqual((out.reason, into.reason), ("transfer", "transfer"))
        self.assertEqual((out.delta, into.delta), (-amount, amount))
        self.assertEqual((out.origin_id, into.origin_id), (target.id, source.id))
        self.assertIn(f"{target.id} #{into.sequence}", out.origin_name)
        self.assertIn(f"{source.id} #{out.sequence}", into.origin_name)
        self.assertEqual((out.note, out.user_id), ("Moved", self.manager))

    def test_a_program_with_all_that_is_left(self):
        """EX-14: 72, 2 used, years split: 70 with the same years; the old one is over."""
        years = [Command.create({"product_id": self.battery.id, "quantity": 36})] * 2
        program = self._counter_program(term_months=12, split_lines=True, line_ids=years)
        with freeze_time("2030-01-10 12:00"):
            card = program._enrol(self.berg)
            card._issue(card.allowance_ids[0], self.battery, 2, key="two")
            hers = self._move(card)
            self._assert_pair(card, hers, 70)
            self.assertEqual((card.state, hers.state), ("expired", "active"))
            self.assertEqual((card.points, hers.points), (0, 70))
            self.assertEqual(hers.partner_id, self.erika)
            self.assertEqual(hers.balance_text, "34 now, 36 later")
            self.assertEqual(hers.expiration_date, program._end_of_term(hers.valid_from))
            hers._issue(hers.allowance_ids[0], self.battery, 34, key="hers")

    def test_a_part_of_the_rest(self):
        """EX-14: 10 of 72 onto her card; 62 stay."""
        card = self._counter_program()._enrol(self.berg)
        hers = self._move(card, quantity=10, customer_card_id=self.her_card.id)
        self._assert_pair(card, hers, 10)
        self.assertEqual((card.points, card.state), (62, "active"))
        self.assertEqual((card.allowance_ids.remaining, hers.allowance_ids.remaining), (62, 10))
        self.assertEqual(hers.customer_card_id, self.her_card)

    def test_money_keeps_its_buckets(self):
        """EX-14: 110 of 115 (100 paid) into the account she has: 100 paid, 10 bonus."""
        account = self.credit._enrol(self.berg, amount=115, paid=100)
        hers = self.credit._enrol(self.erika, amount=5, paid=5)
        self.assertEqual(self._move(account, quantity=110), hers)
        self._assert_pair(account, hers, 110)
        self.assertEqual((account.paid, account.bonus), (0, 5))
        self.assertEqual((hers.paid, hers.bonus), (105, 10))

    def test_a_flat_rate_and_a_discount(self):
        """EX-14: moved as a whole, with entries of 0."""
        discount = self.env["loyalty.discount"].create({"name": "T", "applies_to": "all"})
        line = Command.create({"discount_id": discount.id})
        tenth = self.env["loyalty.program"].create(
            {"name": "T", "kind": "discount", "line_ids": [line]}
        )
        for program in (self._counter_program(quantity=0), tenth):
            card = program._enrol(self.berg)
            hers = self._move(card)
            self._assert_pair(card, hers, 0)
            self.assertEqual((card.state, hers.state), ("expired", "active"))
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._move(hers, partner_id=self.berg.id, quantity=1)

    def test_refused(self):
        """EX-14: to oneself, to nobody, too much, below 0, reserved, blocked, a seller."""
        card = self._counter_program()._enrol(self.berg)
        for values in (
            {"partner_id": self.berg.id},
            {"partner_id": False},
            {"quantity": 73},
            {"quantity": -1},
            {"note": " "},
            {"partner_id": self.berg.id, "customer_card_id": self.her_card.id},
        ):
            with self.subTest(**values), self.assertRaises(UserError), self.env.cr.savepoint():
                self._move(card, **values)
        account = self.credit._enrol(self.berg, amount=20, paid=20)
        account._reserve(15, kind="quotation", key="S1")
        for values in ({}, {"quantity": 6}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._move(account, **values)
        card.blocked = True
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._move(card)
        card.blocked = False
        with self.assertRaises(AccessError):
            self._move(card, user=self.seller)
        self.assertEqual((card.points, account.points), (72, 20))

    def test_a_full_card_takes_no_more(self):
        """EX-14: the limit of programs holds for what is moved, too."""
        self.env.company.card_program_limit = 1
        self._counter_program()._enrol(customer_card=self.her_card)
        card = self._counter_program()._enrol(self.berg)
        with self.assertRaisesRegex(UserError, "max 1"), self.env.cr.savepoint():
            self._move(card, customer_card_id=self.her_card.id)
