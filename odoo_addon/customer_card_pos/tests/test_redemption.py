from datetime import timedelta
from uuid import uuid4

from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import PaidOrders


@tagged("post_install", "-at_install")
class TestRedemption(PaidOrders, TransactionCase):
    """Spending at the till: reserved before the payment, booked with the paid order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.credit = cls.new_sold_program("stored_value", "Guthabenkarte")
        cls.seller = new_test_user(cls.env, "pos_seller", groups="point_of_sale.group_pos_user")

    def new_credit(self, amount, paid=None, partner=None):
        paid = amount if paid is None else paid
        return self.credit._enrol(partner or self.hans, amount=amount, paid=paid)

    def new_voucher(self, amount, **values):
        program = self.new_sold_program("voucher", "Gutschein", **values)
        return program._enrol(amount=amount, paid=amount)

    def reserve(self, card, amount, code="", partner=None):
        """Reserve for a new order; return its uuid and what the seller is told."""
        uuid = str(uuid4())
        return uuid, self.prepare(uuid, (card, amount, code), partner=partner)

    def test_spend_a_voucher(self):
        """AX-17: 37.50 on the voucher, receipt 20.00: nothing due, 17.50 left."""
        voucher = self.new_voucher(37.5)
        uuid, answer = self.reserve(voucher, 20, voucher._clear_code().lower())
        self.assertEqual((answer["refusal"], voucher.held), ("", 20))
        order = self.pay(self.sold(self.case, price=20), self.redeemed(voucher, 20), uuid=uuid)
        self.assertEqual((order.amount_total, voucher.points, voucher.held), (0, 17.5, 0))

    def test_spend_credit(self):
        """AX-19: 80.00 on the card, receipt 95.00: 15.00 due, 0.00 left, paid before bonus."""
        account = self.new_credit(80, paid=70)
        uuid, _answer = self.reserve(account, 80, partner=self.hans)
        lines = self.sold(self.case, price=95), self.redeemed(account, 80)
        order = self.pay(*lines, partner=self.hans, uuid=uuid)
        self.assertEqual((order.amount_total, account.points), (15, 0))
        entry = self.last_entry(account)
        self.assertEqual((entry.paid_delta, entry.bonus_delta), (-70, -10))
        self.assertEqual((entry.origin_model, entry.origin_id), ("pos.order", order.id))
        order.action_pos_order_paid()
        self.assertEqual(account.points, 0)

    def test_assigned_credit_is_redeemed_a_week_later(self):
        """AP-20: 25.00 assigned without a sale, 25.00 redeemed later."""
        account = self.new_credit(25, paid=0)
        uuid, answer = self.reserve(account, 25, partner=self.hans)
        self.assertFalse(answer["refusal"])
        self.pay(
            self.sold(self.case, price=25),
            self.redeemed(account, 25),
            partner=self.hans,
            uuid=uuid,
        )
        self.assertEqual(account.points, 0)

    def test_a_voucher_on_a_card_opens_by_the_card(self):
        """AP-21: the card presented for the order opens its voucher, another card does not."""
        card = self.new_card()
        program = self.new_sold_program("voucher", "Gutscheinkarte")
        voucher = program._enrol(customer_card=card, amount=30, paid=30)
        found = self.env["loyalty.card"].get_pos_enrolments(False, card.id, str(uuid4()))
        self.assertEqual([one["id"] for one in found["cards"]], [voucher.id])
        uuid = str(uuid4())
        self.assertIn("does not belong", self.prepare(uuid, (voucher, 30))["refusal"])
        self.assertFalse(self.prepare(uuid, (voucher, 30), card=card)["refusal"])

    def test_a_program_is_redeemed_where_its_channel_allows(self):
        """AP-22: everywhere and till: redeemed here; quotations only: refused, also by code."""
        for channel, allowed in (("both", True), ("pos", True), ("sale", False)):
            with self.subTest(channel=channel):
                self.credit.redeem_channel = channel
                account = self.credit._enrol(self.hans, amount=5, paid=5)
                offered = self.env["loyalty.card"].get_pos_enrolments(self.hans.id, False)
                self.assertEqual(bool(offered["cards"]), allowed)
                _uuid, answer = self.reserve(account, 5, partner=self.hans)
                self.assertEqual(not answer["refusal"], allowed)
        voucher = self.new_voucher(10, redeem_channel="sale")
        answer = self.use_code(voucher._clear_code())
        self.assertIn("quotations only", answer["payload"]["error_message"])

    def use_code(self, code):
        return self.config.use_coupon_code(code, str(Datetime.now()), False, False)

    def test_redeeming_adds_the_programs_own_article(self):
        """AP-55: the line carries the chosen voucher article and its name."""
        article = self.new_product("Gutschein eingelöst", 0)
        article.type = "service"
        voucher = self.new_voucher(30, redeem_product_id=article.id)
        self.assertEqual(voucher.program_id.reward_ids.discount_line_product_id, article)
        self.assertEqual(article.name, "Gutschein eingelöst")

    def test_two_tills_cannot_spend_the_same_money(self):
        """Law 6: two orders want the same 50: the second is told, and gets what is left."""
        account = self.new_credit(50)
        _first, answer = self.reserve(account, 40, partner=self.hans)
        self.assertEqual((answer["refusal"], answer["held"]), ("", True))
        second, answer = self.reserve(account, 50, partner=self.hans)
        self.assertIn("Only 10 left on Guthabenkarte", answer["refusal"])
        self.assertEqual((answer["points"], answer["held"]), ({account.id: 10}, False))
        answer = self.prepare(second, (account, 10), partner=self.hans)
        self.assertEqual((answer["refusal"], account.held), ("", 50))

    def test_native_cards_are_reserved_too(self):
        """Law 6: a native gift card of 50 on two tills; native code would let it fall to -50."""
        program = self.env["loyalty.program"].create_from_template("gift_card")
        program = self.env["loyalty.program"].browse(program["res_id"])
        gift = self.env["loyalty.card"].create({"program_id": program.id, "points": 50})
        uuid, answer = self.reserve(gift, 50, gift.code)
        self.assertFalse(answer["refusal"])
        _other, answer = self.reserve(gift, 50, gift.code)
        self.assertIn("Only 0 left", answer["refusal"])
        lines = self.sold(self.case, price=50), self.redeemed(gift, 50)
        order = self.pay(*lines, uuid=uuid)
        self.assertEqual((gift.held, gift.hold_ids.expires_at), (50, False))
        data = {"points": -50, "program_id": program.id, "coupon_id": gift.id, "line_codes": []}
        order.confirm_coupon_programs({str(gift.id): data})
        self.assertEqual((gift.points, gift.held), (0, 0))

    def test_a_changed_order_changes_its_reservation(self):
        """The same order asks again: more, less, nothing; no second reservation appears."""
        account = self.new_credit(50)
        uuid, _answer = self.reserve(account, 30, partner=self.hans)
        for amount in (50, 20):
            self.prepare(uuid, (account, amount), partner=self.hans)
            self.assertEqual(account.held, amount)
        self.prepare(uuid, partner=self.hans)
        self.assertEqual(account.held, 0)

    def test_a_deleted_order_frees_what_it_reserved(self):
        account = self.new_credit(50)
        line = self.sold(self.case, price=50)
        for end in ("action_pos_order_cancel", "remove"):
            order = self.orders.create(self.order_values(line, state="draft", payment_ids=[]))
            self.prepare(order.uuid, (account, 50), partner=self.hans)
            self.assertEqual(account.held, 50)
            if end == "remove":
                self.orders.remove_from_ui(order.ids)
            else:
                order.action_pos_order_cancel()
            self.assertEqual(account.held, 0)
        uuid, _answer = self.reserve(account, 50, partner=self.hans)
        self.orders.release_card_payment(uuid)
        self.assertEqual(account.held, 0)

    def test_what_another_order_reserves_is_said(self):
        """Law 6: the till says why less can be redeemed than the customer has."""
        account = self.new_credit(50)
        uuid, _answer = self.reserve(account, 30, partner=self.hans)
        offered = self.env["loyalty.card"].get_pos_enrolments
        (seen,) = offered(self.hans.id, False, str(uuid4()))["cards"]
        self.assertIn("30.00 reserved (Point of sale order)", seen["reserved"])
        (own,) = offered(self.hans.id, False, uuid)["cards"]
        self.assertEqual((own["reserved"], own["points"]), ("", 50))

    def test_nothing_is_reserved_when_one_of_two_cards_is_too_low(self):
        """All or nothing: the voucher that would reach is not held back by the order either."""
        account, voucher = self.new_credit(5), self.new_voucher(20)
        uuid = str(uuid4())
        answer = self.prepare(
            uuid, (voucher, 20, voucher._clear_code()), (account, 6), partner=self.hans
        )
        self.assertIn("Only 5 left", answer["refusal"])
        self.assertEqual((account.held, voucher.held), (0, 0))

    def test_an_expired_reservation_is_made_again(self):
        """After 15 minutes others may spend; who pays then is asked again."""
        account = self.new_credit(50)
        first, _answer = self.reserve(account, 50, partner=self.hans)
        account.hold_ids.expires_at = Datetime.now() - timedelta(minutes=1)
        second, answer = self.reserve(account, 50, partner=self.hans)
        self.assertFalse(answer["refusal"])
        self.assertIn(
            "Only 0 left", self.prepare(first, (account, 50), partner=self.hans)["refusal"]
        )
        self.orders.release_card_payment(second)
        self.assertFalse(self.prepare(first, (account, 50), partner=self.hans)["refusal"])

    def test_a_paid_order_whose_reservation_is_gone_is_booked_and_owed(self):
        """Law 6: its reservation had ended and others spent the money: nothing is taken, told."""
        account = self.new_credit(50)
        first, _answer = self.reserve(account, 50, partner=self.hans)
        account.hold_ids.expires_at = Datetime.now() - timedelta(minutes=1)
        second, _answer = self.reserve(account, 30, partner=self.hans)
        lines = self.sold(self.case, price=30), self.redeemed(account, 30)
        self.pay(*lines, partner=self.hans, uuid=second)
        lines = self.sold(self.case, price=50), self.redeemed(account, 50)
        order = self.pay(*lines, partner=self.hans, uuid=first)
        self.assertEqual((order.state, account.points), ("paid", 20))
        self.assertIn("Redeemed without right", self.activities()[0][0])
        self.assertIn("50.00", self.activities()[0][1])

    def test_a_forged_order_spends_nobody_elses_money(self):
        """A till names a card it never had: nothing is booked on it, a manager is told."""
        account = self.new_credit(50)
        lines = self.sold(self.case, price=50), self.redeemed(account, 50)
        self.pay(*lines, partner=self.anna)
        self.assertEqual(account.points, 50)
        self.assertIn("Redeemed without right", self.activities()[0][0])
        _uuid, answer = self.reserve(account, 50, account.code, partner=self.anna)
        self.assertIn("does not belong", answer["refusal"])

    def test_a_voucher_needs_its_code(self):
        voucher = self.new_voucher(20)
        for code in ("", "AAAA-BBBB-CCCC-DDDD"):
            self.assertIn("does not belong", self.reserve(voucher, 20, code)[1]["refusal"])
        self.assertFalse(self.reserve(voucher, 20, voucher._clear_code())[1]["refusal"])

    def test_a_closed_order_reserves_nothing(self):
        account = self.new_credit(50)
        order = self.pay(self.sold(self.case), partner=self.hans)
        with self.assertRaises(AccessError):
            self.prepare(order.uuid, (account, 50), partner=self.hans)

    def test_only_sellers_reserve(self):
        account = self.new_credit(50)
        nobody = new_test_user(self.env, "no_seller", groups="base.group_user")
        orders, spend = self.orders, {"card_id": account.id, "points": 5}
        values = {"partner_id": self.hans.id, "spends": [spend]}
        with self.assertRaises(AccessError):
            orders.with_user(nobody).prepare_card_payment(str(uuid4()), values)
        orders.with_user(self.seller).prepare_card_payment(str(uuid4()), values)
        self.assertEqual(account.held, 5)

    def test_a_blocked_or_ended_account_is_refused_before_payment(self):
        account = self.new_credit(50)
        account.blocked = True
        self.assertIn("cannot be used", self.reserve(account, 5, partner=self.hans)[1]["refusal"])
        account.blocked = False
        account.expiration_date = account._today(self.env.company) - timedelta(days=1)
        self.assertIn("cannot be used", self.reserve(account, 5, partner=self.hans)[1]["refusal"])

    def test_a_discount_voucher_is_used_once(self):
        """AS-10: 10 % off 50.00 once: 45.00 due; the second use is refused; no money booked."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "applies_to": "all"}
        )
        program = self.new_sold_program(
            "coupon", "Rabattgutschein", line_ids=[(0, 0, {"discount_id": discount.id})]
        )
        coupon = program._enrol()
        answer = self.use_code(coupon._clear_code())
        self.assertEqual(answer["payload"]["coupon_id"], coupon.id)
        uuid, answer = self.reserve(coupon, 1, coupon._clear_code())
        self.assertFalse(answer["refusal"])
        lines = self.sold(self.case, price=50), self.redeemed(coupon, 5, points=1)
        order = self.pay(*lines, uuid=uuid)
        self.assertEqual((order.amount_total, coupon.points, coupon.paid), (45, 0, 0))
        self.assertFalse(self.use_code(coupon._clear_code())["successful"])
        self.assertIn("Only 0 left", self.reserve(coupon, 1, coupon._clear_code())[1]["refusal"])

    def test_a_payment_voucher_in_parts(self):
        """AS-13: sold 50.00, 20.00 redeemed: 30.00 left."""
        program = self.new_sold_program("voucher", "Zahlungsgutschein")
        self.pay(self.sold(program.sale_product_id, price=50))
        voucher = self.enrolments(program)
        uuid, _answer = self.reserve(voucher, 20, voucher._clear_code())
        order = self.pay(self.sold(self.case, price=20), self.redeemed(voucher, 20), uuid=uuid)
        self.assertEqual(voucher.points, 30)
        self.assertIn("30.00", order.get_receipt_balances()[0]["left"])

    def test_a_refund_returns_to_the_origin_bucket(self):
        """I3: 80 of 70 paid and 10 bonus spent; 10 then 70 refunded: bonus first, never cash."""
        account = self.new_credit(80, paid=70)
        uuid, _answer = self.reserve(account, 80, partner=self.hans)
        order = self.pay(
            self.sold(self.case, 2, price=40),
            self.redeemed(account, 80),
            partner=self.hans,
            uuid=uuid,
        )
        goods, spent = order.lines
        self.pay(self.refund(goods), self.refund(spent, price=-40), partner=self.hans)
        self.assertEqual((account.points, account.paid, account.bonus), (40, 30, 10))
        again = self.refund(goods), self.refund(spent, price=-40)
        self.pay(*again, partner=self.hans)
        self.assertEqual((account.points, account.paid, account.bonus), (80, 70, 10))

    def test_a_refund_after_a_merge_returns_to_the_account_that_goes_on(self):
        """I3: 70 paid and 10 bonus spent, customers merged, refunded: buckets as before."""
        account = self.new_credit(80, paid=70)
        uuid, _answer = self.reserve(account, 80, partner=self.hans)
        lines = self.sold(self.case, price=80), self.redeemed(account, 80)
        goods, spent = self.pay(*lines, partner=self.hans, uuid=uuid).lines
        twin = self.env["res.partner"].create({"name": "Hans again"})
        kept = account.program_id._enrol(twin, amount=5, paid=5)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.hans | twin).ids, twin
        )
        self.env.invalidate_all()
        self.pay(self.refund(goods), self.refund(spent), partner=twin)
        self.assertEqual((account.points, account.active), (0, False))
        self.assertEqual((kept.points, kept.paid, kept.bonus), (85, 75, 10))

    def test_a_refund_never_returns_more_than_was_spent(self):
        account = self.new_credit(80)
        uuid, _answer = self.reserve(account, 80, partner=self.hans)
        lines = self.sold(self.case, price=95), self.redeemed(account, 80)
        order = self.pay(*lines, partner=self.hans, uuid=uuid)
        goods, spent = order.lines
        self.pay(self.refund(goods), self.refund(spent, price=-90), partner=self.hans)
        self.assertEqual(account.points, 80)

    def test_balances_without_a_sale(self):
        """A balance enquiry names programs, what is left, until when, and why not."""
        self.new_credit(80)
        batteries = self.new_battery_program(term_months=12)._enrol(self.hans)
        batteries.blocked = True
        rows = self.env["loyalty.card"].get_pos_balances(self.hans.id, False)
        left = {row["name"]: (row["left"], row["state_text"]) for row in rows}
        self.assertIn("80.00", left["Guthabenkarte"][0])
        self.assertEqual(left["72 Batterien"], ("72 pieces", "Blocked"))
        self.assertEqual(
            [row["valid_until"] for row in rows if row["name"] == "72 Batterien"],
            [batteries.expiration_date.isoformat()],
        )
        self.assertEqual(self.env["loyalty.card"].get_pos_balances(self.anna.id, False), [])
        self.assertEqual(self.env["loyalty.card"].get_pos_balances(False, False), [])

    def test_a_discount_without_right_is_told(self):
        """AX-22: a till takes off a warranty without the card: booked, a manager is told."""
        program = self.new_discount_program(self.battery_discount, card_required=True)
        program._enrol(self.hans)
        reward = program.reward_ids
        off = self.sold(
            reward.discount_line_product_id, price=-1, is_reward_line=True, reward_id=reward.id
        )
        lines = self.sold(self.battery_10), off
        order = self.pay(*lines, partner=self.hans)
        self.assertEqual((order.state, order.amount_total), ("paid", 9))
        self.assertIn("Discount without right", self.activities()[0][0])
        told = len(self.activities())
        self.pay(*lines, partner=self.hans, customer_card_id=self.new_card().id)
        self.assertEqual(len(self.activities()), told)

    def test_a_card_counts_where_it_was_presented(self):
        """AX-22: only the seller who has the card in hand, and for one order."""
        program = self.new_discount_program(self.battery_discount, card_required=True)
        program._enrol(self.hans)
        card, till = self.new_card(), self.env["customer.till"].create({"name": "Theke"})
        seen = self.env["loyalty.card"].with_user(self.seller)
        first, second = str(uuid4()), str(uuid4())
        self.assertFalse(seen.get_pos_enrolments(self.hans.id, card.id, first)["programs"])
        self.env["customer.card.event"].create(
            {
                "key": "test:presented",
                "till_id": till.id,
                "customer_card_id": card.id,
                "origin": "insert",
                "state": "done",
                "presented_at": Datetime.now(),
                "claimed_by_id": self.seller.id,
                "claimed_at": Datetime.now(),
            }
        )
        for uuid, opens in ((first, True), (second, False), (first, True)):
            found = seen.get_pos_enrolments(self.hans.id, card.id, uuid)["programs"]
            self.assertEqual(bool(found), opens)
