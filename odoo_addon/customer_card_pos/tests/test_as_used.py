"""What shops do at the till that went wrong in Odoo (odoo-as-used.md)."""

from datetime import date, datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, tagged

from .common import PaidOrders


@tagged("post_install", "-at_install")
class TestAsUsed(PaidOrders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()

    # --- prices for that quantity, pricelist and day (9) --------------------------------------

    def _pricelist(self, program, **rule):
        """A pricelist of the till: the program 100.00, from three pieces 80.00."""
        program.sale_product_id.lst_price = 100
        items = {
            "applied_on": "0_product_variant",
            "product_id": program.sale_product_id.id,
            "compute_price": "fixed",
            "fixed_price": 80,
            "min_quantity": 3,
            **rule,
        }
        pricelist = self.env["product.pricelist"].create(
            {"name": "Ab drei", "item_ids": [Command.create(items)]}
        )
        self.config.write(
            {"use_pricelist": True, "available_pricelist_ids": [Command.link(pricelist.id)]}
        )
        return pricelist

    def _refusal(self, program, price, qty, pricelist):
        sale = {"product_id": program.sale_product_id.id, "price_unit": price, "qty": qty}
        values = {
            "partner_id": self.hans.id,
            "pricelist_id": pricelist.id,
            "config_id": self.config.id,
            "sales": [sale],
        }
        uuid = "00000000-0000-4000-8000-000000000009"
        return self.orders.prepare_card_payment(uuid, values)["refusal"]

    def _pieces(self, program):
        return sum(self.enrolments(program).mapped("points"))

    def test_three_for_eighty(self):
        """odoo-as-used 9: 3 x 80 is sold, 216 pieces; 2 x 80 and 3 x 79 are not."""
        program = self.new_battery_program()
        pricelist = self._pricelist(program)
        self.assertFalse(self._refusal(program, 80, 3, pricelist))
        for price, qty in ((80, 2), (79, 3), (100, 3)):
            self.assertIn("fixed", self._refusal(program, price, qty, pricelist))
        line = self.sold(program.sale_product_id, 3, price=80)
        order = self.pay(line, partner=self.hans, pricelist_id=pricelist.id)
        self.assertEqual(self._pieces(program), 216)
        self.pay(self.refund(order.lines), partner=self.hans, pricelist_id=pricelist.id)
        self.assertEqual(self._pieces(program), 144)

    def test_the_price_of_the_day_it_was_sold(self):
        """Kind 5: sold offline on the last day of an offer, the order arrives a day later."""
        program = self.new_battery_program()
        sold_at = fields.Datetime.now() - timedelta(days=1)
        ended = {"min_quantity": 0, "date_end": sold_at + timedelta(hours=1)}
        pricelist = self._pricelist(program, **ended)
        self.assertIn("fixed", self._refusal(program, 80, 1, pricelist))
        line = self.sold(program.sale_product_id, price=80)
        values = {"partner": self.hans, "pricelist_id": pricelist.id}
        self.pay(line, date_order=str(sold_at), **values)
        self.assertEqual(self._pieces(program), 72)
        self.pay(line, **values)
        self.assertEqual(self._pieces(program), 72)

    def test_earlier_terms_are_told(self):
        """D5: the date is the till's word: what today's terms refuse is given, and told."""
        program = self.new_battery_program()
        sold_at = fields.Datetime.now() - timedelta(days=3)
        pricelist = self._pricelist(program, min_quantity=0, date_end=sold_at + timedelta(days=1))
        line = self.sold(program.sale_product_id, price=80)
        values = {"partner": self.hans, "pricelist_id": pricelist.id}
        self.pay(line, date_order=str(sold_at), **values)
        self.assertEqual(self._pieces(program), 72)
        self.assertIn("Sold by earlier terms", self.activities()[0][0])

    def test_a_till_that_has_sent_since_was_not_offline(self):
        """D5: three days back for an ended price, though the till has sold something since."""
        program = self.new_battery_program()
        now = fields.Datetime.now()
        sold_at = now - timedelta(days=3)
        ended = {"min_quantity": 0, "date_end": sold_at + timedelta(days=1)}
        pricelist = self._pricelist(program, **ended)
        between = self.pay(self.sold(self.case))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE pos_order SET create_date = %s WHERE id = %s",
            [now - timedelta(days=1), between.id],
        )
        line = self.sold(program.sale_product_id, price=80)
        values = {"partner": self.hans, "pricelist_id": pricelist.id}
        order = self.pay(line, date_order=str(sold_at), **values)
        self.assertEqual((order.state, self._pieces(program)), ("paid", 0))
        self.assertIn("sold but not given", self.activities()[0][0])

    def test_a_price_of_long_ago(self):
        """Kind 5: no till was offline for a month: today's price counts."""
        program = self.new_battery_program()
        sold_at = fields.Datetime.now() - timedelta(days=30)
        pricelist = self._pricelist(program, min_quantity=0, date_end=sold_at)
        line = self.sold(program.sale_product_id, price=80)
        earlier = str(sold_at - timedelta(days=1))
        self.pay(line, partner=self.hans, pricelist_id=pricelist.id, date_order=earlier)
        self.assertEqual(self._pieces(program), 0)

    # --- days are the shop's (8) --------------------------------------------------------------

    def test_half_past_midnight(self):
        """odoo-as-used 8: sold at 00:30 in the shop, on the first and the day after the last."""
        self.env.company.partner_id.tz = "Europe/Berlin"
        first, last = date(2026, 3, 29), date(2026, 10, 25)  # the nights of the clock change
        for at, pieces in (
            (datetime(2026, 3, 28, 23, 30), 72),
            (datetime(2026, 3, 28, 22, 30), 0),
            (datetime(2026, 10, 25, 22, 30), 72),
            (datetime(2026, 10, 25, 23, 30), 0),
        ):
            program = self.new_battery_program(f"Von {at}", sale_from=first, sale_to=last)
            with self.subTest(at=at), freeze_time(at):
                self.pay(self.sold(program.sale_product_id), partner=self.hans, date_order=str(at))
                self.assertEqual(self._pieces(program), pieces)

    # --- who the customer is ------------------------------------------------------------------

    def test_an_address_buys_for_its_customer(self):
        """Kind 8: 72 pieces sold to the delivery address are its customer's, and so is credit."""
        program = self.new_battery_program()
        home = {"name": "Lieferung", "type": "delivery", "parent_id": self.hans.id}
        address = self.hans.create(home)
        self.pay(self.sold(program.sale_product_id), partner=address)
        self.assertEqual(self.enrolments(program).partner_id, self.hans)
        account = self.new_sold_program("stored_value", "Guthaben")._enrol(
            self.hans, amount=30, paid=30
        )
        uuid = "00000000-0000-4000-8000-000000000018"
        self.prepare(uuid, (account, 10), partner=address)
        lines = self.sold(self.case), self.redeemed(account, 10)
        self.pay(*lines, partner=address, uuid=uuid)
        self.assertEqual((account.points, account.held), (20, 0))

    # --- one sale, several documents ----------------------------------------------------------

    def test_a_receipt_that_is_invoiced(self):
        """Kind 3: 115 for 100.00 at the till, invoiced afterwards, one of two units refunded."""
        program = self.new_sold_program("stored_value", "Guthaben", 100, preset_amount=115)
        order = self.pay(self.sold(program.sale_product_id, 2), partner=self.hans)
        self.assertEqual(self._pieces(program), 230)
        order.action_pos_order_invoice()
        self.assertEqual(self._pieces(program), 230)
        self.assertFalse(order.account_move._earning_lines())
        self.pay(self.refund(order.lines), partner=self.hans)
        self.assertEqual(self._pieces(program), 115)

    # --- part of a refund (16) ----------------------------------------------------------------

    def _points(self, points):
        program = self.env["loyalty.program"].create(
            {
                "name": "Punkte",
                "kind": "points",
                "points_per_unit": 10,
                "earn_article_percent": 10,
                "earn_service_percent": 50,
            }
        )
        account = program._enrol(self.hans)
        account._post(points, key="test:points", reason="grant")
        return account

    def _settle_points(self, order):
        lines = order._earning_lines()
        return self.env["loyalty.card"]._settle_document("pos.order", order.id, lines)

    def _paid_back(self, line, price):
        """The till's values of a line that gives back a part of a discount."""
        return {
            **self.sold(line.product_id, -1, price, refunded_orderline_id=line.id),
            "price_subtotal": price,
            "price_subtotal_incl": price,
        }

    def test_half_of_a_refund_gives_back_half_of_the_points(self):
        """odoo-as-used 16: 2 x 10.00 less 2.00 for 20 points: half of both, twice; I3."""
        account = self._points(20)
        uuid = "00000000-0000-4000-8000-000000000016"
        self.prepare(uuid, (account, 20), partner=self.hans)
        lines = (self.sold(self.case, 2), self.redeemed(account, 2, points=20))
        order = self.pay(*lines, partner=self.hans, uuid=uuid)
        self.assertEqual((order.amount_total, account.points), (18, 0))
        self.assertEqual(self._settle_points(order), 18)
        sold, lowered = order.lines
        for back in (1, 2):
            refund = self.pay(self.refund(sold), self._paid_back(lowered, -1.0), partner=self.hans)
            self.assertEqual(self._settle_points(refund), -9)
            self.assertEqual(account.points, 18 + 10 * back - 9 * back)

    def test_a_discount_by_hand_lowers_its_refund_too(self):
        """Kind 16 and 10: a line of -2.00 that is no reward: 9.00 come back, not 10.00 less 1.00
        at the rate of services."""
        self._points(0.0001)
        lowering = self.new_product("Nachlass", 0)
        lowering.type = "service"
        order = self.pay(self.sold(self.case, 2), self.sold(lowering, price=-2), partner=self.hans)
        self.assertEqual(self._settle_points(order), 18)
        goods, by_hand = order.lines
        refund = self.pay(self.refund(goods), self._paid_back(by_hand, -1.0), partner=self.hans)
        self.assertEqual(self._settle_points(refund), -9)

    def test_a_coupon_comes_back_when_all_of_it_came_back(self):
        """Kind 16: a coupon is used or not: after the second half it can be used again."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "applies_to": "all"}
        )
        program = self.new_sold_program(
            "coupon", "Rabattgutschein", line_ids=[Command.create({"discount_id": discount.id})]
        )
        coupon = program._enrol()
        uuid = "00000000-0000-4000-8000-000000000017"
        self.prepare(uuid, (coupon, 1, coupon._clear_code()), partner=self.hans)
        lines = (self.sold(self.case, 2), self.redeemed(coupon, 2, points=1))
        order = self.pay(*lines, partner=self.hans, uuid=uuid)
        self.assertEqual(coupon.points, 0)
        for left in (0, 1):
            goods, lowered = order.lines
            self.pay(self.refund(goods), self._paid_back(lowered, -1.0), partner=self.hans)
            self.assertEqual(coupon.points, left)

    # --- cash without small coins ---------------------------------------------------------------

    def test_cash_is_rounded_and_credit_is_not(self):
        """Kind 4: 100.02 in cash are 100.00, and 99.98 are 100.00: 115 each; 12.33 are redeemed."""
        profit, loss = self.env["account.account"].create(
            [
                {"name": "Gain", "code": "CC0001", "account_type": "income"},
                {"name": "Loss", "code": "CC0002", "account_type": "expense"},
            ]
        )
        self.config.write(
            {
                "cash_rounding": True,
                "rounding_method": self.env["account.cash.rounding"]
                .create(
                    {
                        "name": "0.05",
                        "rounding": 0.05,
                        "strategy": "add_invoice_line",
                        "profit_account_id": profit.id,
                        "loss_account_id": loss.id,
                    }
                )
                .id,
            }
        )
        program = self.new_sold_program("stored_value", "Guthaben", 100.02, preset_amount=115)
        given = 0
        for price in (100.02, 99.98):
            program.sale_product_id.lst_price = price
            cash = Command.create({"amount": 100, "payment_method_id": self.cash.id})
            values = {"amount_paid": 100, "payment_ids": [cash]}
            self.pay(self.sold(program.sale_product_id), partner=self.hans, **values)
            given += 115
            account = self.enrolments(program, self.hans)
            self.assertEqual(sum(account.mapped("points")), given)
        uuid = "00000000-0000-4000-8000-000000000018"
        self.prepare(uuid, (account, 12.33), partner=self.hans)
        lines = (self.sold(self.case, 2), self.redeemed(account, 12.33))
        cash = Command.create({"amount": 7.65, "payment_method_id": self.cash.id})
        values = {"amount_paid": 7.65, "payment_ids": [cash]}
        order = self.pay(*lines, partner=self.hans, uuid=uuid, **values)
        self.assertEqual(order.state, "paid")
        self.assertAlmostEqual(account.points, 230 - 12.33)

    # --- refunds of refunds, and what is bought again -------------------------------------------

    def test_sold_brought_back_and_sold_again(self):
        """Kind 3: each time it is given and taken whole; the refund's refund changes nothing."""
        program = self.new_battery_program()
        for _time in range(2):
            order = self.pay(self.sold(program.sale_product_id), partner=self.hans)
            self.assertEqual(self._pieces(program), 72)
            refund = self.pay(self.refund(order.lines), partner=self.hans)
            self.assertEqual(self._pieces(program), 0)
        again = self.sold(program.sale_product_id, 1, refunded_orderline_id=refund.lines.id)
        self.pay(again, partner=self.hans)
        self.assertLessEqual(self._pieces(program), 72)

    def test_two_programs_in_one_receipt(self):
        """Kind 3: credit, batteries and goods in one receipt; one of the three comes back."""
        credit = self.new_sold_program("stored_value", "Guthaben", 50, preset_amount=55)
        batteries = self.new_battery_program()
        lines = [self.sold(one.sale_product_id) for one in (credit, batteries)]
        order = self.pay(*lines, self.sold(self.case), partner=self.hans)
        self.assertEqual((self._pieces(credit), self._pieces(batteries)), (55, 72))
        self.pay(self.refund(order.lines[1]), partner=self.hans)
        self.assertEqual((self._pieces(credit), self._pieces(batteries)), (55, 0))
        self.pay(self.refund(order.lines[2]), partner=self.hans)
        self.assertEqual((self._pieces(credit), self._pieces(batteries)), (55, 0))
