"""Odoo's own cards at the till: nothing is booked that the order does not say."""

from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .doors import Doors


@tagged("post_install", "-at_install")
class TestNativeDoors(Doors, TransactionCase):
    """F1 and its kin: ``confirm_coupon_programs`` as a cashier who makes up its data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()
        article = cls.new_product("Geschenkkarte", 50)
        cls.gift_article, cls.wallet_article = article, cls.new_product("Aufladung", 50)
        cls.gifts = cls.native("gift_card", article, "future", split=True)
        cls.wallet = cls.native("ewallet", cls.wallet_article, "future")
        cls.loyalty = cls.native("loyalty", cls.env["product.product"], "both")

    @classmethod
    def native(cls, kind, article, applies_on, split=False):
        rule = {
            "reward_point_mode": "money",
            "reward_point_amount": 1,
            "reward_point_split": split,
            "product_ids": [Command.set(article.ids)],
            "minimum_qty": 0,
        }
        reward = {
            "reward_type": "discount",
            "discount_mode": "per_point",
            "discount": 1,
            "discount_applicability": "order",
            "required_points": 1,
        }
        return cls.env["loyalty.program"].create(
            {
                "name": f"Native {kind}",
                "program_type": kind,
                "applies_on": applies_on,
                "trigger": "auto",
                "rule_ids": [Command.clear(), Command.create(rule)],
                "reward_ids": [Command.clear(), Command.create(reward)],
            }
        )

    def row(self, program, points, key=-1, **values):
        return {str(key): {"program_id": program.id, "points": points, "coupon_id": key, **values}}

    def nothing(self, order, data):
        count = self.env["loyalty.card"].search_count([("points", ">", 0)])
        total = sum(self.env["loyalty.card"].search([]).mapped("points"))
        order.confirm_coupon_programs(data)
        self.assertEqual(sum(self.env["loyalty.card"].search([]).mapped("points")), total)
        self.assertEqual(self.env["loyalty.card"].search_count([("points", ">", 0)]), count)

    def test_money_from_nothing(self):
        """F1: no order: was 115 -> 1115."""
        account = self.given(115)
        paid = self.send(self.sold(self.case), paid=10)
        for program in (False, self.any.id, self.wallet.id):
            data = {str(account.id): {"program_id": program, "points": 1000}}
            with self.assertRaises(AccessError):
                self.orders.confirm_coupon_programs(data)
            self.nothing(paid, data)
        self.assertEqual(account.points, 115)

    def test_without_exactly_one_paid_order(self):
        data = self.row(self.wallet, 50, partner_id=self.hans.id)
        draft = self.orders.create(
            self.order_values(
                self.sold(self.wallet_article), partner=self.hans, state="draft", payment_ids=[]
            )
        )
        two = self.send(self.sold(self.case), paid=10) | self.send(self.sold(self.case), paid=10)
        gone = self.orders.browse(10**8)
        forged = self.orders.create(self.order_values(self.sold(self.case), partner=self.hans))
        for order in (self.orders, draft, two, gone, forged):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                order.with_user(self.cashier).confirm_coupon_programs(data)
        with self.assertRaises(AccessError):
            two[0].add_loyalty_history_lines([], [])

    def test_refunded_first_and_confirmed_later(self):
        """N8: what was refunded is not given any more; it stayed, for 0.00."""
        for program, article in (
            (self.wallet, self.wallet_article),
            (self.gifts, self.gift_article),
            (self.loyalty, self.case),
        ):
            order = self.send(self.sold(article, price=50), paid=50, partner=self.hans)
            back = self.sold(article, -1, 50, refunded_orderline_id=order.lines.id)
            self.send(back, paid=-50, partner=self.hans)
            self.nothing(order, self.row(program, 50, partner_id=self.hans.id))

    def test_points_of_returned_goods_go_without_being_asked(self):
        """N13: nobody confirms the refund: 200 points stayed. Half comes back, then the rest."""
        order = self.send(self.sold(self.case, 2, 100), paid=200, partner=self.hans)
        order.confirm_coupon_programs(self.row(self.loyalty, 200, partner_id=self.hans.id))
        card = self.loyalty.coupon_ids
        self.assertEqual(card.points, 200)
        for left in (100, 0):
            back = self.sold(self.case, -1, 100, refunded_orderline_id=order.lines.id)
            refund = self.send(back, paid=-100, partner=left and self.hans)
            self.assertEqual(card.points, left)
            row = self.row(self.loyalty, -100, card.id, partner_id=self.hans.id)
            refund.confirm_coupon_programs(row)
            self.assertEqual(card.points, left)

    def test_a_returned_reward_of_odoos_costs_its_points_once(self):
        """Odoo keeps what a returned reward had cost: what the goods earned does not go as well."""
        self.loyalty.rule_ids.reward_point_amount = 0.1
        card = self.env["loyalty.card"].create(
            {"program_id": self.loyalty.id, "partner_id": self.hans.id, "points": 100}
        )
        uuid = str(uuid4())
        self.assertFalse(self.prepare(uuid, (card, 70), partner=self.hans)["refusal"])
        lines = self.sold(self.case, 1, 300), self.redeemed(card, 100)
        order = self.send(*lines, paid=200, partner=self.hans, uuid=uuid)
        order.confirm_coupon_programs(self.row(self.loyalty, -70, card.id, partner_id=self.hans.id))
        self.assertEqual(card.points, 30)
        goods, reward = order.lines
        back = self.refund(goods), self.refund(reward, price=-100)
        self.send(*back, paid=-200, partner=self.hans)
        self.assertEqual(card.points, 30)

    def test_a_coupon_for_the_next_order_comes_once(self):
        """N12: the seller takes the rows away that say so: 1, 2, 3 coupons for one order."""
        program = self.native("coupons", self.env["product.product"], "future")
        program.program_type = "next_order_coupons"
        order = self.send(self.sold(self.case, price=50), paid=50).with_user(self.cashier)
        for _again in range(3):
            order.confirm_coupon_programs(self.row(program, 50))
            cards = program.sudo().coupon_ids
            self.assertEqual(len(cards), 1)
            cards.source_pos_order_id = False
            cards.history_ids.order_id = 0

    def test_data_that_is_none(self):
        order = self.send(self.sold(self.case), paid=10).with_user(self.cashier)
        with self.assertRaisesRegex(UserError, "cannot be read"):
            order.confirm_coupon_programs([1])
        self.assertTrue(self.orders.validate_coupon_programs({"x": 1}, []))

    def test_unpaid_top_ups(self):
        """A gift card and an e-wallet of 50.00, nothing paid, or a tenth of it."""
        for paid in (0, 5):
            order = self.send(self.sold(self.gift_article), paid=paid)
            self.nothing(order, self.row(self.gifts, 50, code="FREE"))
            order = self.send(self.sold(self.wallet_article), total=0)
            self.nothing(order, self.row(self.wallet, 50, partner_id=self.hans.id))

    def test_a_paid_top_up_once_and_at_most(self):
        order = self.send(self.sold(self.gift_article), paid=50)
        rows = {**self.row(self.gifts, 5000, -1, code="MINE"), **self.row(self.gifts, 50, -2)}
        for _time in range(2):
            order.confirm_coupon_programs(rows)
        made = self.env["loyalty.card"].search([("program_id", "=", self.gifts.id)])
        self.assertEqual(sum(made.mapped("points")), 50)
        self.assertIn("MINE", made.mapped("code"))
        order = self.send(self.sold(self.wallet_article, 2), paid=100)
        for _time in range(2):
            order.confirm_coupon_programs(self.row(self.wallet, 5000, partner_id=self.anna.id))
        wallet = self.env["loyalty.card"].search([("program_id", "=", self.wallet.id)])
        self.assertEqual((wallet.points, wallet.partner_id), (100, self.hans))

    def test_a_negative_line_tops_nothing_up(self):
        order = self.send(self.sold(self.wallet_article), self.sold(self.case, price=-50))
        self.nothing(order, self.row(self.wallet, 50))

    def test_points_for_money_received(self):
        """An order of 500.00 for which nothing, or a fifth, was paid earns no more than that."""
        self.nothing(self.send(self.sold(self.case, 50), total=0), self.row(self.loyalty, 500))
        order = self.send(self.sold(self.case, 50), paid=100)
        order.confirm_coupon_programs(self.row(self.loyalty, 500))
        card = self.env["loyalty.card"].search([("program_id", "=", self.loyalty.id)])
        self.assertEqual((card.points, card.partner_id), (100, self.hans))
        order = self.send(self.sold(self.case), paid=10)
        order.confirm_coupon_programs(self.row(self.loyalty, 4000, card.id))
        self.assertEqual(card.points, 110)

    def test_cards_of_others(self):
        """Another customer's card, another program's, one of ours."""
        strange = self.env["loyalty.card"].create(
            {"program_id": self.loyalty.id, "partner_id": self.anna.id, "points": 7}
        )
        order = self.send(self.sold(self.case, 5), paid=50)
        self.nothing(order, self.row(self.loyalty, 50, strange.id))
        self.nothing(order, self.row(self.wallet, 50, strange.id))
        self.nothing(order, self.row(self.loyalty, 50, self.given(5).id))
        self.nothing(order, self.row(self.any, 50, -1))
        self.nothing(order, {"x": {"program_id": self.loyalty.id, "points": 5}, "²": 1, "-3": []})

    def test_a_code_of_another_card(self):
        """The code of our voucher, or of a gift card that was sold, is handed out again."""
        voucher = self.new_sold_program("voucher", "Gutschein")._enrol(amount=5, paid=5)
        order = self.send(self.sold(self.gift_article), paid=50)
        order.confirm_coupon_programs(self.row(self.gifts, 50, code=voucher.code))
        self.assertEqual(voucher.points, 5)
        made = self.env["loyalty.card"].search([("program_id", "=", self.gifts.id)])
        self.assertEqual(made.points, 50)

    def test_a_gift_card_is_spent_as_reserved(self):
        gift = self.env["loyalty.card"].create({"program_id": self.gifts.id, "points": 50})
        lines = self.sold(self.case, 5), self.redeemed(gift, 50)
        order = self.send(*lines, total=0)
        order.confirm_coupon_programs(self.row(self.gifts, -50, gift.id, line_codes=["abc"]))
        self.assertEqual(gift.points, 50)
        self.told("Redeemed without right")
        uuid = str(uuid4())
        self.prepare(uuid, (gift, 50, gift.code))
        order = self.send(*lines, uuid=uuid)
        # The till says that it cost nothing, or far too much.
        order.confirm_coupon_programs(self.row(self.gifts, 1000, gift.id, line_codes=["abc"]))
        self.assertEqual((gift.points, gift.held), (0, 0))
        order.confirm_coupon_programs(self.row(self.gifts, 1000, gift.id))
        self.assertEqual(gift.points, 0)

    def test_a_till_burns_no_points(self):
        card = self.env["loyalty.card"].create(
            {"program_id": self.loyalty.id, "partner_id": self.hans.id, "points": 70}
        )
        order = self.send(self.sold(self.case), paid=10)
        order.confirm_coupon_programs(self.row(self.loyalty, -70, card.id))
        self.assertEqual(card.points, 70)
