from contextlib import suppress
from unittest.mock import patch

from lxml import etree

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..models import customer_card_bill_run


@tagged("post_install", "-at_install")
class TestBill(CardCase):
    """One draft invoice for each payer and month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = new_test_user(
            cls.env, "card_worker", groups="base.group_user,customer_card.group_worker"
        )
        cls.bills = cls.env["customer.card.bill"].with_user(cls.worker)
        cls.payer = cls.env["res.partner"].create({"name": "Berufsgenossenschaft Nord"})
        cls.program = cls._counter_program(
            products=[cls.battery, cls.other], payer_id=cls.payer.id, payer_from="2026-01-01"
        )
        cls.program.line_ids[0].bill_price = 4.5
        with freeze_time("2026-03-01 09:00:00"):
            cls.enrolment = cls.program._enrol(customer_card=cls.card)
        cls.number = 0

    @classmethod
    def _issue_on(cls, when, quantity=1, product=None, enrolment=None, **values):
        cls.number += 1
        product, enrolment = product or cls.battery, enrolment or cls.enrolment
        allowance = enrolment.allowance_ids.filtered(lambda one: one.product_id == product)
        with freeze_time(when):
            entry = enrolment._issue(
                allowance, product, quantity, key=f"bill-{cls.number}", **values
            )
        # freeze_time does not reach the database's clock
        cls.env.flush_all()
        return entry

    def _back_on(self, when, entry):
        with freeze_time(when):
            return self.enrolment._reverse_issue(entry, key=f"back-{entry.id}")

    def _run(self, when):
        with freeze_time(when):
            return self.bills.bill_payers()

    def _lines(self, move):
        return [(line.product_id, line.quantity, line.price_unit) for line in move.invoice_line_ids]

    def _moves(self):
        return self.env["customer.card.bill"].search([]).move_id

    def test_customers_of_one_payer_are_found(self):
        """EX-15: in the lists of customers and of programs, by the payer's name."""
        owned = self.program._enrol(self.berg)
        for name, found in (("res_partner", self.berg), ("loyalty_card", owned)):
            view = self.env.ref(f"customer_card_bill.{name}_view_search_payer")
            (field,) = etree.fromstring(view.arch).xpath("//field[@filter_domain]")
            domain = safe_eval(field.get("filter_domain"), {"self": "genossenschaft nord"})
            self.assertIn(found, self.env[view.model].search(domain))
            domain = safe_eval(field.get("filter_domain"), {"self": "somebody else"})
            self.assertFalse(self.env[view.model].search(domain))

    def test_a_month_is_one_draft_with_a_line_per_article(self):
        """A month of issues: 3 batteries at 4.50, 2 sets at the list's 10.00; 33.50 in all."""
        for day in (2, 9, 16):
            self._issue_on(f"2026-03-{day:02} 10:00:00")
        self._issue_on("2026-03-20 10:00:00", 2, self.other)
        self._issue_on("2026-04-01 10:00:00")
        self.assertEqual(
            self._run("2026-04-02 03:00:00"), {"bills": 1, "entries": 4, "busy": False, "left": 0}
        )
        (move,) = self._moves()
        self.assertEqual(
            (move.move_type, move.state, move.partner_id), ("out_invoice", "draft", self.payer)
        )
        self.assertEqual(self._lines(move), [(self.battery, 3, 4.5), (self.other, 2, 10.0)])
        self.assertEqual(move.amount_untaxed, 33.5)

    def test_nothing_is_billed_twice(self):
        self._issue_on("2026-03-02 10:00:00")
        self._run("2026-04-02 03:00:00")
        self.assertEqual(
            self._run("2026-04-02 04:00:00"), {"bills": 0, "entries": 0, "busy": False, "left": 0}
        )
        self._moves().action_post()
        self._run("2026-05-02 04:00:00")
        self.assertEqual(len(self._moves()), 1)

    def test_what_comes_later_for_the_same_month_joins_the_draft(self):
        self._issue_on("2026-03-02 10:00:00")
        self._run("2026-04-02 03:00:00")
        self._issue_on("2026-03-31 10:00:00", 2)
        self._run("2026-04-03 03:00:00")
        (move,) = self._moves()
        self.assertEqual(self._lines(move), [(self.battery, 1, 4.5), (self.battery, 2, 4.5)])
        move.action_post()
        self._issue_on("2026-03-31 12:00:00")
        self._run("2026-04-04 03:00:00")
        self.assertEqual(len(self._moves()), 2, "a posted invoice stays as it is")

    def test_a_reversal_in_the_same_month_was_never_sold(self):
        entry = self._issue_on("2026-03-02 10:00:00")
        self._issue_on("2026-03-03 10:00:00", 2)
        self._back_on("2026-03-04 10:00:00", entry)
        self._run("2026-04-02 03:00:00")
        self.assertEqual(self._lines(self._moves()), [(self.battery, 2, 4.5)])

    def test_a_reversal_after_the_bill_is_a_negative_line_of_the_next(self):
        entry = self._issue_on("2026-03-02 10:00:00", 3)
        self._run("2026-04-02 03:00:00")
        self._moves().action_post()
        self.program.line_ids[0].bill_price = 5
        self._back_on("2026-04-05 10:00:00", entry)
        self._issue_on("2026-04-06 10:00:00", 4)
        self._run("2026-05-02 03:00:00")
        move = self._moves().filtered(lambda one: one.state == "draft")
        self.assertEqual(self._lines(move), [(self.battery, -3, 4.5), (self.battery, 4, 5.0)])
        self.assertEqual(move.amount_untaxed, 6.5)
        self.assertIn("returned from an earlier bill", move.invoice_line_ids[0].name)

    def test_what_is_returned_later_stands_apart_at_the_same_price_too(self):
        entry = self._issue_on("2026-03-02 10:00:00", 3)
        self._run("2026-04-02 03:00:00")
        self._moves().action_post()
        self._back_on("2026-04-05 10:00:00", entry)
        self._issue_on("2026-04-06 10:00:00", 4)
        self._run("2026-05-02 03:00:00")
        move = self._moves().filtered(lambda one: one.state == "draft")
        self.assertEqual(self._lines(move), [(self.battery, -3, 4.5), (self.battery, 4, 4.5)])

    def test_more_returned_than_issued_is_a_credit_note(self):
        entry = self._issue_on("2026-03-02 10:00:00", 3)
        self._run("2026-04-02 03:00:00")
        self._moves().action_post()
        self._back_on("2026-04-05 10:00:00", entry)
        self._run("2026-05-02 03:00:00")
        move = self._moves().filtered(lambda one: one.state == "draft")
        self.assertEqual(
            (move.move_type, self._lines(move)), ("out_refund", [(self.battery, 3, 4.5)])
        )

    def test_what_is_not_charged_is_on_no_bill(self):
        """AX-11: a customer gift and own use: no invoice line, amount due 0.00."""
        gift = self._issue_on("2026-03-02 10:00:00", purpose="customer_gift")
        self._issue_on("2026-03-03 10:00:00", purpose="own_use")
        self._back_on("2026-03-04 10:00:00", gift)
        self.assertEqual(self._run("2026-04-02 03:00:00")["entries"], 0)
        self.assertFalse(self._moves())

    def test_issues_before_the_payer_are_on_no_bill(self):
        self.program.payer_from = "2026-03-10"
        early = self._issue_on("2026-03-09 22:30:00")
        self._issue_on("2026-03-09 23:30:00", 2)
        self._back_on("2026-03-20 10:00:00", early)
        self._run("2026-04-02 03:00:00")
        self.assertEqual(
            self._lines(self._moves()), [(self.battery, 2, 4.5)], "midnight is the shop's"
        )

    def test_a_payer_who_is_entered_today_does_not_pay_for_the_past(self):
        with freeze_time("2026-03-05 10:00:00"):
            program = self._counter_program(payer_id=self.payer.id)
        self.assertEqual(str(program.payer_from), "2026-03-05")

    def test_the_price_list_of_the_payer(self):
        self.program.line_ids[0].bill_price = 0
        self.payer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Payers",
                "currency_id": self.env.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.battery.id,
                            "compute_price": "fixed",
                            "fixed_price": 3.2,
                        }
                    )
                ],
            }
        )
        self._issue_on("2026-03-02 10:00:00", 2)
        self._run("2026-04-02 03:00:00")
        self.assertEqual(self._lines(self._moves()), [(self.battery, 2, 3.2)])

    def test_a_deleted_draft_is_made_again(self):
        self._issue_on("2026-03-02 10:00:00")
        self._run("2026-04-02 03:00:00")
        self._moves().unlink()
        self.assertEqual(self._run("2026-04-02 04:00:00")["entries"], 1)

    def test_a_manager_bills_the_current_month_too(self):
        self._issue_on("2026-03-02 10:00:00")
        manager = new_test_user(self.env, "boss", groups="customer_card.group_manager")
        bills = self.env["customer.card.bill"].with_user(manager)
        with freeze_time("2026-03-15 10:00:00"):
            bills.action_bill_now()
        self.assertEqual(self._lines(self._moves()), [(self.battery, 1, 4.5)])
        self.assertEqual(bills.search([]).entry_count, 1)

    def _many(self):
        """Two payers with two months each, and a limit at which this is much."""
        other = self.env["res.partner"].create({"name": "Krankenkasse"})
        with freeze_time("2026-02-01 09:00:00"):
            program = self._counter_program(payer_id=other.id, payer_from="2026-01-01")
            theirs = program._enrol(customer_card=self.card)
        for month in (3, 4):
            self._issue_on(f"2026-0{month}-02 10:00:00")
            self._issue_on(f"2026-0{month}-03 10:00:00", enrolment=theirs)
        return patch.object(customer_card_bill_run, "AT_ONCE", 3)

    def _background(self, runs=()):
        """Stand in for the cron's commits; *runs* say how long each may last, then long."""
        left = iter(runs)
        self.told = []

        def commit(_cron, done, remaining):
            self.env.flush_all()
            self.told.append((done, remaining))
            return next(left, 60.0)

        return patch.object(type(self.env["ir.cron"]), "_commit_progress", commit)

    def test_many_issues_are_billed_in_the_background(self):
        """N3: payer by payer and month by month, each committed, with progress; then no more."""
        with self._many():
            answer = self._run("2026-05-02 03:00:00")
        self.assertEqual(answer, {"bills": 0, "entries": 0, "busy": False, "left": 4})
        with self._background():
            self.env["customer.card.bill"]._cron_bill()
        self.assertEqual(self.told, [(1, 3), (1, 2), (1, 1), (1, 0)])
        self.assertEqual(self._moves().mapped("amount_untaxed"), [4.5, 10, 4.5, 10])
        self.assertFalse(self.env.company.card_bill_until)
        self.assertEqual(self._run("2026-05-02 04:00:00")["entries"], 0)

    def test_a_run_that_is_stopped_goes_on(self):
        """N3: out of time after one bill, killed after the second: the next run makes the rest."""
        with self._many():
            self._run("2026-05-02 03:00:00")
        cron = self.env.ref("customer_card_bill.cron_bill")
        bills = self.env["customer.card.bill"]
        cron_runs = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        with self._background([0]):
            bills._cron_bill()
        self.assertEqual(self.told, [(1, 3)])
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(triggers, cron_runs + 1, "it goes on by itself")
        real, made = type(bills)._bill, []

        def dies(record, *args):
            if made:
                raise MemoryError("killed")
            made.append(args)
            return real(record, *args)

        with self._background(), patch.object(type(bills), "_bill", dies), suppress(MemoryError):
            bills._cron_bill()
        self.assertEqual(len(self._moves()), 2)
        with self._background():
            bills._cron_bill()
        self.assertEqual(len(self._moves()), 4)
        self.assertEqual(sum(self._moves().mapped("amount_untaxed")), 29)

    def test_a_manager_is_told_that_it_goes_on(self):
        """N3: the button says how many issues are billed in the background."""
        manager = new_test_user(self.env, "boss", groups="customer_card.group_manager")
        with self._many(), freeze_time("2026-05-02 10:00:00"):
            action = self.env["customer.card.bill"].with_user(manager).action_bill_now()
        self.assertIn("4 issues", action["params"]["message"])
        self.assertFalse(self._moves())

    def test_the_price_of_the_day(self):
        """N3: what is looked up once is right for each issue: an offer begins in between."""
        self.program.line_ids[0].bill_price = 0
        rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 50}
        rule["date_start"] = "2026-03-02 12:00:00"
        self.payer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Payers",
                "currency_id": self.env.company.currency_id.id,
                "item_ids": [Command.create(rule)],
            }
        )
        for hour in (10, 12, 14):
            self._issue_on(f"2026-03-02 {hour}:00:00")
        self._run("2026-04-02 03:00:00")
        self.assertEqual(self._lines(self._moves()), [(self.battery, 1, 10), (self.battery, 2, 5)])

    def test_sellers_bill_nobody(self):
        for name in ("bill_payers", "action_bill_now"):
            with self.assertRaises(AccessError):
                getattr(self.env["customer.card.bill"].with_user(self.seller), name)()
