from datetime import datetime

from freezegun import freeze_time

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestReports(CardCase):
    """What the office asks: what do we owe on a day, and what happened at which till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        cls.programs = cls.env["loyalty.program"]
        cls.credit = cls.programs.create({"name": "Credit", "kind": "stored_value"})
        cls.voucher = cls.programs.create({"name": "Voucher", "kind": "voucher"})

    def setUp(self):
        super().setUp()
        self.number = 0

    def _book(self, card, delta, when, reason="sale", **values):
        self.number += 1
        with freeze_time(when):
            return card._post(delta, key=f"report-{self.number}", reason=reason, **values)

    def _enrol(self, program, when, **values):
        with freeze_time(when):
            return program._enrol(self.berg, **values)

    def _owed(self, day=None, program=None):
        """The liability at the end of *day*: balance, paid, bonus."""
        self.env.flush_all()
        rows = self.env["customer.card.liability"].with_user(self.manager)
        rows = rows.with_context(liability_date=day)
        domain = [("program_id", "=", program.id)] if program else []
        return rows._read_group(domain, [], ["balance:sum", "paid:sum", "bonus:sum"])[0]

    def test_a_voucher_partly_redeemed_is_owed_with_its_rest(self):
        """AS-13: 50.00 sold, 20.00 redeemed: balance 30.00, liability 30.00."""
        voucher = self._enrol(self.voucher, "2026-03-01 10:00", amount=50, paid=50)
        self.assertEqual(self._owed("2026-03-01"), (50, 50, 0))
        self._book(voucher, -20, "2026-03-05 10:00")
        self.assertEqual(voucher.points, 30)
        self.assertEqual(self._owed("2026-03-05"), (30, 30, 0))
        self.assertEqual(self._owed(), (30, 30, 0))

    def test_discount_vouchers_and_points_are_not_owed(self):
        """AS-10: a 10 % voucher is a promise, no liability; neither are points."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": [(6, 0, self.battery.ids)]}
        )
        coupon = self.programs.create(
            {
                "name": "Ten",
                "kind": "coupon",
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )
        points = self.programs.create({"name": "Points", "kind": "points"})
        self.assertEqual(coupon._enrol(self.berg).points, 1)
        points._enrol(self.berg)._post(500, key="p", reason="earn")
        self._counter_program()._enrol(self.berg)
        self.assertEqual(self._owed(), (False, False, False))

    def test_past_days_stay_as_they_were(self):
        """The liability of a past day does not change with what comes later."""
        credit = self._enrol(self.credit, "2026-01-10 09:00", amount=115, paid=100)
        self._book(credit, -105, "2026-02-10 09:00")
        self._book(credit, 40, "2026-03-10 09:00", paid_delta=40, bonus_delta=0)
        self.assertEqual(self._owed("2026-01-09"), (False, False, False))
        self.assertEqual(self._owed("2026-01-10"), (115, 100, 15))
        self.assertEqual(self._owed("2026-02-28"), (10, 0, 10))
        self.assertEqual(self._owed("2026-03-10"), (50, 40, 10))

    def test_the_day_ends_where_the_shop_is(self):
        """23:30 UTC on 30 June is 01:30 on 1 July in Berlin, and 30 June in New York."""
        credit = self._enrol(self.credit, "2026-06-30 21:30", amount=10, paid=10)
        self._book(credit, 5, "2026-06-30 23:30", paid_delta=5, bonus_delta=0)
        self.env.company.partner_id.tz = "Europe/Berlin"
        self.assertEqual(self._owed("2026-06-30")[0], 10)
        self.assertEqual(self._owed("2026-07-01")[0], 15)
        self.env.company.partner_id.tz = "America/New_York"
        self.assertEqual(self._owed("2026-06-30")[0], 15)

    def test_today_equals_the_balances(self):
        """Without a day the report is what stands on the cards now, program by program."""
        self._enrol(self.credit, "2026-01-10 09:00", amount=80, paid=80)
        for amount in (50, 25.5):
            self._enrol(self.voucher, "2026-01-11 09:00", amount=amount, paid=amount)
        for program in (self.credit, self.voucher):
            cards = self.env["loyalty.card"].search([("program_id", "=", program.id)])
            self.assertEqual(self._owed(program=program)[0], sum(cards.mapped("points")))

    def test_companies_and_currencies_stand_apart(self):
        company = self.env["res.company"].create({"name": "Other shop"})
        francs = self.env.ref("base.CHF")
        francs.active = True
        other = self.programs.create(
            {
                "name": "Credit CHF",
                "kind": "stored_value",
                "company_id": company.id,
                "currency_id": francs.id,
            }
        )
        other._enrol(self.berg, amount=52.5, paid=50)
        self._enrol(self.credit, "2026-01-10 09:00", amount=80, paid=80)
        self.assertEqual(self._owed()[0], 80)
        self.manager.company_ids |= company
        rows = self.env["customer.card.liability"].with_user(self.manager)
        rows = rows.with_context(allowed_company_ids=(self.env.company | company).ids)
        self.assertEqual(
            {
                (owner.name, currency.name, total)
                for owner, currency, total in rows._read_group(
                    [], ["company_id", "currency_id"], ["balance:sum"]
                )
            },
            {
                (self.env.company.name, self.env.company.currency_id.name, 80),
                ("Other shop", "CHF", 52.5),
            },
        )

    def test_a_row_opens_the_enrolment(self):
        credit = self._enrol(self.credit, "2026-01-10 09:00", amount=80, paid=80)
        self.env.flush_all()
        row = self.env["customer.card.liability"].with_user(self.manager).search([])
        self.assertEqual(row.action_open_enrolment()["res_id"], credit.id)
        wizard = self.env["customer.card.liability.day"].with_user(self.manager)
        action = wizard.create({"day": "2026-01-09"}).action_show()
        self.assertEqual(action["context"]["liability_date"], "2026-01-09")
        with self.assertRaises(UserError):
            wizard.create({"day": "2999-01-01"}).action_show()

    def test_movements_of_stored_value_by_day_and_till(self):
        """AX-18, AX-19: top-ups of 50 and 30, 80.00 redeemed, each on its day and till."""
        credit = self._enrol(self.credit, "2026-04-01 08:00", amount=50, paid=50)
        self._enrol_again(credit, 30, "2026-04-02 08:00")
        self._book(credit, -80, "2026-04-02 22:30", till_id=self.till.id)
        self.env.flush_all()
        movements = self.env["customer.card.movement"].with_user(self.manager)
        self.assertEqual(
            movements._read_group(
                [("program_id", "=", self.credit.id)],
                ["day:day", "movement", "till_id"],
                ["money:sum"],
            ),
            [
                (datetime(2026, 4, 1).date(), "top_up", self.till.browse(), 50),
                (datetime(2026, 4, 2).date(), "top_up", self.till.browse(), 30),
                (datetime(2026, 4, 3).date(), "redemption", self.till, -80),
            ],
        )
        self.assertEqual(credit.points, 0)

    def _enrol_again(self, credit, amount, when):
        with freeze_time(when):
            self.assertEqual(self.credit._enrol(self.berg, amount=amount, paid=amount), credit)

    def test_issues_by_till_and_employee(self):
        """AX-13: who handed out how many at which till; what came back is taken off."""
        counter = self._counter_program()._enrol(self.berg)
        for number, user in enumerate([self.seller] * 3 + [self.manager] * 5):
            counter.with_user(user)._issue(
                counter.allowance_ids,
                self.battery,
                1,
                key=f"issue-{number}",
                till_id=self.till.id,
            )
        self.env.flush_all()
        movements = self.env["customer.card.movement"].with_user(self.manager)
        issued = movements._read_group(
            [("movement", "=", "issue")], ["till_id", "user_id"], ["pieces:sum"]
        )
        self.assertEqual(issued, [(self.till, self.seller, 3), (self.till, self.manager, 5)])
        self.assertFalse(movements.search([("movement", "=", "issue")]).filtered("money"))

    def test_what_was_deleted_shows_as_empty(self):
        till = self.env["customer.till"].create({"name": "Old"})
        credit = self._enrol(self.credit, "2026-04-01 08:00", amount=50, paid=50)
        self._book(credit, -20, "2026-04-02 08:00", till_id=till.id)
        till.unlink()
        self.env.flush_all()
        movements = self.env["customer.card.movement"].with_user(self.manager)
        rows = movements.web_search_read(
            [("movement", "=", "redemption")],
            {"till_id": {"fields": {"display_name": {}}}, "money": {}},
        )["records"]
        self.assertEqual([(row["till_id"], row["money"]) for row in rows], [(False, -20)])

    def test_sellers_see_no_reports(self):
        for model in ("customer.card.liability", "customer.card.movement"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.seller).search([])
