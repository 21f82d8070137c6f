from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestVouchers(CardSaleCase):
    """Vouchers work by their code and by a card; a discount voucher works once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._sold_program("voucher", name="Zahlungsgutschein")
        cls.coupons = cls.env["loyalty.program"].create(
            {
                "name": "Rabattgutschein",
                "kind": "coupon",
                "line_ids": [
                    Command.create({"discount_id": cls._discount(10, applies_to="all").id})
                ],
            }
        )
        cls.goods = cls._product("Ware", 50.0)

    def _enter(self, order, code):
        """The seller types a code into Odoo's own dialog."""
        wizard = self.env["sale.loyalty.coupon.wizard"].with_user(self.seller)
        return wizard.create({"order_id": order.id, "coupon_code": code}).action_apply()

    def _voucher(self, amount, program=None):
        """A voucher of nobody in particular."""
        program = program or self.program
        return program._enrol(amount=amount, paid=amount, key=f"test:{next(self.numbers)}")

    def test_a_voucher_works_by_its_code(self):
        """AP-21, AS-13: 50.00 sold, 20.00 redeemed by whoever has the code: 30.00 are left."""
        self._sell(self.schulz, self.program, price_unit=50.0)
        voucher = self._live(self.program)
        order = self._quote(self.meier, self.battery, self.cloth)
        action = self._enter(order, voucher._clear_code())
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertAlmostEqual(order.amount_total, 0)
        self.assertEqual(voucher.held, 20)
        order.action_confirm()
        self.assertEqual((voucher.points, voucher.paid, voucher.held), (30, 30, 0))

    def test_the_code_as_people_type_it(self):
        """AP-21: lower case and without hyphens."""
        voucher = self._voucher(20)
        order = self._quote(self.meier, self.goods)
        self._enter(order, voucher._clear_code().lower().replace("-", ""))
        self.assertAlmostEqual(order.amount_total, 30)

    def test_a_voucher_works_by_an_inserted_card(self):
        """AP-21: the voucher hangs on a card without holder; inserted, it is one click away."""
        card_type = self.env["customer.card.type"].create(
            {
                "name": "Gutscheinkarte",
                "holder_type": "bearer",
                "sequence_id": self.env.ref("customer_card.sequence_customer_card").id,
            }
        )
        card = self.env["customer.card"].create({"card_type_id": card_type.id})
        voucher = self.program._enrol(customer_card=card, amount=25, paid=25, key="test:card")
        self.assertEqual(self._quote(self.meier, self.goods).card_credit, 0)
        order = self._quote(self.meier, self.goods, customer_card_id=card.id)
        self.assertEqual(order.card_credit, 25)
        order.action_redeem_credit()
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 25)
        self.assertEqual(voucher.points, 0)

    def test_used_up_blocked_over_unknown(self):
        """AP-21: each is refused with its reason, and nothing stays behind in the quotation."""
        voucher = self._voucher(20)
        order = self._quote(self.meier, self.goods)
        voucher.blocked = True
        with self.assertRaisesRegex(ValidationError, "blocked or over"), self.env.cr.savepoint():
            self._enter(order, voucher._clear_code())
        voucher.write({"blocked": False, "expiration_date": self._today() - timedelta(days=1)})
        with self.assertRaisesRegex(ValidationError, "blocked or over"), self.env.cr.savepoint():
            self._enter(order, voucher._clear_code())
        voucher.write({"expiration_date": False})
        voucher._post(-20, key="test:used", reason="correction")
        with self.assertRaisesRegex(ValidationError, "already been used"), self.env.cr.savepoint():
            self._enter(order, voucher._clear_code())
        with self.assertRaisesRegex(ValidationError, "invalid"), self.env.cr.savepoint():
            self._enter(order, "NONE-SUCH")
        self.assertFalse(order.applied_coupon_ids)

    def test_point_of_sale_only(self):
        """AP-22: the code of a voucher for the point of sale is refused in a quotation."""
        self.program.redeem_channel = "pos"
        voucher = self._voucher(20)
        order = self._quote(self.meier, self.goods)
        with self.assertRaisesRegex(ValidationError, "point of sale only"):
            self._enter(order, voucher._clear_code())

    def test_only_in_one_quotation(self):
        """AP-23, I10: in A; B is refused naming A; free by removal, cancel and expiry."""
        self.program.one_quotation = True
        voucher = self._voucher(50)
        first, second = (self._quote(self.meier, self.battery) for _order in range(2))
        self._enter(first, voucher._clear_code())
        self._refused_naming(first, second, voucher)
        self._line(first, voucher.program_id.reward_ids.discount_line_product_id).unlink()
        self._enter(second, voucher._clear_code())
        self._refused_naming(second, first, voucher)
        second.action_cancel()
        self._enter(first, voucher._clear_code())
        first.validity_date = self._today() - timedelta(days=1)
        third = self._quote(self.meier, self.battery)
        self._enter(third, voucher._clear_code())
        self.assertEqual(voucher.held, 10)
        self._refused_naming(third, self._quote(self.meier, self.battery), voucher)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            first._redeem(voucher)

    def _refused_naming(self, user, other, voucher):
        with self.assertRaisesRegex(ValidationError, user.name), self.env.cr.savepoint():
            self._enter(other, voucher._clear_code())
        self.assertAlmostEqual(other.amount_total, 10)

    def test_a_confirmed_order_is_a_quotation_it_was_in(self):
        """AP-23: confirmed with 10 of 50: the rest goes into no other quotation."""
        self.program.one_quotation = True
        voucher = self._voucher(50)
        order = self._quote(self.meier, self.battery)
        self._enter(order, voucher._clear_code())
        order.action_confirm()
        self.assertEqual(voucher.points, 40)
        self._refused_naming(order, self._quote(self.meier, self.battery), voucher)
        order.action_cancel()
        self._enter(self._quote(self.meier, self.battery), voucher._clear_code())

    def test_two_lines_of_one_voucher(self):
        """AP-23: a voucher entered twice into the same quotation stands there once."""
        voucher = self._voucher(20)
        order = self._quote(self.meier, self.goods)
        self._enter(order, voucher._clear_code())
        with self.assertRaisesRegex(ValidationError, "part of this quotation already"):
            self._enter(order, voucher._clear_code())

    def test_a_discount_voucher_works_once(self):
        """AS-10: 50.00 becomes 45.00; the second use is refused; no liability is booked."""
        coupon = self._voucher(0, self.coupons)
        first, second = (self._quote(self.meier, self.goods) for _order in range(2))
        self._enter(first, coupon._clear_code())
        self.assertAlmostEqual(first.amount_total, 45)
        with self.assertRaisesRegex(ValidationError, first.name), self.env.cr.savepoint():
            self._enter(second, coupon._clear_code())
        first.action_confirm()
        self.assertEqual((coupon.points, coupon.paid, coupon.bonus), (0, 0, 0))
        with self.assertRaisesRegex(ValidationError, "been used"), self.env.cr.savepoint():
            self._enter(second, coupon._clear_code())
        self.assertAlmostEqual(second.amount_total, 50)

    def test_a_discount_voucher_of_a_cancelled_order_works_again(self):
        """AS-10: confirmed, cancelled: 45.00 in the next quotation."""
        coupon = self._voucher(0, self.coupons)
        order = self._quote(self.meier, self.goods)
        self._enter(order, coupon._clear_code())
        order.action_confirm()
        order.action_cancel()
        self.assertEqual(coupon.points, 1)
        again = self._quote(self.meier, self.goods)
        self._enter(again, coupon._clear_code())
        self.assertAlmostEqual(again.amount_total, 45)

    def test_the_customers_own_discount_voucher_is_one_click(self):
        """AS-10: it is not redeemed by itself; the button takes 10 % off."""
        self.coupons._enrol(partner=self.meier)
        order = self._quote(self.meier, self.goods)
        self.assertAlmostEqual(order.amount_total, 50)
        self.assertIn("Rabattgutschein", order.card_coupon_text)
        order.action_redeem_coupon()
        self.assertAlmostEqual(order.amount_total, 45)
        self.assertFalse(order.card_coupon_text)

    def test_a_discount_voucher_does_not_add_to_a_card_discount(self):
        """I29: 20 % on the article itself beats the voucher of 10 % on everything."""
        self._program(self._discount(20, self.goods))._enrol(partner=self.meier)
        coupon = self._voucher(0, self.coupons)
        order = self._quote(self.meier, self.goods)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._enter(order, coupon._clear_code())
        self.assertAlmostEqual(order.amount_total, 40)
        order.order_line = [Command.create({"product_id": self.battery.id})]
        self._enter(order, coupon._clear_code())
        self.assertAlmostEqual(order.amount_total, 49)
