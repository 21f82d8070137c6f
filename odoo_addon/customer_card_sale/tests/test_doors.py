"""Quotations book what the server works out (F4, F5, F6, F10), tried as a salesman."""

from contextlib import suppress

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CardSaleCase

FROZEN_LOG = "odoo.addons.customer_card_sale.models.sale_order_frozen"


class DoorCase(CardSaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls._sold_program("stored_value", price=100.0, preset_amount=115.0)
        cls.goods = cls._product("Ware", 50.0, type="service", invoice_policy="order")
        cls.credit.sale_product_id.invoice_policy = "order"

    def _balance(self, program=None):
        """What the customers hold of a program; the ledger's laws hold at each look."""
        self.env.flush_all()
        self.assertLedger()
        return sum((program or self.credit).coupon_ids.mapped("points"))

    def _order(self, *lines, confirm=True, partner=None, **values):
        """An order of (article, price, further values), written as a client may write it."""
        order = self._quote(partner or self.meier, **values)
        order.order_line = [
            Command.create(
                {
                    "product_id": article.id,
                    **({} if price is None else {"price_unit": price}),
                    **(more[0] if more else {}),
                }
            )
            for article, price, *more in lines
        ]
        if confirm:
            order.action_confirm()
        return order

    def _refused(self, call, *args):
        with mute_logger(FROZEN_LOG), self.assertRaises(UserError), self.env.cr.savepoint():
            call(*args)
            self.env.flush_all()
        self.env.invalidate_all()

    def _invoiced(self, order, final=False):
        invoice = order.with_env(self.env)._create_invoices(final=final)
        invoice.action_post()
        return invoice

    def _pay(self, invoice):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({})
        )
        return wizard._create_payments()

    def _credit_note(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        return wizard.new_move_ids

    def _activities(self, order):
        return [(one.summary, str(one.note)) for one in order.sudo().activity_ids]


@tagged("post_install", "-at_install")
class TestGivenWhenPaid(DoorCase):
    """Credit that is sold in a quotation is given when its money has come in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.card_value_given = "paid"

    def test_nothing_before_the_money(self):
        """F4: confirmed and invoiced is not paid; paid gives 115; the payment undone takes it."""
        order = self._order((self.credit.sale_product_id, None))
        self.assertEqual(self._balance(), 0)
        self.assertIn("Given when it is paid", order.card_waiting_text)
        invoice = self._invoiced(order)
        self.assertEqual(self._balance(), 0)
        payment = self._pay(invoice)
        self.assertEqual(self._balance(), 115)
        order.invalidate_recordset()
        self.assertFalse(order.card_waiting_text)
        payment.action_draft()
        self.assertEqual(self._balance(), 0)
        self.assertFalse(self._activities(order))

    def test_a_credit_note_takes_it_back(self):
        """F5: paid, credited: nothing left; invoiced anew and paid: 115 once."""
        order = self._order((self.credit.sale_product_id, None))
        invoice = self._invoiced(order)
        self._pay(invoice)
        note = self._credit_note(invoice)
        self.assertEqual(self._balance(), 115)
        note.action_post()
        self.assertEqual(self._balance(), 0)
        again = self._invoiced(order)
        self.assertEqual(self._balance(), 0, "sold again, and not paid again")
        self._pay(again)
        self.assertEqual(self._balance(), 115)

    def test_an_unpaid_invoice_that_is_reversed(self):
        """F4, sibling: 'reversed' is no payment."""
        order = self._order((self.credit.sale_product_id, None))
        note = self._credit_note(self._invoiced(order))
        note.action_post()
        self.assertEqual(self._balance(), 0)

    def test_a_down_payment_is_not_the_price(self):
        """F4, sibling: 50 % paid in advance gives nothing; the rest paid gives 115."""
        order = self._order((self.credit.sale_product_id, None))
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": 50})
        down = wizard._create_invoices(order.with_env(self.env))
        down.action_post()
        self._pay(down)
        self.assertEqual(self._balance(), 0)
        rest = self._invoiced(order, final=True)
        self.assertAlmostEqual(rest.amount_total, 50)
        self.assertEqual(self._balance(), 0)
        self._pay(rest)
        self.assertEqual(self._balance(), 115)

    def test_the_rest_of_an_unpaid_down_payment(self):
        """F4, sibling: the down payment is invoiced, deducted and never paid."""
        order = self._order((self.credit.sale_product_id, None))
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": 99})
        down = wizard._create_invoices(order.with_env(self.env))
        down.action_post()
        self._pay(self._invoiced(order, final=True))
        self.assertEqual(self._balance(), 0)
        self._pay(down)
        self.assertEqual(self._balance(), 115)

    def test_a_down_payment_is_for_its_own_quotation_once(self):
        """N10: the line of a paid down payment at -100 on the invoices of other quotations."""
        first = self._order((self.goods, 100))
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(first.ids)],
                "advance_payment_method": "percentage",
                "amount": 100,
            }
        )
        advance = wizard._create_invoices(first.with_env(self.env))
        advance.action_post()
        self._pay(advance)
        down = first.order_line.filtered(lambda line: line.is_downpayment and not line.display_type)
        for _again in range(2):
            order = self._order((self.credit.sale_product_id, None))
            invoice = order.with_env(self.env)._create_invoices()
            less = {"name": "Anzahlung", "quantity": -1, "price_unit": 100, "tax_ids": False}
            less["sale_line_ids"] = [Command.link(down.id)]
            invoice.invoice_line_ids = [Command.create(less)]
            invoice.action_post()
            self.assertEqual((invoice.amount_total, self._balance()), (0, 0))

    def test_a_posted_line_pays_for_no_other_quotation(self):
        """N10: the line of a paid invoice is linked to the next quotation: was 115 for each."""
        order = self._order((self.credit.sale_product_id, None))
        invoice = self._invoiced(order)
        self._pay(invoice)
        other = self._order((self.credit.sale_product_id, None))
        clerk = new_test_user(
            self.env,
            "card_clerk",
            groups="account.group_account_invoice,sales_team.group_sale_salesman_all_leads",
        )
        line = invoice.invoice_line_ids.with_user(clerk)
        self._refused(line.write, {"sale_line_ids": [Command.set(other.order_line.ids)]})
        self.assertEqual(self._balance(), 115)

    def test_an_order_is_cancelled_after_its_invoice(self):
        """N7: redeemed 60, the rest is invoiced, cancelled: the 60 stay, unless it is credited."""
        for credited, left in ((False, 0), (True, 60)):
            account = self._credit(self.meier, 60)
            order = self._order((self.goods, 100), confirm=False)
            wizard = self.env["sale.order.redeem"].create(
                {"order_id": order.id, "card_id": account.id, "amount": 60}
            )
            wizard.action_redeem()
            order.action_confirm()
            invoice = self._invoiced(order)
            if credited:
                self._credit_note(invoice).action_post()
            order.action_cancel()
            self.assertEqual(account.points, left)
            told = [summary for summary, _note in self._activities(order)]
            self.assertEqual("Cancelled after it was paid" in told, not credited)

    def test_an_invoice_over_nothing(self):
        """F4: less 100.00 of goods the total is 0.00, which Odoo calls paid."""
        order = self._order((self.credit.sale_product_id, None), (self.goods, -100.0))
        invoice = self._invoiced(order)
        self.assertEqual((invoice.amount_total, invoice.payment_state), (0, "paid"))
        self.assertEqual(self._balance(), 0)
        self.assertEqual([one for one, _ in self._activities(order)], ["Sold but not given"])

    def test_an_invoice_line_by_hand(self):
        """F4, sibling: one cent, tied to the order's line by whoever writes invoices."""
        order = self._order((self.credit.sale_product_id, None))
        for article, quantity in ((self.credit.sale_product_id, 1), (self.goods, 100)):
            line = {
                "product_id": article.id,
                "quantity": quantity,
                "price_unit": 0.01,
                "tax_ids": [Command.clear()],
                "sale_line_ids": [Command.link(order.order_line.id)],
            }
            invoice = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.meier.id,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
            invoice.action_post()
            self._pay(invoice)
            self.assertEqual(self._balance(), 0)

    def test_somebody_elses_paid_invoice(self):
        """F4, sibling: tied to this order's line as well, it pays for one of them at most."""
        theirs = self._order((self.credit.sale_product_id, None), partner=self.schulz)
        invoice = self._invoiced(theirs)
        self._pay(invoice)
        self.assertEqual(self._balance(), 115)
        for partner in (self.meier, self.schulz):
            mine = self._order((self.credit.sale_product_id, None), partner=partner)
            invoice.invoice_line_ids.sale_line_ids |= mine.order_line
            mine._settle_value()
            theirs._settle_value()
            self.assertEqual(self._balance(), 115)

    def test_an_invoice_is_not_declared_paid(self):
        """F4, sibling: an accountant writes the state of payment."""
        order = self._order((self.credit.sale_product_id, None))
        invoice = self._invoiced(order)
        books = new_test_user(self.env, "door_books", groups="account.group_account_invoice")
        self._refused(invoice.with_user(books).write, {"payment_state": "paid"})
        self.assertEqual(self._balance(), 0)

    def test_pieces_and_discounts_are_given_at_once(self):
        """AP-32: what is no money is given at the confirmation, as before."""
        line = {"product_id": self.battery.id, "quantity": 30}
        pieces = self._sold_program("bonus_item", price=199.0, line_ids=[Command.create(line)])
        self._order((pieces.sale_product_id, None))
        self.assertEqual(self._balance(pieces), 30)

    def test_vouchers_and_coupons_too(self):
        """F7: a voucher and a discount voucher that cost money, unpaid and paid."""
        for kind, values in (("voucher", {"preset_amount": 50.0}), ("voucher", {})):
            program = self._sold_program(kind, price=0 if not values else 40.0, **values)
            program.sale_product_id.invoice_policy = "order"
            order = self._order((program.sale_product_id, None if values else 50.0))
            invoice = self._invoiced(order)
            self.assertFalse(self._live(program))
            self._pay(invoice)
            self.assertEqual(self._balance(program), 50)
            self.assertEqual(len(self._live(program)), 1)

    def test_two_of_three_are_paid(self):
        """F4: three units, an invoice over two is paid: two are given."""
        vouchers = self._sold_program("voucher", price=100.0, preset_amount=100.0)
        vouchers.sale_product_id.invoice_policy = "order"
        order = self._order((vouchers.sale_product_id, None, {"product_uom_qty": 3}))
        invoice = order.with_env(self.env)._create_invoices()
        invoice.invoice_line_ids.quantity = 2
        invoice.action_post()
        self._pay(invoice)
        self.assertEqual(len(self._live(vouchers)), 2)
        order.order_line.product_uom_qty = 1
        self.assertEqual(len(self._live(vouchers)), 1)


@tagged("post_install", "-at_install")
class TestSaleDoors(DoorCase):
    """In the other mode, too: value only as far as the order's own total reaches."""

    def test_other_lines_never_pay_for_credit(self):
        """F4: goods at -100.00, a discount of 150 %, a discount article: nothing, and why."""
        for number, less in enumerate(
            (
                (self.goods, -100.0),
                (self.goods, 50.0, {"product_uom_qty": -2}),
                (self.goods, 200.0, {"discount": 150.0}),
                (self.goods, -0.02),
            )
        ):
            order = self._order((self.credit.sale_product_id, None), less)
            self.assertEqual(self._balance(), 0, number)
            ((summary, note),) = self._activities(order)
            self.assertEqual(summary, "Sold but not given")
            self.assertIn("0 of 1 x", note)

    def test_goods_may_be_cheaper(self):
        """A discount on goods is the shop's: 115 are given while the total pays for them."""
        order = self._order(
            (self.credit.sale_product_id, None), (self.goods, 50.0), (self.cloth, -50)
        )
        self.assertEqual((self._balance(), self._activities(order)), (115, []))

    def test_native_gift_cards_and_wallets(self):
        """F4, native kin: a gift card, a top-up over 1,000.00, paid by goods at -1,000.00."""
        templates = self.env["loyalty.program"]._get_template_values()
        for kind, article in (
            ("gift_card", self.env.ref("loyalty.gift_card_product_50")),
            ("ewallet", self.env.ref("loyalty.ewallet_product_50")),
        ):
            article.taxes_id = False
            program = self.env["loyalty.program"].create(templates[kind])
            program.rule_ids.product_ids = article
            if "trigger_product_ids" in program._fields:
                program.trigger_product_ids = article
            for price, given in ((-1000.0, 0), (10.0, 1000)):
                order = self._order((article, 1000.0), (self.goods, price), confirm=False)
                order._update_programs_and_rewards()
                order.with_context(loyalty_no_mail=True).action_confirm()
                self.assertEqual(self._balance(program), given, (kind, price))

    def test_the_total_is_lowered_afterwards(self):
        """F4, sibling: a line below zero is added, or goods become it, after the confirmation."""
        order = self._order((self.credit.sale_product_id, None), (self.goods, 50.0))
        goods = order.order_line[1]
        goods.price_unit = -50.0
        self.assertEqual(self._balance(), 0)
        goods.price_unit = 50.0
        self.assertEqual(self._balance(), 115)
        order.order_line = [Command.create({"product_id": self.cloth.id, "price_unit": -100.0})]
        self.assertEqual(self._balance(), 0)

    def test_a_confirmed_line_is_frozen(self):
        """F5: nothing that was booked from is written any more, alone or through the order."""
        order = self._order((self.credit.sale_product_id, None), (self.goods, None))
        line, goods = order.order_line
        other = self._quote(self.schulz)
        values = {
            "price_unit": 1.0,
            "discount": 50.0,
            "product_id": self.battery.id,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            "order_id": other.id,
            "card_side": "left",
            "tax_ids": [Command.set(self.env["account.tax"].search([], limit=1).ids)],
            "card_quoted": {"price": 1},
        }
        for name, value in values.items():
            self._refused(line.write, {name: value})
            self._refused(order.write, {"order_line": [Command.update(line.id, {name: value})]})
        self._refused(goods.write, {"product_id": self.credit.sale_product_id.id})
        line.write({"price_unit": line.price_unit, "product_id": line.product_id.id})
        line.product_uom_qty = 2
        self.assertEqual(self._balance(), 230)
        order.with_env(self.env).action_cancel()
        self.assertEqual(self._balance(), 0)

    def test_a_confirmed_order_is_frozen(self):
        """F5: customer, card, currency, company, amounts; and the state by hand."""
        order = self._order((self.credit.sale_product_id, None))
        values = {
            "partner_id": self.schulz.id,
            "card_amounts": {"1": 5},
            "company_id": self.env["res.company"].sudo().create({"name": "B"}).id,
            "state": "draft",
        }
        for name, value in values.items():
            self._refused(order.write, {name: value})
        self._refused(order.write, {"state": "cancel"})
        self.assertEqual(self._balance(), 115)
        self._refused(order.unlink)
        self._refused(order.order_line.unlink)
        self.assertEqual(self._balance(), 115)

    def test_the_state_is_not_written(self):
        """F4, sibling: a quotation that a client declares to be confirmed."""
        order = self._order((self.credit.sale_product_id, None), confirm=False)
        self._refused(order.write, {"state": "sale"})
        values = {
            "partner_id": self.meier.id,
            "state": "sale",
            "order_line": [Command.create({"product_id": self.credit.sale_product_id.id})],
        }
        self._refused(self.env["sale.order"].with_user(self.seller).create, values)
        self.assertEqual(self._balance(), 0)

    def test_stored_totals_are_not_believed(self):
        """F4, sibling: what Odoo computes and stores can be written: totals, state, bills."""
        values = {"price_unit": -100.0, "price_total": 1000.0, "price_subtotal": 1000.0}
        order = self._order((self.credit.sale_product_id, None), (self.goods, -100.0, values))
        order.order_line[1].write({"price_total": 1000.0, "price_subtotal": 1000.0})
        order.write({"amount_total": 1000.0})
        order.order_line[0].product_uom_qty = 2
        self.assertLessEqual(self._balance(), 115, "100.00 of 200.00 are paid")
        draft = self._order((self.credit.sale_product_id, None), confirm=False)
        before = self._balance()
        draft.order_line.write({"state": "sale"})
        draft.order_line.write({"product_uom_qty": 2})
        self.assertEqual(self._balance(), before)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.order_line.write({"qty_invoiced": 1, "price_unit": 1.0})
        lines = self._invoiced(self._order((self.credit.sale_product_id, None))).invoice_line_ids
        self._refused(draft.order_line.write, {"invoice_lines": [Command.link(lines.id)]})

    def test_the_price_is_the_servers_at_the_confirmation(self):
        """F4: from three pieces 80.00; then one is left at the price of three."""
        item = {
            "applied_on": "1_product",
            "product_tmpl_id": self.credit.sale_product_id.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": 80.0,
            "min_quantity": 3,
        }
        pricelist = self.env["product.pricelist"].create(
            {"name": "Staffel", "item_ids": [Command.create(item)]}
        )
        order = self._order(
            (self.credit.sale_product_id, 80.0, {"product_uom_qty": 3}),
            confirm=False,
            pricelist_id=pricelist.id,
        )
        copy = order.copy()
        order.action_confirm()
        self.assertEqual(self._balance(), 345)
        copy.order_line.price_unit = 80.0
        copy.order_line.product_uom_qty = 1
        if copy.order_line.price_unit == 80:
            self._refused(copy.action_confirm)
            self.assertEqual(self._balance(), 345)
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._balance(), 115)

    def test_a_free_amount_is_a_number_above_zero(self):
        """F4: 0, below zero, out of bounds."""
        voucher = self._sold_program("voucher")
        for price in (0.0, -50.0, 1e12):
            order = self._order((voucher.sale_product_id, price), confirm=False)
            self._refused(order.action_confirm)
        self.assertFalse(self._live(voucher))

    def test_another_currency_is_converted_or_refused(self):
        """F10: credit of EUR sold for 16,000 of a currency at 160 is 100.00; else none."""
        voucher = self._sold_program("voucher")
        yen = self.env["res.currency"].create({"name": "JPX", "symbol": "X", "rounding": 1})
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": yen.id})
        order = self._order(
            (voucher.sale_product_id, 16000.0), confirm=False, pricelist_id=pricelist.id
        )
        with self.assertRaisesRegex(UserError, "no exchange rate"), self.env.cr.savepoint():
            order.action_confirm()
        self.env["res.currency.rate"].create(
            {"currency_id": yen.id, "rate": 160, "name": "2020-01-01"}
        )
        order.action_confirm()
        self.assertEqual(self._balance(voucher), 100)

    def test_a_copy_redeems_nothing(self):
        """odoo-as-used 1: a copy of an order that redeems is the goods at their price."""
        self._credit(self.meier, 30, self.credit)
        order = self._order((self.goods, None), confirm=False)
        order.action_redeem_credit()
        self.assertEqual(order.copy().amount_total, 50)
        order.action_confirm()
        self.assertEqual(order.copy().amount_total, 50)


@tagged("post_install", "-at_install")
class TestRedeemDoors(DoorCase):
    """Redeeming takes a hold of this order, at most its amount; what comes back was taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._credit(cls.meier, 40, cls.credit)
        cls.theirs = cls._credit(cls.schulz, 40, cls._sold_program("stored_value"))
        cls.reward = cls.credit.reward_ids[:1]
        cls.manager = new_test_user(cls.env, "door_manager", groups="sales_team.group_sale_manager")

    def _reward_line(self, reward=None, coupon=None, price=-40.0, cost=0.0):
        reward = reward or self.reward
        return {
            "product_id": reward.discount_line_product_id.id,
            "price_unit": price,
            "reward_id": reward.id,
            "coupon_id": (coupon or self.account).id,
            "points_cost": cost,
            "tax_ids": [Command.clear()],
        }

    def _balances(self):
        self.env.flush_all()
        self.assertLedger()
        return self.account.points, self.theirs.points

    def test_reward_lines_are_the_servers(self):
        """F6: written by hand, with any cost, of any card, in a quotation or a confirmed order."""
        other = self.theirs.program_id.reward_ids[:1]
        lines = (
            self._reward_line(),
            self._reward_line(cost=40.0),
            self._reward_line(cost=-1000.0),
            self._reward_line(price=-5000.0, cost=1.0),
            self._reward_line(coupon=self.theirs),
            self._reward_line(reward=other),
            {"product_id": self.goods.id, "points_cost": -1000.0},
            {"product_id": self.goods.id, "coupon_id": self.theirs.id},
        )
        for user in (self.seller, self.manager):
            order = self._order((self.goods, None)).with_user(user)
            for values in lines:
                values = {**values, "name": "forged", "order_id": order.id}
                self._refused(order.env["sale.order.line"].create, values)
                self._refused(order.write, {"order_line": [Command.create(values)]})
            for values in lines:
                with self.env.cr.savepoint() as savepoint:
                    order = self._order((self.goods, None), confirm=False).with_user(user)
                    with suppress(UserError):
                        order.order_line = [Command.create({**values, "name": "forged"})]
                        order.action_confirm()
                    spent = 40 - self._balances()[0]
                    self.assertEqual(self._balances()[1], 40)
                    taken = -sum(order.order_line.filtered("coupon_id").mapped("price_total"))
                    self.assertIn(spent, (0, taken))
                    savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(self._balances(), (40, 40))

    def test_cards_come_by_card_or_code(self):
        """F6: a stranger's voucher and gift card, tied to the order by their ids."""
        voucher = self._credit(self.schulz, 25, self._sold_program("voucher"))
        gift = self.env["loyalty.card"].create(
            {
                "program_id": self.env["loyalty.program"]
                .create(self.env["loyalty.program"]._get_template_values()["gift_card"])
                .id,
                "points": 50,
            }
        )
        order = self._order((self.goods, None), confirm=False)
        for card in voucher | gift:
            for user in (self.seller, self.manager):
                mine = order.with_user(user)
                self._refused(mine.write, {"applied_coupon_ids": [Command.link(card.id)]})
                self._refused(
                    mine.env["sale.order"].create,
                    {"partner_id": self.meier.id, "applied_coupon_ids": [Command.link(card.id)]},
                )
        rule = self.env["loyalty.rule"].search([], limit=1)
        self._refused(order.write, {"code_enabled_rule_ids": [Command.link(rule.id)]})
        order._try_apply_code(gift.code)
        self.assertIn(gift, order.applied_coupon_ids)

    def test_points_of_an_order_are_reckoned(self):
        """F6: rows that say what an order gives to a card, by seller and manager."""
        order = self._order((self.goods, None), confirm=False)
        for user in (self.seller, self.manager):
            rows = self.env["sale.order.coupon.points"].with_user(user)
            values = {"order_id": order.id, "coupon_id": self.account.id, "points": 1000}
            self._refused(rows.create, values)
            points = [Command.create({"coupon_id": self.account.id, "points": 1000})]
            self._refused(order.with_user(user).write, {"coupon_point_ids": points})
        order.action_redeem_credit()
        order.action_confirm()
        self.assertEqual(self._balances(), (0, 40))

    def test_redeemed_and_frozen(self):
        """F5: cost, price, card and quantity of a confirmed redemption; cancelled: 40 come back."""
        order = self._order((self.goods, None), confirm=False)
        order.action_redeem_credit()
        order.action_confirm()
        self.assertEqual(self._balances(), (0, 40))
        line = order.order_line.filtered("reward_id")
        values = {
            "points_cost": 5000.0,
            "coupon_id": self.theirs.id,
            "reward_id": self.theirs.program_id.reward_ids[:1].id,
            "price_unit": -1.0,
            "product_uom_qty": 0.0,
            "order_id": self._quote(self.meier).id,
        }
        for user in (self.seller, self.manager):
            for name, value in values.items():
                self._refused(line.with_user(user).write, {name: value})
            self._refused(line.with_user(user).unlink)
        self._refused(order.write, {"applied_coupon_ids": [Command.clear()]})
        self.assertEqual(self._balances(), (0, 40))
        order.with_user(self.manager).action_cancel()
        self.assertEqual(self._balances(), (40, 40))

    def test_nothing_is_redeemed_after_the_confirmation(self):
        """F6, sibling: a confirmed order holds nothing any more, so it takes nothing."""
        order = self._order((self.goods, None))
        self._refused(order._redeem, self.account)
        order._apply_program_reward(self.reward, self.account)
        order._update_programs_and_rewards()
        self.assertEqual(self._balances(), (40, 40))

    def test_give_backs_are_bounded_by_what_was_taken(self):
        """F5: credit notes by hand, inflated, twice, without any invoice, and then cancelled."""
        order = self._order((self.goods, None), confirm=False)
        order.action_redeem_credit()
        order.action_confirm()
        reward = order.order_line.filtered("reward_id")

        def credit_note(amount):
            line = {
                "product_id": reward.product_id.id,
                "price_unit": amount,
                "tax_ids": [Command.clear()],
                "sale_line_ids": [Command.link(reward.id)],
            }
            note = self.env["account.move"].create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.meier.id,
                    "invoice_line_ids": [
                        Command.create(line),
                        Command.create({"name": "x", "price_unit": 9999.0, "tax_ids": []}),
                    ],
                }
            )
            note.action_post()
            return note

        credit_note(-40.0)
        self.assertEqual(self._balances(), (0, 40), "nothing was invoiced yet")
        invoice = self._invoiced(order, final=True)
        credit_note(-5000.0)
        credit_note(5000.0)
        self._credit_note(invoice).action_post()
        self._credit_note(invoice).action_post()
        self.assertEqual(self._balances(), (40, 40))
        order.with_user(self.manager).action_cancel()
        self.assertEqual(self._balances(), (40, 40))

    def _invoice_by_hand(self, *lines, partner=None):
        """A posted invoice of (order line, price), made by whoever writes invoices."""
        values = [
            {"product_id": line.product_id.id, "quantity": 1, "price_unit": price}
            | {"tax_ids": False, "sale_line_ids": [Command.link(line.id)]}
            for line, price in lines
        ]
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.meier).id,
                "invoice_line_ids": [Command.create(one) for one in values],
            }
        )
        invoice.action_post()
        return invoice

    def _earned(self, partner=None):
        """Points on what invoices sell: 400 for 40.00 at 10 %."""
        self.env.flush_all()
        rows = self.env["customer.card.outbox"].search([("stream", "=", "sale")])
        rows.settle_sales()
        domain = [("program_id", "=", self.points.id)]
        domain.append(("partner_id", "=", (partner or self.meier).id))
        return sum(self.env["loyalty.card"].search(domain).mapped("points"))

    def test_one_redemption_pays_one_invoice(self):
        """D1: 40.00 redeemed once, on a stranger's invoice or on two: 400 points, not 800."""
        values = {"name": "Punkte", "kind": "points", "earn_service_percent": 10}
        self.points = self.env["loyalty.program"].create(values)
        for partner in (self.meier, self.schulz):
            self.points._enrol(partner)
        order = self._order((self.goods, None), confirm=False)
        order.action_redeem_credit()
        order.action_confirm()
        goods, redemption = order.order_line
        self._invoice_by_hand((goods, 40), (redemption, -40), partner=self.schulz)
        self.assertEqual(self._earned(self.schulz), 0)
        order = self._order((self.goods, None), confirm=False)
        self._credit(self.meier, 40, program=self.account.program_id)
        order.action_redeem_credit()
        order.action_confirm()
        goods, redemption = order.order_line
        self._invoice_by_hand((goods, 40), (redemption, -40))
        self.assertEqual(self._earned(), 400)
        again = self._invoice_by_hand((goods, 40), (redemption, -40))
        self.assertEqual(self._earned(), 0, "neither, until one of them is credited")
        self._credit_note(again).action_post()
        self.assertEqual(self._earned(), 400)

    def test_an_invoice_keeps_its_redemption(self):
        """D3: the lines of a posted invoice leave no order, cancelled or not: 40 are spent."""
        order = self._order((self.goods, None), confirm=False)
        order.action_redeem_credit()
        order.action_confirm()
        invoice = self._invoiced(order)
        clerk = new_test_user(
            self.env,
            "redeeming_clerk",
            groups="account.group_account_invoice,sales_team.group_sale_salesman_all_leads",
        )
        for line in invoice.invoice_line_ids.with_user(clerk):
            self._refused(line.write, {"sale_line_ids": [Command.clear()]})
        goods = order.order_line.filtered(lambda line: not line.reward_id)
        other = self._quote(self.meier)
        self._refused(goods.with_user(self.seller).write, {"order_id": other.id})
        self._refused(other.write, {"order_line": [Command.link(goods.id)]})
        order.action_cancel()
        self.assertEqual(self._balances(), (0, 40))
        self.assertIn("Cancelled after it was paid", dict(self._activities(order)))

    def test_a_reward_of_another_program(self):
        """F6: the reward of program A is not paid by a card of program B, nor by a stranger's."""
        order = self._order((self.goods, None), confirm=False)
        wallet = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["ewallet"]
        )
        native = self.env["loyalty.card"].create(
            {"program_id": wallet.id, "partner_id": self.meier.id, "points": 50}
        )
        for reward, card in (
            (self.reward, self.theirs),
            (self.reward, native),
            (wallet.reward_ids, self.account),
        ):
            self.assertIn("error", order._apply_program_reward(reward, card))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order._redeem(self.theirs)
        self.assertEqual((*self._balances(), native.points), (40, 40, 50))

    def test_credit_of_another_currency(self):
        """F10: an order in a currency without rate redeems nothing; at 160 it takes what it is."""
        yen = self.env["res.currency"].create({"name": "JPX", "symbol": "X", "rounding": 1})
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": yen.id})
        order = self._order((self.goods, 1600.0), confirm=False, pricelist_id=pricelist.id)
        order.action_redeem_credit()
        self.assertFalse(order.order_line.reward_id)
        with self.assertRaisesRegex(UserError, "no exchange rate"), self.env.cr.savepoint():
            order._redeem(self.account)
        self.env["res.currency.rate"].create(
            {"currency_id": yen.id, "rate": 160, "name": "2020-01-01"}
        )
        order.action_redeem_credit()
        order.action_confirm()
        self.assertEqual(self._balances(), (30, 40))

    def test_chosen_amounts_are_numbers(self):
        """F6, sibling: what a client may send as the amount chosen for a card."""
        order = self._order((self.goods, None), confirm=False)
        for wish in (-5, "x", None, [1], {"a": 1}, True, 1e300):
            order.card_amounts = {str(self.account.id): wish}
            order.action_redeem_credit()
            self.assertGreaterEqual(self.account.held, 0)
            self.assertLessEqual(self.account.held, 40)
        order.action_confirm()
        self.assertGreaterEqual(self.account.points, 0)
        self.assertLedger()
