from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestSell(CardSaleCase):
    """A confirmed line gives the customer its program, once for each unit."""

    def _battery_program(self, quantity=30, **values):
        line = {"product_id": self.battery.id, "quantity": quantity}
        return self._sold_program(
            "bonus_item",
            **{
                "price": 199.0,
                "insert_action": "decrease",
                "line_ids": [Command.create(line)],
                **values,
            },
        )

    def test_confirming_enrols_the_customer_once(self):
        """AP-32, AP-10: nothing before the confirmation, one program with 30 after it."""
        program = self._battery_program()
        order = self._sell(self.meier, program, confirm=False)
        self.assertFalse(self._live(program))
        order.action_confirm()
        enrolment = self._live(program)
        self.assertEqual(enrolment.partner_id, self.meier)
        self.assertEqual(enrolment.points, 30)
        self.assertEqual(enrolment.entry_ids.origin_name, order.name)
        order.order_line._settle_programs()
        self.assertEqual(self._live(program).points, 30)
        self.assertEqual(order.card_grant_count, 1)
        self.assertEqual(order.action_view_card_programs()["domain"], [("id", "in", enrolment.ids)])

    def test_two_units_are_two_programs(self):
        """AP-32, AP-45: no end date, so quantity 2 gives two programs with 30 each."""
        program = self._battery_program()
        self._sell(self.meier, program, quantity=2)
        self.assertEqual(self._live(program).mapped("points"), [30, 30])

    def test_a_dozen_is_twelve(self):
        """AP-32: the line counts in the article's own unit."""
        program = self._battery_program(always_new=True)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._sell(self.meier, program, product_uom_id=dozen.id)
        self.assertEqual(len(self._live(program)), 12)

    def test_half_a_program_is_not_sold(self):
        """AP-32: 1.5 units are refused at the confirmation, nothing is given."""
        program = self._battery_program()
        with self.assertRaisesRegex(UserError, "whole units"), self.env.cr.savepoint():
            self._sell(self.meier, program, quantity=1.5)
        self.assertFalse(self._live(program))

    def test_cancelling_takes_back_exactly_what_was_sold(self):
        """AP-32: 30 of an earlier sale stay, 30 of this order go; confirmed again they return."""
        program = self._battery_program(term_months=12)
        self._sell(self.meier, program)
        order = self._sell(self.meier, program)
        enrolment = self._live(program)
        self.assertEqual((enrolment.points, enrolment.term_total), (60, 24))
        order.action_cancel()
        self.assertEqual((enrolment.points, enrolment.term_total), (30, 12))
        order.action_draft()
        order.action_confirm()
        self.assertEqual((self._live(program), enrolment.points), (enrolment, 60))

    def test_what_was_used_stays_used_and_a_manager_is_told(self):
        """AP-32: 6 of 30 issued, then cancelled: 24 go, and somebody has to look at it."""
        program = self._battery_program()
        order = self._sell(self.meier, program)
        enrolment = self._live(program)
        enrolment._issue(enrolment.allowance_ids, self.battery, 6, key="test:issue")
        order.action_cancel()
        self.assertEqual(enrolment.points, 0)
        self.assertFalse(self._live(program))
        self.assertEqual(len(enrolment.activity_ids), 1)

    def test_a_smaller_quantity_takes_the_newest_back(self):
        """AP-32: 3 sold, the line corrected to 1: one program; to 2: two again."""
        program = self._battery_program()
        order = self._sell(self.meier, program, quantity=3)
        first = self._live(program)[0]
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._live(program), first)
        order.order_line.product_uom_qty = 2
        self.assertEqual(len(self._live(program)), 2)

    def test_a_line_added_later_sells_at_once(self):
        """AP-32: an extra line on a confirmed order."""
        program = self._battery_program()
        order = self._quote(self.meier, self.cloth)
        order.action_confirm()
        order.order_line = [Command.create({"product_id": program.sale_product_id.id})]
        self.assertEqual(len(self._live(program)), 1)

    def test_a_posted_credit_note_takes_its_units_back(self):
        """AP-32: 2 sold, a credit note over 1: 1 left; back in draft: 2; posted again: 1."""
        program = self._battery_program(always_new=True)
        order = self._sell(self.meier, program, quantity=2)
        invoice = order.with_env(self.env)._create_invoices()
        invoice.action_post()
        self.assertEqual(len(self._live(program)), 2)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        refund = wizard.new_move_ids
        refund.invoice_line_ids.quantity = 1
        self.assertEqual(len(self._live(program)), 2)
        accountant = new_test_user(self.env, "s_books", groups="account.group_account_invoice")
        refund.with_user(accountant).action_post()
        self.assertEqual(len(self._live(program)), 1)
        refund.with_user(accountant).button_draft()
        self.assertEqual(len(self._live(program)), 2)
        refund.action_post()
        refund.button_draft()
        refund.action_post()
        self.assertEqual(len(self._live(program)), 1)

    def test_corrected_by_credit_note_and_new_invoice(self):
        """AP-32: reversed in full and invoiced anew: the customer has the program once."""
        program = self._battery_program()
        order = self._sell(self.meier, program).with_env(self.env)
        invoice = order._create_invoices()
        invoice.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        action = wizard.modify_moves()
        self.assertFalse(self._live(program))
        anew = self.env["account.move"].browse(action["res_id"])
        anew.action_post()
        self.assertEqual(self._live(program).points, 30)

    def test_left_and_right_have_counters_of_their_own(self):
        """AP-42: twice on one quotation, L and R: two programs; an issue counts on its side."""
        program = self._battery_program(per_fitting=True)
        order = self._quote(self.meier)
        order.order_line = [
            Command.create({"product_id": program.sale_product_id.id, "card_side": side})
            for side in ("left", "right")
        ]
        self.assertTrue(order.card_asks_side)
        order.action_confirm()
        left, right = self._live(program)
        self.assertEqual((left.side, right.side), ("left", "right"))
        left._issue(left.allowance_ids, self.battery, 1, key="test:left")
        self.assertEqual((left.points, right.points), (29, 30))

    def test_the_side_is_asked_only_where_needed(self):
        """EX-04: without a fitting: one enrolment without a side; other programs do not ask."""
        program = self._battery_program(per_fitting=True)
        order = self._sell(self.meier, program)
        self.assertTrue(order.card_asks_side)
        (enrolment,) = self._live(program)
        self.assertEqual((enrolment.side, enrolment.points), (False, 30))
        self.assertEqual(enrolment.grant_ids.origin_id, order.order_line.id)
        plain = self._sell(self.meier, self._battery_program(), confirm=False)
        self.assertFalse(plain.card_asks_side)

    def test_the_presented_card_gets_the_program(self):
        """AP-32, AS-06: sold with the card on the quotation, the program hangs on that card."""
        card = self._card(self.meier)
        program = self._battery_program()
        order = self._quote(self.meier, customer_card_id=card.id)
        order.order_line = [Command.create({"product_id": program.sale_product_id.id})]
        order.action_confirm()
        self.assertEqual(self._live(program).customer_card_id, card)

    def test_a_term_ends_on_the_same_day_of_the_month(self):
        """AP-34: sold on 31.01. with one month: valid to 28.02.; without term no end."""
        with freeze_time("2027-01-31 12:00:00"):
            program = self._battery_program(term_months=1)
            self._sell(self.meier, program)
            self.assertEqual(self._live(program).expiration_date, date(2027, 2, 28))
            endless = self._battery_program()
            self._sell(self.meier, endless)
            self.assertFalse(self._live(endless).expiration_date)

    def test_sold_again_it_is_extended(self):
        """AP-45: ends 31.12.2026 with 5 of 30 left; sold again: one program, 31.12.2027, 35."""
        with freeze_time("2025-12-31 12:00:00"):
            program = self._battery_program(term_months=12)
            self._sell(self.meier, program)
        with freeze_time("2026-06-01 12:00:00"):
            enrolment = self._live(program)
            self.assertEqual(enrolment.expiration_date, date(2026, 12, 31))
            enrolment._issue(enrolment.allowance_ids, self.battery, 25, key="test:used")
            self._sell(self.meier, program)
            self.assertEqual(self._live(program), enrolment)
            self.assertEqual(enrolment.points, 35)
            self.assertEqual(enrolment.expiration_date, date(2027, 12, 31))

    def test_always_new_gives_a_second_program(self):
        """AP-46: with the option two programs, 5 and 30 left."""
        program = self._battery_program(term_months=12, always_new=True)
        self._sell(self.meier, program)
        first = self._live(program)
        first._issue(first.allowance_ids, self.battery, 25, key="test:used")
        self._sell(self.meier, program)
        self.assertEqual(self._live(program).mapped("points"), [5, 30])

    def test_discounts_merge(self):
        """AP-44, AP-48: sold twice there is one discount, 10 % not 20 %, 12 months longer."""
        article = self._product("Rabattprogramm", 20.0, type="service", is_card_program=True)
        program = self._program(
            self._discount(10, self.battery),
            name="Rabattprogramm",
            term_months=12,
            sale_product_id=article.id,
        )
        with freeze_time("2026-02-01 12:00:00"):
            self._sell(self.meier, program)
            self._sell(self.meier, program)
            enrolment = self._live(program)
            self.assertEqual(enrolment.expiration_date, date(2028, 2, 1))
            self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 9.0)

    def test_training_card(self):
        """AS-12: 10 sessions sold, 10 used, the 11th is refused; a service moves no stock."""
        session = self._product("Hörtraining", 50.0, type="service")
        line = {"product_id": session.id, "quantity": 10}
        program = self._battery_program(line_ids=[Command.create(line)])
        self._sell(self.meier, program)
        enrolment = self._live(program)
        for visit in range(10):
            enrolment._issue(enrolment.allowance_ids, session, 1, key=f"test:visit:{visit}")
        self.assertEqual(enrolment.points, 0)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            enrolment._issue(enrolment.allowance_ids, session, 1, key="test:visit:10")

    def test_the_line_asks_for_the_side_on_the_form(self):
        """AP-42, AP-60: the price is read-only, the side can be chosen, both in the line."""
        program = self._battery_program(per_fitting=True)
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.meier
            with form.order_line.new() as line:
                line.product_id = program.sale_product_id
                line.card_side = "right"
                self.assertEqual(line.price_unit, 199.0)
                with self.assertRaises(AssertionError):
                    line.price_unit = 1.0
        form.record.action_confirm()
        self.assertEqual(self._live(program).side, "right")
