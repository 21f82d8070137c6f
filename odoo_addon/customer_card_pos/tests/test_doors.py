"""Value is given for money received: what a dishonest cashier sends gives nothing else."""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
from odoo.tests import TransactionCase, tagged

from .doors import Doors

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestUnpaid(Doors, TransactionCase):
    """F4 and its kin: programs are given as far as they are paid at the server's price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()

    def test_a_total_of_nothing_gives_nothing(self):
        """F4: credit article, total 0, no payment: was +115."""
        order = self.send(self.sold(self.article))
        self.assertEqual((order.state, self.credit_of(self.bonus)), ("paid", 0))
        self.told("1 of 1 × Guthaben 115 not given")

    def test_a_cent_gives_nothing(self):
        """F4: quantity 5, 0.01 paid: was +575."""
        self.send(self.sold(self.article, 5), paid=0.01)
        self.assertEqual(self.credit_of(self.bonus), 0)

    def test_whole_units_are_given_as_far_as_they_are_paid(self):
        """F4: 5 sold, 250.00 paid: two are given, and the manager is told in amounts."""
        self.send(self.sold(self.article, 5), paid=250)
        account = self.enrolments(self.bonus)
        self.assertEqual((account.points, account.paid, account.bonus), (230, 200, 30))
        self.told("3 of 5 × Guthaben 115 not given")
        self.told("200.00")

    def test_the_subtotal_is_not_read(self):
        """F4: free amount: unit price 1, subtotal 100,000, 1 paid: was 100,000.00."""
        line = self.sold(self.free, price=1)
        self.send({**line, "price_subtotal_incl": 100000, "price_subtotal": 100000}, paid=1)
        self.assertEqual(self.credit_of(self.any), 1)

    def test_a_high_price_is_not_paid_by_a_small_total(self):
        self.send(self.sold(self.free, price=100000), paid=1)
        self.assertEqual(self.credit_of(self.any), 0)

    def test_a_negative_line_pays_for_nothing(self):
        """Credit of 100.00 and a line of -100.00, total 0."""
        self.send(self.sold(self.free, price=100), self.sold(self.case, price=-100))
        self.send(self.sold(self.free, price=100), self.sold(self.case, -10, price=10))
        self.assertEqual(self.credit_of(self.any), 0)

    def test_a_discount_reward_pays_for_nothing(self):
        program = self.new_discount_program(self.battery_discount)
        program._enrol(self.hans)
        reward = program.reward_ids
        line = self.sold(
            reward.discount_line_product_id, price=-99, reward_id=reward.id, is_reward_line=True
        )
        self.send(self.sold(self.free, price=100), line, paid=1)
        self.assertEqual(self.credit_of(self.any), 0)

    def test_goods_are_paid_before_credit(self):
        self.send(self.sold(self.case, 10), self.sold(self.free, price=50), paid=100)
        self.assertEqual(self.credit_of(self.any), 0)

    def test_credit_does_not_buy_credit(self):
        """Bonus of 15 would become paid money: redeemed 100, bought 100, nothing in cash."""
        account = self.given(100)
        uuid = str(uuid4())
        self.prepare(uuid, (account, 100), partner=self.hans)
        self.send(self.sold(self.article), self.redeemed(account, 100), uuid=uuid)
        self.assertEqual(self.credit_of(self.bonus), 0)

    def test_a_discount_is_no_price(self):
        line = {**self.sold(self.article), "discount": 100}
        self.send(line)
        self.send({**self.sold(self.free, price=100), "discount": 99}, paid=1)
        self.assertEqual((self.credit_of(self.bonus), self.credit_of(self.any)), (0, 1))

    def test_no_preset_credit_for_any_price(self):
        """An article of 0.00 with a preset credit costs that credit."""
        program = self.new_sold_program("stored_value", "Preset", preset_amount=50)
        self.send(self.sold(program.sale_product_id, price=0.01), paid=0.01)
        self.assertEqual(self.credit_of(program), 0)

    def test_parts_of_units_and_too_many(self):
        for qty in (0.5, 1.5, 20000):
            self.send(self.sold(self.article, qty), paid=qty * 100)
            self.assertEqual(self.credit_of(self.bonus), 0)

    def test_what_a_stranger_pays_later_is_no_money(self):
        """Paid later: by a customer who is known he owes it, by nobody it is nothing."""
        later = self.env["pos.payment.method"].create({"name": "Kundenkonto"})
        self.config.current_session_id.unlink()
        self.config.payment_method_ids += later
        self.config.open_ui()
        voucher = self.new_sold_program("voucher", "Gutschein")
        for partner, given in ((False, 0), (self.hans.id, 50)):
            payment = {"amount": 50, "payment_method_id": later.id}
            line = self.sold(voucher.sale_product_id, price=50)
            values = {"payment_ids": [Command.create(payment)], "partner_id": partner}
            self.send(line, paid=50, **values)
            self.assertEqual(sum(self.enrolments(voucher).mapped("points")), given)

    def test_another_pricelist_is_no_price(self):
        """A price list that the till does not offer."""
        rule = {"compute_price": "fixed", "fixed_price": 1, "applied_on": "3_global"}
        cheap = self.env["product.pricelist"].create(
            {"name": "1.00", "item_ids": [Command.create(rule)]}
        )
        self.send(self.sold(self.article, price=1), paid=1, pricelist_id=cheap.id)
        self.assertEqual(self.credit_of(self.bonus), 0)

    def test_the_price_for_this_quantity(self):
        """From 3 pieces 80 each: 3 x 80 are sold, 1 x 80 and 3 x 100 are not."""
        rule = {
            "compute_price": "fixed",
            "fixed_price": 80,
            "min_quantity": 3,
            "applied_on": "0_product_variant",
            "product_id": self.article.id,
        }
        pricelist = self.env["product.pricelist"].create(
            {"name": "Staffel", "item_ids": [Command.create(rule)]}
        )
        self.config.current_session_id.unlink()
        self.config.write(
            {
                "use_pricelist": True,
                "pricelist_id": pricelist.id,
                "available_pricelist_ids": [Command.set(pricelist.ids)],
            }
        )
        self.config.open_ui()
        for qty, price, given in ((1, 80, 0), (3, 80, 345), (3, 100, 345)):
            lines = self.sold(self.article, qty, price)
            self.send(lines, paid=qty * price, pricelist_id=pricelist.id)
            self.assertEqual(self.credit_of(self.bonus), given)

    def test_taxes_are_the_articles_own(self):
        """19 % on top: the browser leaves them off and pays 100.00 for 119.00."""
        tax = self.env["account.tax"].create(
            {"name": "19", "amount": 19, "price_include_override": "tax_excluded"}
        )
        program = self.new_battery_program(price=100)
        program.sale_product_id.taxes_id = tax
        self.send(self.sold(program.sale_product_id), paid=100)
        self.assertFalse(self.enrolments(program))
        line = {**self.sold(program.sale_product_id), "tax_ids": [Command.set(tax.ids)]}
        self.send(line, paid=119)
        self.assertEqual(self.credit_of(program), 72)

    def test_another_companys_program_is_not_sold(self):
        """F10: a till sells programs of its own company and currency only."""
        other = self.env["res.company"].create({"name": "Andere"})
        program = self.new_sold_program("stored_value", "Fremd", company_id=other.id)
        self.send(self.sold(program.sale_product_id, price=50), paid=50)
        self.assertEqual(self.credit_of(program), 0)
        dollar = self.env.ref("base.USD")
        dollar = self.env.ref("base.EUR") if self.env.company.currency_id == dollar else dollar
        dollar.active = True
        abroad = self.new_sold_program("stored_value", "Abroad", currency_id=dollar.id)
        self.send(self.sold(abroad.sale_product_id, price=50), paid=50)
        self.assertEqual(self.credit_of(abroad), 0)

    def test_returned_goods_are_worth_what_was_paid(self):
        """Goods of 50.00 for which nothing was paid come back for credit."""
        line = self.send(self.sold(self.case, 5), total=0).lines
        self.send(self.refund(line, 5), self.sold(self.free, price=50))
        self.assertEqual(self.credit_of(self.any), 0)
        line = self.send(self.sold(self.case, 5), paid=50).lines
        for _time in range(2):
            self.send(self.refund(line, 5), self.sold(self.free, price=50))
        self.assertEqual(self.credit_of(self.any), 50)

    def test_returned_goods_at_a_higher_price(self):
        line = self.send(self.sold(self.case, 5), paid=50).lines
        self.send(self.refund(line, 5, price=1000), self.sold(self.free, price=5000))
        self.assertEqual(self.credit_of(self.any), 0)

    def test_used_credit_buys_no_new_credit(self):
        """Bought for 100, spent, returned against new credit."""
        line = self.send(self.sold(self.free, price=100), paid=100).lines
        account = self.enrolments(self.any)
        uuid = str(uuid4())
        self.prepare(uuid, (account, 100), partner=self.hans)
        self.send(self.sold(self.case, 10), self.redeemed(account, 100), uuid=uuid)
        self.send(self.refund(line), self.sold(self.free, price=100))
        self.assertEqual(account.points, 0)

    def test_an_account_without_its_card_buys_nothing(self):
        """On account, sent late: booked and told, but no credit is given."""
        method = self.env["pos.payment.method"].create(
            {"name": "Auf Rechnung", "split_transactions": True, "card_on_account": True}
        )
        self.config.current_session_id.unlink()
        self.config.payment_method_ids += method
        self.config.open_ui()
        late = Datetime.to_string(Datetime.now() - timedelta(hours=1))
        payment = [Command.create({"amount": 100, "payment_method_id": method.id})]
        for article in (self.article, self.new_battery_program(price=100).sale_product_id):
            self.send(self.sold(article), paid=100, payment_ids=payment, date_order=late)
        self.assertFalse(self.env["loyalty.card.grant"].search([("origin_id", "!=", 0)]))

    def test_numbers_that_are_none(self):
        """F4: NaN and infinity: Odoo's own fields refuse them before anything is booked."""
        for price, qty in ((float("nan"), 1), (float("inf"), 1), (1, float("nan"))):
            sent = self.order_values(self.sold(self.free, price=100), partner=self.hans)
            sent["lines"][0][2].update(price_unit=price, qty=qty)
            with suppress(UserError, ValueError), self.env.cr.savepoint():
                self.orders.sync_from_ui([sent])
            self.assertFalse(self.env["loyalty.card.grant"].search([("origin_id", "!=", 0)]))

    def test_what_the_till_may_not_say(self):
        """The settlement's own fields, sent with the order or in the context, count for nothing."""
        forged = {"card_settled": True, "card_funds": {"money": "999", "returned": "0"}}
        orders = self.orders.with_context(default_card_settled=True, default_card_funds=forged)
        sent = self.order_values(self.sold(self.article), partner=self.hans, **forged)
        orders.sync_from_ui([{**sent, "amount_total": 0, "amount_paid": 0, "payment_ids": []}])
        order = self.orders.search([("uuid", "=", sent["uuid"])])
        self.assertEqual(self.credit_of(self.bonus), 0)
        self.assertEqual(float(order.sudo().card_funds["money"]), 0)
        order.write(forged)
        self.assertEqual(float(order.sudo().card_funds["money"]), 0)

    def test_three_thousand_units(self):
        """F16: seconds, whether they add up on one enrolment or stand side by side."""
        voucher = self.new_sold_program("voucher", "Gutschein", 10, preset_amount=12)
        ended = self.new_battery_program("Jahr", price=1, term_months=12)
        side_by_side = self.new_battery_program("Neu", price=1)
        for program, price in ((self.bonus, 100), (voucher, 10), (ended, 1), (side_by_side, 1)):
            began, worked = time.monotonic(), time.process_time()
            order = self.send(self.sold(program.sale_product_id, 3000), paid=3000 * price)
            seconds, worked = time.monotonic() - began, time.process_time() - worked
            _logger.info("3000 x %s: %.1f s, %.1f s of processor", program.name, seconds, worked)
            grants = self.env["loyalty.card.grant"].search([("program_id", "=", program.id)])
            self.assertEqual((len(grants), order.state), (3000, "paid"))
            self.assertLess(worked, 15)
        self.assertEqual(self.credit_of(self.bonus), 345000)
        bought = self.enrolments(voucher)
        self.assertEqual(set(bought.mapped("bonus")), {2})
        line = self.office.search([("lines.product_id", "=", self.article.id)]).lines
        self.send(self.refund(line, 2999), paid=-299900)
        account = self.enrolments(self.bonus)
        self.assertEqual((account.points, account.paid, account.bonus), (115, 100, 15))
