"""What a second stranger tried, after the first doors were shut."""

from contextlib import suppress
from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .doors import Doors


@tagged("post_install", "-at_install")
class TestDoorsAgain(Doors, TransactionCase):
    """F4, F5: states, signs, cents, and one kind of value that passes for the goods of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()

    def refused(self, method, *arguments):
        try:
            with self.env.cr.savepoint():
                method(*arguments)
        except (UserError, AccessError):
            return
        self.fail(f"{method} {arguments} was let through")

    def cashiers(self, order):
        return order.with_user(self.cashier)

    def wallet(self):
        """Return an e-wallet of Odoo's own that the article "Etui" tops up."""
        rule = {
            "reward_point_amount": 1,
            "reward_point_mode": "money",
            "product_ids": [Command.set(self.case.ids)],
        }
        return self.env["loyalty.program"].create(
            {
                "name": "Odoo e-wallet",
                "program_type": "ewallet",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [Command.create(rule)],
            }
        )

    def test_a_paid_order_does_not_go_back_to_draft(self):
        """Its state emptied first, which Odoo's check passes: was deleted, the credit stayed."""
        order = self.cashiers(self.send(self.sold(self.article), paid=100))
        for state in (False, "draft", "cancel"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                order.write({"state": state})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.write({"company_id": self.env["res.company"].create({"name": "B"}).id})
        with suppress(UserError, AccessError), self.env.cr.savepoint():
            self.orders.remove_from_ui(order.ids)
        self.refused(order.unlink)
        self.assertEqual((order.state, self.credit_of(self.bonus)), ("paid", 115))

    def test_a_line_that_goes_out_is_no_return(self):
        """A line of +100 pieces that says it refunds one made a piece come back a hundred times."""
        line = self.send(self.sold(self.case, price=50), paid=50).lines
        self.send(self.sold(self.case, 100, 0, refunded_orderline_id=line.id))
        for _again in range(3):
            back = self.sold(self.case, -1, 50, refunded_orderline_id=line.id)
            self.send(back, self.sold(self.free, price=50))
        self.assertEqual(self.credit_of(self.any), 50)

    def test_goods_that_nobody_paid_at_a_till_are_worth_nothing(self):
        """An order made in state paid is not settled, so its lines could be rewritten."""
        values = self.order_values(self.sold(self.case, price=70), partner=self.hans)
        line = self.orders.create({**values, "payment_ids": self.cash_in(70)}).lines
        for quantity in (1, 2, 3):
            with suppress(UserError, AccessError), self.env.cr.savepoint():
                line.write({"qty": quantity})
            back = self.sold(self.case, -1, 70, refunded_orderline_id=line.id)
            self.send(back, self.sold(self.free, price=70))
        self.assertEqual(self.credit_of(self.any), 0)

    def test_a_line_that_goes_out_keeps_no_credit(self):
        line = self.send(self.sold(self.free, price=50), paid=50).lines
        self.send(self.sold(self.case, 1, 0, refunded_orderline_id=line.id))
        self.send(self.refund(line), paid=-50)
        self.assertEqual(self.credit_of(self.any), 0)

    def test_many_small_lines_round_no_credit_into_being(self):
        tax = self.env["account.tax"].create(
            {"name": "19 %", "amount": 19, "price_include_override": "tax_included"}
        )
        sweet = self.new_product("Bonbon", 0.01)
        sweet.taxes_id = tax
        free = [self.sold(sweet, price=0.01, discount=100, tax_ids=tax.ids) for _one in range(40)]
        self.send(*free, self.sold(self.free, price=0.2), paid=0.01)
        self.assertEqual(self.credit_of(self.any), 0)
        paid = [self.sold(sweet, price=0.01, tax_ids=tax.ids) for _one in range(40)]
        self.send(*paid, self.sold(self.free, price=0.2), paid=0.4)
        self.assertEqual(self.credit_of(self.any), 0)

    def test_native_credit_is_no_goods(self):
        """Credit of ours and of Odoo's own on one receipt, a line of -100: paid 100, given once."""
        native = self.wallet()
        order = self.cashiers(
            self.send(
                self.sold(self.case, price=100),
                self.sold(self.free, price=100),
                self.sold(self.cleaning, -1, 100),
                paid=100,
            )
        )
        row = {"program_id": native.id, "points": 100, "partner_id": self.hans.id}
        with suppress(UserError, AccessError):
            order.confirm_coupon_programs({"-1": {**row, "coupon_id": -1}})
        mine = self.env["loyalty.card"].search([("partner_id", "=", self.hans.id)])
        self.assertLessEqual(sum(mine.mapped("points")), 100)

    def test_native_credit_that_is_refunded_is_taken_back(self):
        """An e-wallet topped up with 50, refunded for cash: was still 50."""
        self.case.lst_price = 50
        native = self.wallet()
        row = {"program_id": native.id, "points": 50, "partner_id": self.hans.id}
        bought = self.cashiers(self.send(self.sold(self.case, price=50), paid=50))
        bought.confirm_coupon_programs({"-1": {**row, "coupon_id": -1}})
        wallet = self.env["loyalty.card"].search([("program_id", "=", native.id)])
        self.assertEqual(wallet.points, 50)
        back = self.cashiers(self.send(self.refund(bought.lines), paid=-50))
        self.assertEqual(wallet.points, 0)
        back.confirm_coupon_programs({str(wallet.id): {**row, "points": -50}})
        self.assertEqual(wallet.points, 0)

    def test_native_bonus_does_not_become_money(self):
        """D7: an e-wallet of Odoo's own: 100 for 200, 100 used, the rest returned for credit."""
        for used, worth in ((100, 0), (40, 60), (0, 100)):
            native = self.wallet()
            native.rule_ids.reward_point_amount = 2
            row = {"program_id": native.id, "points": 200, "partner_id": self.hans.id}
            bought = self.cashiers(self.send(self.sold(self.case, price=100), paid=100))
            bought.confirm_coupon_programs({"-1": {**row, "coupon_id": -1}})
            wallet = self.env["loyalty.card"].search([("program_id", "=", native.id)])
            self.assertEqual(wallet.points, 200)
            if used:
                wallet._post(-used, key=f"test:{used}", reason="correction")
            before = self.credit_of(self.any)
            back = self.refund(bought.lines, price=worth or 100)
            self.send(back, self.sold(self.free, price=worth or 100))
            self.assertEqual(self.credit_of(self.any) - before, worth)
            native.active = False

    def test_native_credit_that_paid_comes_back(self):
        """50.00 paid by 20.00 of an e-wallet and 30.00 in cash, all of it refunded: 20.00 back."""
        native = self.wallet()
        reward = {"reward_type": "discount", "discount_mode": "per_point", "discount": 1}
        native.write({"reward_ids": [Command.create({**reward, "required_points": 1})]})
        wallet = self.env["loyalty.card"].create(
            {"program_id": native.id, "partner_id": self.hans.id, "points": 50}
        )
        uuid = str(uuid4())
        self.prepare(uuid, (wallet, 20), partner=self.hans)
        goods, paid = self.sold(self.report, price=50), self.redeemed(wallet, 20)
        bought = self.cashiers(self.send(goods, paid, uuid=uuid, paid=30))
        row = {"program_id": native.id, "points": -20, "partner_id": self.hans.id}
        bought.confirm_coupon_programs({str(wallet.id): {**row, "line_codes": ["abc"]}})
        self.assertEqual(wallet.points, 30)
        back = [self.refund(line, price=line.price_unit) for line in bought.lines]
        self.send(*back, paid=-30)
        self.assertEqual(wallet.points, 50)

    def test_free_goods_earn_no_native_points(self):
        """10,000 pieces at 0.00, a point for each: was 10,000 points."""
        native = self.env["loyalty.program"].create(
            {
                "name": "Odoo points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [
                    Command.create({"reward_point_amount": 1, "reward_point_mode": mode})
                    for mode in ("unit", "order")
                ],
            }
        )
        order = self.cashiers(self.send(self.sold(self.case, 10000, 0)))
        row = {"program_id": native.id, "points": 10001, "partner_id": self.hans.id}
        order.confirm_coupon_programs({"-1": {**row, "coupon_id": -1}})
        cards = self.env["loyalty.card"].search([("program_id", "=", native.id)])
        self.assertEqual(sum(cards.mapped("points")), 0)

    def test_the_payment_of_goods_stays(self):
        """A payment that moves on, or is lowered, would pay for credit a second time."""
        goods = self.cashiers(self.send(self.sold(self.case, price=100), paid=100))
        other = self.cashiers(self.send(self.sold(self.free, price=100)))
        for values in ({"pos_order_id": other.id}, {"amount": 1}):
            self.refused(goods.payment_ids.write, values)
        self.assertEqual(self.credit_of(self.any), 0)

    def test_one_payment_pays_one_order(self):
        """N2: the payment of an order moved, lowered or deleted by commands on another, a draft."""
        goods = self.cashiers(self.send(self.sold(self.case, price=80), paid=80))
        payment = goods.payment_ids
        uuid = str(uuid4())
        draft = self.cashiers(self.send(self.sold(self.free, price=80), state="draft", uuid=uuid))
        for command in (
            Command.link(payment.id),
            Command.set(payment.ids),
            Command.update(payment.id, {"amount": 1}),
            Command.delete(payment.id),
        ):
            self.refused(draft.write, {"payment_ids": [command], "amount_paid": 80})
        paid = {"amount_total": 80, "amount_paid": 80, "payment_ids": [Command.link(payment.id)]}
        sent = self.order_values(partner=self.hans, uuid=uuid, **paid)
        self.refused(self.orders.sync_from_ui, [sent])
        self.assertEqual((payment.pos_order_id, payment.amount), (goods, 80))
        self.assertEqual((draft.state, self.credit_of(self.any)), ("draft", 0))

    def test_a_booked_order_stays_in_its_session(self):
        """N6: session, totals, pricelist, receipt number and state of a paid order are written."""
        order = self.cashiers(self.send(self.sold(self.article), paid=100))
        pricelist = self.env["product.pricelist"].create({"name": "Andere"})
        for values in (
            *({"session_id": False}, {"config_id": False}, {"amount_total": 0}, {"state": "done"}),
            *({"pricelist_id": pricelist.id}, {"currency_rate": 5}, {"pos_reference": "x"}),
        ):
            self.refused(order.write, values)
        for values in ({"session_id": False}, {"payment_date": "2020-01-01 00:00:00"}):
            self.refused(order.payment_ids.write, values)
        self.refused(order.with_user(self.env.ref("base.user_admin")).unlink)

    def test_a_session_closes_and_invoices_its_orders(self):
        """N6: what Odoo itself writes on paid orders goes through, for a cashier, too."""
        invoiced = self.cashiers(self.send(self.sold(self.article), paid=100))
        invoiced.with_context(generate_pdf=False).action_pos_order_invoice()
        self.assertEqual(invoiced.state, "done")
        order = self.cashiers(self.send(self.sold(self.case, price=20), paid=20))
        session = order.session_id
        session.sudo().post_closing_cash_details(120)
        session.with_user(self.cashier).close_session_from_ui()
        self.assertEqual((session.state, order.state), ("closed", "done"))

    def test_an_invoice_that_the_office_credits(self):
        """N15: the credit that the receipt sold was still there, and nobody was told."""
        order = self.cashiers(self.send(self.sold(self.article, 2), paid=200))
        order.with_context(generate_pdf=False).action_pos_order_invoice()
        self.assertEqual(self.credit_of(self.bonus), 230)
        invoice = order.sudo().account_move
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = reversal.create({"journal_id": invoice.journal_id.id})
        wizard.reverse_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids.quantity = 1
        self.assertEqual(self.credit_of(self.bonus), 230)
        note.action_post()
        self.assertEqual(self.credit_of(self.bonus), 115)
        self.told("Credited in the office")
        self.send(self.refund(order.lines, 1), paid=-100)
        self.assertEqual(self.credit_of(self.bonus), 0)

    def test_a_tip_is_no_goods(self):
        """N3: 50 exchanged into credit, then a tip that nobody paid, again and again: was 197."""
        self.config.write({"iface_tipproduct": True, "tip_product_id": self.cleaning.id})
        goods = self.send(self.sold(self.case, price=50), paid=50)
        back = self.sold(self.case, -1, 50, refunded_orderline_id=goods.lines.id)
        self.send(back, self.sold(self.free, price=50))
        self.assertEqual(self.credit_of(self.any), 50)
        for price in (10000, 1000000):
            tip = {**self.sold(self.cleaning, price=price), "order_id": goods.id, "name": "tip"}
            tip = self.env["pos.order.line"].with_user(self.cashier).create(tip)
            back = self.sold(self.cleaning, -1, price, refunded_orderline_id=tip.id)
            self.send(back, self.sold(self.free, price=49))
        self.assertEqual(self.credit_of(self.any), 50)

    def test_refunds_share_what_was_paid(self):
        """N3: all exchanges of one order together buy what it was paid with; honest parts go on."""
        goods = self.send(self.sold(self.case, 2, 50), paid=100)
        for credit in (50, 100, 100):
            back = self.sold(self.case, -1, 50, refunded_orderline_id=goods.lines.id)
            self.send(back, self.sold(self.free, price=50))
            self.assertEqual(self.credit_of(self.any), credit)

    def test_the_price_of_many_is_for_many(self):
        """100 at the price for 100, and the money of one: nothing at that price."""
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Staffel",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.article.id,
                            "compute_price": "fixed",
                            "fixed_price": 10,
                            "min_quantity": 100,
                        }
                    )
                ],
            }
        )
        self.config.current_session_id.unlink()
        self.config.write(
            {
                "use_pricelist": True,
                "available_pricelist_ids": [Command.link(pricelist.id)],
                "pricelist_id": pricelist.id,
            }
        )
        self.config.open_ui()
        self.send(self.sold(self.article, 100, 10), paid=10, pricelist_id=pricelist.id)
        self.assertEqual(self.credit_of(self.bonus), 0)
        self.send(self.sold(self.article, 100, 10), paid=250, pricelist_id=pricelist.id)
        self.assertEqual(self.credit_of(self.bonus), 230)

    def test_odd_values_get_a_sentence(self):
        """What a till asks before the payment, in shapes that no till sends."""
        order = "12345678-1234-1234-1234-123456789012"
        for values in (
            {"spends": [{"card_id": 1}]},
            {"spends": ["x"]},
            {"spends": [{"card_id": 1, "points": "many"}]},
            {"sales": [{"product_id": 1, "price_unit": float("nan")}]},
            {"sales": [{"product_id": 1, "price_unit": 1, "qty": "a"}]},
            {"on_account": [1]},
            [],
            "values",
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.orders.prepare_card_payment(order, values)
        odd = ({"partner_id": "x"}, {"partner_id": [1]}, {"config_id": 2**40})
        for values in odd:
            self.assertFalse(self.orders.prepare_card_payment(order, values)["held"])

    def test_points_are_of_whom_the_order_was(self):
        """Named days later, an accomplice earns nothing; a return takes from who has earned."""
        points = self.env["loyalty.program"].create(
            {"name": "Punkte", "kind": "points", "earn_article_percent": 10}
        )
        hans, anna = (points._enrol(one) for one in (self.hans, self.anna))
        settle = self.env["loyalty.card"]._settle_document

        def settled(order):
            order = order.sudo()
            settle(order._name, order.id, order._earning_lines(), order.name)
            return hans.points, anna.points

        nobody = self.send(self.sold(self.case, 1, 10), paid=10, partner=self.env["res.partner"])
        self.cashiers(nobody).write({"partner_id": self.anna.id})
        self.assertEqual(settled(nobody), (0, 0))
        bought = self.send(self.sold(self.case, 1, 10), paid=10)
        self.assertEqual(settled(bought), (100, 0))
        back = self.refund(bought.lines)
        returned = self.send(back, self.sold(self.case, 1, 20), paid=10, partner=self.anna)
        self.assertEqual(settled(returned), (0, 200))
