"""A quotation and the receipt that settles it are one sale (doors.md, door 1; odoo-as-used 7)."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettledInPosCase


@tagged("post_install", "-at_install")
class TestSettledInPos(SettledInPosCase):
    def test_settled_in_pos(self):
        """odoo-as-used 7, as it is printed there: 72 pieces, quoted and settled, are 72."""
        p = self.new_battery_program()
        a = p.sale_product_id
        so = self.env["sale.order"].create(
            {"partner_id": self.hans.id, "order_line": [Command.create({"product_id": a.id})]}
        )
        line = self.sold(a, sale_order_origin_id=so.id, sale_order_line_id=so.order_line.id)
        self.pay(line, partner=self.hans)
        self.assertEqual(sum(self.enrolments(p).mapped("points")), 72)

    def test_a_redemption_of_the_quotation(self):
        """odoo-as-used 7: 30.00 of 30.00 redeemed in the quotation, settled: taken once, and back
        with the refund of both lines."""
        account = self.new_sold_program("stored_value", "Guthabenkarte")._enrol(
            self.hans, amount=30, paid=30
        )
        order = self._quotation(self.new_product("Hörbuch", 95))
        order.action_redeem_credit()
        self.assertEqual((order.amount_total, account.points, account.held), (65, 30, 30))
        receipt = self._settle(order)
        self.assertEqual((receipt.amount_total, account.points, account.held), (65, 0, 0))
        goods, redeemed = receipt.lines.sorted("price_unit", reverse=True)
        back = self.sold(redeemed.product_id, -1, -30, refunded_orderline_id=redeemed.id)
        self.pay(self.refund(goods), back, partner=self.hans)
        self.assertEqual((account.points, account.paid), (30, 30))

    def test_a_native_wallet_of_the_quotation(self):
        """odoo-as-used, held (19): Odoo's own e-wallet, 30.00 in the quotation, settled: once."""
        native = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["ewallet"]
        )
        wallet = self.env["loyalty.card"].create(
            {"program_id": native.id, "partner_id": self.hans.id, "points": 30}
        )
        order = self._quotation(self.new_product("Hörbuch", 95))
        order._update_programs_and_rewards()
        order._apply_program_reward(native.reward_ids, wallet)
        self.assertEqual((order.amount_total, wallet.points), (65, 30))
        receipt = self._settle(order)
        self.assertEqual((order.state, receipt.amount_total), ("sale", 65))
        self.assertEqual((wallet.points, wallet.held), (0, 0))

    def test_points_of_the_quotation(self):
        """TM-29: 5.00 of 50.00 for 500 points in the quotation: half of them come back with one
        of two articles, the rest with the other; a till's settled cent brings a cent."""
        program = self.env["loyalty.program"].create({"name": "Treuekarte", "kind": "points"})
        account = program._enrol(self.hans)
        account._post(500, key="test:points", reason="correction")
        order = self._quotation(*(self.new_product(name, 25) for name in ("Buch", "Heft")))
        order._redeem(account)
        receipt = self._settle(order)
        self.assertEqual((receipt.amount_total, account.points, account.held), (45, 0, 0))
        line = order.order_line.filtered("reward_id")
        fake = self.pay(self._settling(line, price_unit=-0.01), partner=self.hans)
        self.pay(self.refund(fake.lines), partner=self.hans)
        self.assertEqual(account.points, 1)
        redeemed = receipt.lines.filtered(lambda line: line.price_unit < 0)
        for goods in receipt.lines - redeemed:
            back = self.sold(redeemed.product_id, -1, -2.5, refunded_orderline_id=redeemed.id)
            self.pay(self.refund(goods), back, partner=self.hans)
            self.assertEqual(account.points, 251 if goods.product_id.name == "Buch" else 500)

    def test_it_is_sold_once(self):
        """115 of credit and 10 pieces, quoted and settled at the till: 115 and 10, not twice."""
        order = self._quotation(self.credit.sale_product_id, self.pieces.sale_product_id)
        receipt = self._settle(order)
        self.assertEqual((order.state, receipt.state), ("sale", "paid"))
        self.assertEqual((self._has(self.credit), self._has(self.pieces)), (115, 10))
        receipt.action_pos_order_paid()
        order.order_line._settle_programs()
        self.assertEqual((self._has(self.credit), self._has(self.pieces)), (115, 10))

    def test_confirmed_before_it_is_settled(self):
        """Pieces are given at the confirmation, credit when the till is paid."""
        order = self._quotation(self.credit.sale_product_id, self.pieces.sale_product_id)
        order.action_confirm()
        self.assertEqual((self._has(self.credit), self._has(self.pieces)), (0, 10))
        self._settle(order)
        self.assertEqual((self._has(self.credit), self._has(self.pieces)), (115, 10))

    def test_given_at_the_confirmation(self):
        """The other setting, too, gives once."""
        self.env.company.card_value_given = "confirmed"
        order = self._quotation(self.credit.sale_product_id)
        order.action_confirm()
        self._settle(order)
        self.assertEqual(self._has(self.credit), 115)

    def test_settled_in_parts(self):
        """Two of three at the till, then the third: 230, then 345."""
        order = self._quotation(self.credit.sale_product_id)
        order.order_line.product_uom_qty = 3
        self.pay(self._settling(order.order_line, 2), partner=self.hans)
        self.assertEqual(self._has(self.credit), 230)
        self.pay(self._settling(order.order_line, 1), partner=self.hans)
        self.assertEqual(self._has(self.credit), 345)

    def test_a_refund_at_the_till(self):
        """What the till refunds the quotation takes back: credit and pieces, in either setting."""
        for setting in ("paid", "confirmed"):
            self.env.company.card_value_given = setting
            order = self._quotation(self.credit.sale_product_id, self.pieces.sale_product_id)
            receipt = self._settle(order)
            self.assertEqual((self._has(self.credit), self._has(self.pieces)), (115, 10))
            self.pay(*[self.refund(line) for line in receipt.lines], partner=self.hans)
            self.assertEqual((self._has(self.credit), self._has(self.pieces)), (0, 0))

    def test_a_till_that_was_not_paid(self):
        """F4: the receipt says 0.00, or a line at -100.00 pays for the credit: nothing is given."""
        order = self._quotation(self.credit.sale_product_id)
        line = self._settling(order.order_line)
        self.pay(line, partner=self.hans, amount_total=0, amount_paid=0, payment_ids=[])
        self.assertEqual(self._has(self.credit), 0)
        order = self._quotation(self.credit.sale_product_id)
        self.pay(
            self._settling(order.order_line),
            self.sold(self.case, price=-100),
            partner=self.hans,
        )
        self.assertEqual(self._has(self.credit), 0)

    def test_settled_below_its_price(self):
        """F4: the till's line of the quotation at one cent, or another article for it."""
        order = self._quotation(self.credit.sale_product_id)
        cheap = {**self._settling(order.order_line), "price_unit": 0.01}
        self.pay(cheap, partner=self.hans)
        self.assertEqual(self._has(self.credit), 0)
        order = self._quotation(self.credit.sale_product_id)
        other = {**self._settling(order.order_line), "product_id": self.case.id}
        self.pay(other, partner=self.hans)
        self.assertEqual(self._has(self.credit), 0)

    def test_a_down_payment_at_the_till(self):
        """50.00 in advance give nothing; the rest less the down payment gives 115."""
        order = self._quotation(self.credit.sale_product_id)
        article = self.config.down_payment_product_id or self.new_product("Anzahlung", 0)
        self.config.down_payment_product_id = article
        advance = self.sold(article, price=50, sale_order_origin_id=order.id)
        self.pay(advance, partner=self.hans)
        self.assertEqual((order.state, self._has(self.credit)), ("sale", 0))
        down = order.order_line.filtered(lambda line: line.is_downpayment and not line.display_type)
        rest = {**self._settling(down, -1), "product_id": article.id, "price_unit": 50}
        first = order.order_line.filtered("card_program_id")
        self.assertEqual(len(down), 1)
        self.pay(self._settling(first), rest, partner=self.hans)
        self.assertEqual(first._received_units(), 1)
        self.assertFalse(order.activity_ids.mapped("note"))
        self.assertEqual(self._has(self.credit), 115)

    def _pay_down(self, order, amount, **values):
        """Pay *amount* of *order* in advance; return the receipt's line and the quotation's."""
        article = self.config.down_payment_product_id or self.new_product("Anzahlung", 0)
        self.config.down_payment_product_id = article
        known = order.order_line
        line = self.sold(article, price=amount, sale_order_origin_id=order.id)
        receipt = self.pay(line, partner=self.hans, **values)
        down = order.order_line - known
        return receipt.lines, down.filtered(lambda line: not line.display_type)

    def _settle_less(self, order, down, amount):
        """Settle *order* less *amount* that was paid in advance."""
        line = order.order_line.filtered("card_program_id")
        rest = {**self._settling(down, -1), "product_id": self.config.down_payment_product_id.id}
        rest["price_unit"] = amount
        return self.pay(self._settling(line), rest, partner=self.hans)

    def test_a_down_payment_that_nobody_paid(self):
        """N1: an advance of 5000 on a receipt of 0.00 paid for credit: nothing is given."""
        nothing = {"amount_total": 0, "amount_paid": 0, "payment_ids": []}
        order = self._quotation(self.credit.sale_product_id)
        _line, down = self._pay_down(order, 5000, **nothing)
        self._settle_less(order, down, 100)
        self.assertEqual(self._has(self.credit), 0)
        self.assertIn("Sold but not given", order.activity_ids.mapped("summary"))
        other = self._quotation(self.new_product("Ware", 100))
        _line, down = self._pay_down(other, 5000, **nothing)
        again = self._quotation(self.credit.sale_product_id)
        self._settle_less(again, down, 100)
        self.assertEqual(self._has(self.credit), 0)

    def test_a_down_payment_is_taken_off_once(self):
        """N1: 100 paid in advance, taken off in three quotations: was 115, 230, 345."""
        first = self._quotation(self.credit.sale_product_id)
        _line, down = self._pay_down(first, 100)
        self._settle_less(first, down, 100)
        self.assertEqual(self._has(self.credit), 115)
        for _again in range(2):
            other = self._quotation(self.credit.sale_product_id)
            self._settle_less(other, down, 100)
            self.pay(
                self._settling(first.order_line.filtered("card_program_id")),
                self._settling(other.order_line),
                {
                    **self._settling(down, -2),
                    "product_id": self.config.down_payment_product_id.id,
                    "price_unit": 100,
                },
                partner=self.hans,
            )
        self.assertEqual(self._has(self.credit), 115)

    def test_a_down_payment_that_was_refunded(self):
        """N1: paid out in cash and then taken off, or taken off and then paid out."""
        order = self._quotation(self.credit.sale_product_id)
        line, down = self._pay_down(order, 100)
        self.pay(self.refund(line), partner=self.hans)
        self._settle_less(order, down, 100)
        self.assertEqual(self._has(self.credit), 0)
        order = self._quotation(self.credit.sale_product_id)
        line, down = self._pay_down(order, 100)
        self._settle_less(order, down, 100)
        self.assertEqual(self._has(self.credit), 115)
        self.pay(self.refund(line), partner=self.hans)
        self.assertEqual(self._has(self.credit), 0)

    def test_goods_do_not_become_a_down_payment(self):
        """N1: a line of goods that a till has settled, flagged as a down payment."""
        order = self._quotation(self.new_product("Ware", 100), self.credit.sale_product_id)
        order.action_confirm()
        goods, credit = order.order_line
        self.pay(self._settling(goods), partner=self.hans)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            goods.with_user(self.cashier).write({"is_downpayment": True})
        goods.is_downpayment = True  # as a salesman could make it from the beginning
        self.pay(self._settling(credit), self._settling(goods, -1), partner=self.hans)
        self.assertEqual(self._has(self.credit), 0)

    def test_an_order_that_is_only_said_to_be_paid(self):
        """N4: made in state paid and never settled, it gives nothing to the quotation."""
        order = self._quotation(self.credit.sale_product_id)
        made = self.order_values(self._settling(order.order_line), partner=self.hans)
        self.orders.create(made)
        order.action_confirm()
        order.order_line.product_uom_qty = 2
        self.assertEqual(self._has(self.credit), 0)

    def test_what_is_owed_pays_no_credit(self):
        """N5: on account without a card, and pay-later without a customer, some minutes ago."""
        later = self.env["pos.payment.method"].create(
            {"name": "Auf Rechnung", "split_transactions": True, "card_on_account": True}
        )
        owed = later.copy({"name": "Später", "card_on_account": False})
        self.config.current_session_id.unlink()
        self.config.payment_method_ids |= later | owed
        self.config.open_ui()
        for method, partner in ((later, self.hans), (owed, self.env["res.partner"])):
            order = self._quotation(self.credit.sale_product_id)
            payment = Command.create({"amount": 100, "payment_method_id": method.id})
            values = {"payment_ids": [payment], "date_order": "2026-01-01 10:00:00"}
            sent = self.order_values(self._settling(order.order_line), partner=partner, **values)
            self.orders.sync_from_ui([sent])
            self.assertEqual(self._has(self.credit), 0)

    def test_the_price_of_many_is_for_many(self):
        """N9: 100 at the price for 100, one piece of them paid: was one piece at that price."""
        item = {"applied_on": "0_product_variant", "compute_price": "fixed", "fixed_price": 50}
        article = self.credit.sale_product_id
        item |= {"product_id": article.id, "min_quantity": 10}
        pricelist = self.env["product.pricelist"].create(
            {"name": "Staffel", "item_ids": [Command.create(item)]}
        )
        line = {"product_id": article.id, "product_uom_qty": 10}
        order = self._quotation(pricelist_id=pricelist.id, order_line=[Command.create(line)])
        order.action_confirm()
        self.assertEqual(order.order_line.price_unit, 50)
        for paid, credit in ((1, 0), (2, 115), (7, 1150)):
            self.pay(self._settling(order.order_line, paid), partner=self.hans)
            self.assertEqual(self._has(self.credit), credit)

    def test_the_price_of_a_few_is_that_of_the_quotation(self):
        """D4: ten at 50.00 confirmed, then dated back to when one was cheap: one piece is none."""
        article = self.credit.sale_product_id
        shared = {"applied_on": "0_product_variant", "compute_price": "fixed"}
        shared["product_id"] = article.id
        rules = (
            {**shared, "fixed_price": 50, "min_quantity": 10},
            {**shared, "fixed_price": 50, "date_end": "2025-01-01 00:00:00"},
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Staffel", "item_ids": [Command.create(rule) for rule in rules]}
        )
        line = {"product_id": article.id, "product_uom_qty": 10}
        order = self._quotation(pricelist_id=pricelist.id, order_line=[Command.create(line)])
        order.action_confirm()
        order.with_user(self.cashier).date_order = "2024-06-01 10:00:00"
        self.pay(self._settling(order.order_line, 1), partner=self.hans)
        self.assertEqual(self._has(self.credit), 0)

    def test_paid_more_than_it_costs(self):
        """L6: a dozen for 100.00, one piece at 100.00: a manager is told of the other 91.67."""
        free = self.new_sold_program("stored_value", "Freies Guthaben")
        order = self._quotation(free.sale_product_id)
        dozen = self.env.ref("uom.product_uom_dozen").id
        order.order_line.write({"product_uom_id": dozen, "price_unit": 100})
        order.action_confirm()
        line = order.order_line
        self.pay({**self._settling(line), "price_unit": 8.33}, partner=self.hans)
        self.assertFalse(order.activity_ids)
        self.pay(self._settling(line), partner=self.hans)
        (told,) = order.activity_ids.filtered(lambda one: one.summary == "Paid more than it costs")
        self.assertIn("91.67", str(told.note))

    def test_cancelled_after_it_was_settled(self):
        """N7: goods of 100, 60 redeemed, 40 paid at the till, cancelled: the 60 stay redeemed."""
        account = self.credit._enrol(self.hans, amount=60, paid=60)
        order = self._quotation(self.new_product("Ware", 100))
        wizard = self.env["sale.order.redeem"].create(
            {"order_id": order.id, "card_id": account.id, "amount": 60}
        )
        wizard.action_redeem()
        order.action_confirm()
        self._settle(order)
        order.action_cancel()
        self.assertEqual(self._has(self.credit), 0)
        self.assertIn("Cancelled after it was paid", order.activity_ids.mapped("summary"))

    def test_a_paid_receipt_is_never_refused(self):
        """Law 6: a quotation that cannot be confirmed; the receipt stays, a manager is told."""
        order = self._quotation(self.pieces.sale_product_id)
        self.pieces.sale_to = "2020-01-01"
        receipt = self._settle(order)
        self.assertEqual((receipt.state, order.state), ("paid", "draft"))
        self.assertEqual(self._has(self.pieces), 0)
        (activity,) = order.activity_ids
        self.assertIn("is sold from", str(activity.note))

    def test_points_are_earned_once(self):
        """A receipt, and its invoice: 100.00 of articles at 10 % are 1,000 points, once."""
        points = self.env["loyalty.program"].create(
            {"name": "Punkte", "kind": "points", "earn_article_percent": 10}
        )
        account = points._enrol(self.hans)
        goods = self.new_product("Ware", 100)
        receipt = self._settle(self._quotation(goods))
        receipt.sudo().action_pos_order_invoice()
        self.env.flush_all()
        rows = self.env["customer.card.outbox"].search([("stream", "=", "sale")])
        rows.settle_sales()
        self.assertEqual(account.points, 1000)

    def test_a_paid_line_pays_for_no_other_quotation(self):
        """F4: a till line that sold for itself is linked to an unpaid quotation: sold once."""
        article = self.credit.sale_product_id
        order = self._quotation(article)
        order.action_confirm()
        receipt = self.pay(self.sold(article), partner=self.hans).with_user(self.cashier)
        link = {"sale_order_line_id": order.order_line.id, "sale_order_origin_id": order.id}
        with self.assertRaises(UserError), self.env.cr.savepoint():
            receipt.lines.write(link)
        receipt.action_pos_order_paid()
        self.assertEqual(self._has(self.credit), 115)

    def test_a_line_that_goes_out_returns_nothing(self):
        """F5: one of 100 is paid; a line of +99 that says it refunds it gives none of the rest."""
        order = self._quotation(self.credit.sale_product_id)
        order.order_line.product_uom_qty = 100
        order.action_confirm()
        paid = self.pay(self._settling(order.order_line), partner=self.hans).lines
        self.assertEqual(self._has(self.credit), 115)
        out = self.sold(self.battery_10, 99, 0, refunded_orderline_id=paid.id)
        self.pay(out, partner=self.hans)
        order.sudo().order_line._settle_programs()
        self.assertEqual(self._has(self.credit), 115)

    def test_credit_of_the_till_is_no_goods_of_the_quotation(self):
        """F4: both sold on one receipt, goods at -100: 100.00 are paid, not both given."""
        order = self._quotation(self.credit.sale_product_id)
        order.action_confirm()
        other = self.new_sold_program("stored_value", "Anderes Guthaben", 100, preset_amount=115)
        lines = (
            self._settling(order.order_line),
            self.sold(other.sale_product_id),
            self.sold(self.battery_10, price=-100),
        )
        self.pay(*lines, partner=self.hans)
        self.assertLessEqual(self._has(self.credit) + self._has(other), 115)
