from datetime import timedelta
from uuid import uuid4

from odoo.exceptions import AccessError
from odoo.fields import Command, Datetime
from odoo.tests import TransactionCase, new_test_user, tagged

from .doors import Doors


@tagged("post_install", "-at_install")
class TestUnreserved(Doors, TransactionCase):
    """F6: redemption captures what was reserved for this order, of this program, at most that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()
        cls.points = cls.env["loyalty.program"].create({"name": "Punkte", "kind": "points"})

    def untouched(self, account, *lines, **values):
        before = account.points
        order = self.send(*lines, **values)
        self.assertEqual((account.points, order.state), (before, "paid"))
        self.told("Redeemed without right")
        return order

    def reserved(self, account, amount, partner=None, uuid=None):
        uuid = uuid or str(uuid4())
        answer = self.prepare(uuid, (account, amount), partner=partner or self.hans)
        self.assertFalse(answer["refusal"])
        return uuid

    def test_the_reward_of_another_program(self):
        """F6: the reward of stored value with a points account: was 50.00 for 50 points."""
        points, money = self.points._enrol(self.hans), self.given(50)
        points._post(5000, key="test:points", reason="grant")
        uuid = self.reserved(points, 50)
        line = {**self.redeemed(money, 50), "coupon_id": points.id}
        self.untouched(points, self.sold(self.case, 5), line, uuid=uuid)
        self.assertEqual(money.points, 50)

    def test_without_a_reservation_by_name(self):
        self.untouched(
            account := self.given(50), self.sold(self.case, 5), self.redeemed(account, 50)
        )

    def test_what_prepare_refused_is_not_spent(self):
        """F6: card required, quotations only, blocked, over, archived: all were spent."""
        account = self.given(50)
        lines = self.sold(self.case, 5), self.redeemed(account, 50)
        yesterday = account._today(self.env.company) - timedelta(days=1)
        for record, values in (
            (self.any, {"card_required": True}),
            (self.any, {"redeem_channel": "sale"}),
            (account, {"blocked": True}),
            (account, {"expiration_date": yesterday}),
            (self.any, {"active": False}),
        ):
            before = {name: record[name] for name in values}
            record.write(values)
            uuid = str(uuid4())
            self.assertTrue(self.prepare(uuid, (account, 50), partner=self.hans)["refusal"])
            self.untouched(account, *lines, uuid=uuid)
            record.write(before)

    def test_blocked_between_reservation_and_payment(self):
        account = self.given(50)
        uuid = self.reserved(account, 50)
        account.blocked = True
        self.untouched(account, self.sold(self.case, 5), self.redeemed(account, 50), uuid=uuid)
        account.blocked = False

    def test_at_most_what_is_reserved(self):
        account = self.given(50)
        uuid = self.reserved(account, 10)
        self.send(self.sold(self.case, 5), self.redeemed(account, 50, points=1), uuid=uuid)
        self.assertEqual(account.points, 40)
        self.told("40.00")

    def test_a_reservation_serves_one_order_of_its_customer(self):
        account = self.given(50)
        uuid = self.reserved(account, 20)
        lines = self.sold(self.case, 2), self.redeemed(account, 20)
        self.untouched(account, *lines, uuid=uuid, partner=self.anna)
        other = self.reserved(account, 20)
        self.send(*lines, uuid=other)
        self.assertEqual(account.points, 30)

    def test_a_released_reservation_is_none(self):
        account = self.given(50)
        uuid = self.reserved(account, 50)
        self.orders.release_card_payment(uuid)
        self.untouched(account, self.sold(self.case, 5), self.redeemed(account, 50), uuid=uuid)

    def test_a_reservation_that_ran_out_is_made_anew(self):
        """The customer's terminal was slow: the server had reserved it, and it is still there."""
        account = self.given(50)
        uuid = self.reserved(account, 50)
        account.hold_ids.expires_at = Datetime.now() - timedelta(minutes=1)
        account._cron_release_holds()
        self.assertEqual(account.held, 0)
        self.send(self.sold(self.case, 5), self.redeemed(account, 50), uuid=uuid)
        self.assertEqual(account.points, 0)

    def test_a_discount_voucher_is_used_whole(self):
        """A hundredth of a use is reserved."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "applies_to": "all"}
        )
        program = self.new_sold_program(
            "coupon", "Rabatt", line_ids=[Command.create({"discount_id": discount.id})]
        )
        coupon = program._enrol()
        uuid = str(uuid4())
        self.prepare(uuid, (coupon, 0.01, coupon._clear_code()))
        self.untouched(coupon, self.sold(self.case, 5), self.redeemed(coupon, 5), uuid=uuid)

    def test_balances_of_others(self):
        """F10: a till learns nothing of cards that it may not spend."""
        account = self.given(50, self.anna)
        answer = self.prepare(str(uuid4()), (account, 1), partner=self.hans)
        self.assertEqual(answer["points"], {})
        company = self.env["res.company"].create({"name": "Andere"})
        abroad = self.new_sold_program("stored_value", "Fremd", company_id=company.id)
        foreign = abroad._enrol(self.hans, amount=70, paid=70)
        answer = self.prepare(str(uuid4()), (foreign, 1), partner=self.hans)
        self.assertEqual((answer["points"], answer["held"]), ({}, False))
        cards = self.env["loyalty.card"].with_user(self.cashier)
        rows = cards.get_pos_balances(self.hans.id, False)
        self.assertNotIn("Fremd", [row["name"] for row in rows])

    def test_another_currency_is_not_spent_one_to_one(self):
        """F10: a till in dollars, credit in euros."""
        currency = self.env.ref("base.JPY")
        currency.active = True
        program = self.new_sold_program("stored_value", "Yen", currency_id=currency.id)
        account = program._enrol(self.hans, amount=100, paid=100)
        uuid = str(uuid4())
        self.prepare(uuid, (account, 50), partner=self.hans)
        self.untouched(account, self.sold(self.case, 5), self.redeemed(account, 50), uuid=uuid)

    def test_a_new_card_number_that_cannot_be(self):
        """F16: outside its range, taken, too long: the order is paid and the program given."""
        self.env.company.card_assign_at_sale = True
        program = self.new_battery_program()
        for number in ("x" * 300, "99999999999999999999", "-1", "ä", "4711\n"):
            buyer = self.env["res.partner"].create({"name": "Käufer"})
            order = self.send(
                self.sold(program.sale_product_id),
                paid=90,
                partner=buyer,
                new_card=True,
                new_card_number=number,
            )
            self.assertEqual((order.state, self.credit_of(program, buyer)), ("paid", 72))

    def test_no_card_can_be_made_at_all(self):
        """F16: no type of card that may be issued."""
        self.env.company.card_assign_at_sale = True
        self.env["customer.card.type"].search([]).active = False
        program = self.new_battery_program()
        order = self.send(
            self.sold(program.sale_product_id), paid=90, new_card=True, new_card_number="4711"
        )
        self.assertEqual((order.state, self.credit_of(program)), ("paid", 72))

    def test_a_portal_user_reaches_nothing(self):
        portal = new_test_user(self.env, "visitor", groups="base.group_portal")
        account = self.given(50)
        for record, method, arguments in (
            (self.config, "use_coupon_code", (account.code, "2026-01-01 10:00:00", False, False)),
            (self.orders, "prepare_card_payment", (str(uuid4()), {})),
            (self.orders, "validate_coupon_programs", ({}, [])),
            (self.orders, "confirm_coupon_programs", ({},)),
            (account, "get_pos_balances", (self.hans.id, False)),
            (account, "get_pos_enrolments", (self.hans.id, False)),
        ):
            with self.subTest(method), self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(record.with_user(portal), method)(*arguments)
