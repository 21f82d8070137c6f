from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestRedeem(CardSaleCase):
    """Paying quotations with credit: the largest amount by one click, less in a dialog."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._sold_program("stored_value", name="Guthaben")

    def _priced_quote(self, price, partner=None, **values):
        product = self._product(f"Ware {price:g}", price)
        return self._quote(partner or self.meier, product, **values)

    def _redeemed(self, order):
        return order.order_line.filtered("coupon_id").mapped("price_total")

    def test_credit_pays_and_the_rest_is_due(self):
        """AX-19: 80.00 of credit, receipt 95.00: 80.00 from the card, 15.00 due, balance 0.00."""
        enrolment = self._credit(self.meier, 80, self.program)
        order = self._priced_quote(95)
        self.assertEqual(order.card_credit, 80)
        self.assertIn("80", order.card_credit_text)
        order.action_redeem_credit()
        self.assertEqual(self._redeemed(order), [-80])
        self.assertAlmostEqual(order.amount_total, 15)
        self.assertEqual(order.card_credit, 0)
        order.action_confirm()
        self.assertEqual((enrolment.points, enrolment.held), (0, 0))

    def test_a_voucher_pays_a_smaller_receipt(self):
        """AX-17: 37.50, receipt 20.00: due 0.00, balance 17.50."""
        voucher = self._credit(self.meier, 37.5, self._sold_program("voucher"))
        order = self._priced_quote(20)
        order.action_redeem_credit()
        self.assertAlmostEqual(order.amount_total, 0)
        order.action_confirm()
        self.assertEqual(voucher.points, 17.5)

    def test_the_largest_possible_amount(self):
        """AP-56: balance 30: receipt 20 takes 20, receipt 50 takes 30."""
        self._credit(self.meier, 30, self.program)
        small = self._priced_quote(20)
        small.action_redeem_credit()
        self.assertEqual(self._redeemed(small), [-20])
        small.action_cancel()
        large = self._priced_quote(50)
        large.action_redeem_credit()
        self.assertEqual(self._redeemed(large), [-30])

    def test_it_follows_the_receipt(self):
        """AP-56: redeemed 20 of 20; another article of 10 is added: 30."""
        self._credit(self.meier, 80, self.program)
        order = self._priced_quote(20)
        order.action_redeem_credit()
        order.order_line = [Command.create({"product_id": self.battery.id})]
        self.assertEqual(self._redeemed(order), [-30])
        self.assertAlmostEqual(order.amount_total, 0)

    def test_credit_in_one_quotation_only(self):
        """EX-05, AP-23, I10: in A; B says so naming A; free by removal, cancel and confirmation."""
        self.program.one_quotation = True
        enrolment = self._credit(self.meier, 80, self.program)
        first, second = self._priced_quote(20), self._priced_quote(30)
        first.action_redeem_credit()
        self.assertFalse(first.card_taken_text)
        self.assertIn(first.name, second.card_taken_text)
        self.assertFalse(second.card_credit_text)
        second.action_redeem_credit()
        self.assertEqual(self._redeemed(second), [])
        with self.assertRaisesRegex(UserError, first.name), self.env.cr.savepoint():
            second._redeem(enrolment)
        first.order_line.filtered("coupon_id").unlink()
        second.invalidate_recordset()
        self.assertFalse(second.card_taken_text)
        second.action_redeem_credit()
        self.assertEqual(self._redeemed(second), [-30])
        second.action_confirm()
        # An account goes on after an order: it is topped up and spent again.
        third = self._priced_quote(20)
        third.action_redeem_credit()
        self.assertEqual((self._redeemed(third), enrolment.points), ([-20], 50))
        third.action_cancel()
        self._priced_quote(10).action_redeem_credit()
        self.assertEqual(enrolment.held, 10)

    def _dialog(self, order):
        return Form(
            self.env["sale.order.redeem"].with_user(self.seller).with_context(active_id=order.id)
        )

    def test_less_is_entered_in_the_dialog(self):
        """AP-56, I15: the dialog proposes 30; 12.50 are entered, reserved and stay 12.50."""
        enrolment = self._credit(self.meier, 30, self.program)
        order = self._priced_quote(50)
        dialog = self._dialog(order)
        self.assertEqual((dialog.maximum, dialog.amount), (30, 30))
        dialog.amount = 12.5
        dialog.save().action_redeem()
        self.assertEqual((self._redeemed(order), enrolment.held), ([-12.5], 12.5))
        order.order_line = [Command.create({"product_id": self.battery.id})]
        self.assertEqual(self._redeemed(order), [-12.5])
        self.assertEqual(order.card_credit, 17.5)
        order.action_redeem_credit()
        self.assertEqual(self._redeemed(order), [-30])
        order.action_confirm()
        self.assertEqual(enrolment.points, 0)

    def test_more_than_possible_is_refused(self):
        """AP-56: 31 of 30, and nothing at all, are refused with the amount that is possible."""
        self._credit(self.meier, 30, self.program)
        order = self._priced_quote(50)
        for amount, sentence in ((31, "At most"), (0, "above zero")):
            dialog = self._dialog(order)
            dialog.amount = amount
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                dialog.save().action_redeem()
        self.assertFalse(self._redeemed(order))

    def test_the_line_carries_the_voucher_article(self):
        """AP-55: product, name and negative amount of the program's own article."""
        article = self._product("Einlösung Guthaben", 0, type="service")
        self.program.redeem_product_id = article
        self._credit(self.meier, 30, self.program)
        order = self._priced_quote(50)
        order.action_redeem_credit()
        line = self._line(order, article)
        self.assertEqual((line.name, line.price_unit), ("Einlösung Guthaben", -30))

    def test_credit_given_today_is_redeemed_next_week(self):
        """AP-20: 25.00 assigned, 25.00 redeemed a week later."""
        enrolment = self._credit(self.meier, 25, self.program)
        enrolment.valid_from = self._today() - timedelta(days=7)
        order = self._priced_quote(25)
        order.action_redeem_credit()
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 0)
        self.assertEqual(enrolment.points, 0)

    def test_where_a_program_can_be_redeemed(self):
        """AP-22: everywhere and quotations only: yes; point of sale only: not offered, refused."""
        enrolment = self._credit(self.meier, 30, self.program)
        for channel, amount in (("both", 30), ("sale", 30), ("pos", 0)):
            with self.subTest(channel):
                self.program.redeem_channel = channel
                order = self._priced_quote(50)
                self.assertEqual(order.card_credit, amount)
                order.action_redeem_credit()
                self.assertEqual(self._redeemed(order), [-30] if amount else [])
                order.action_cancel()
        with self.assertRaisesRegex(UserError, "point of sale only"), self.env.cr.savepoint():
            self._priced_quote(50)._redeem(enrolment)

    def test_the_channel_changes_while_the_quotation_is_open(self):
        """AP-22: redeemed, then set to point of sale only: the confirmation takes it off."""
        enrolment = self._credit(self.meier, 30, self.program)
        order = self._priced_quote(50)
        order.action_redeem_credit()
        self.program.redeem_channel = "pos"
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 50)
        self.assertEqual((enrolment.points, enrolment.held), (30, 0))

    def test_credit_cannot_buy_credit(self):
        """AX-20: 115 of credit do not pay for the next 100: only the battery is paid with them."""
        sold = self._sold_program("stored_value", price=100.0, preset_amount=115.0)
        self._credit(self.meier, 115, self.program)
        order = self._quote(self.meier, sold.sale_product_id, self.battery)
        order.action_redeem_credit()
        self.assertEqual(self._redeemed(order), [-10])
        with self.assertRaisesRegex(UserError, "Nothing of this order"), self.env.cr.savepoint():
            only = self._quote(self.meier, sold.sale_product_id)
            only._redeem(self._live(self.program))

    def test_what_ends_first_is_spent_first(self):
        """AP-56: two credits, 20 ending next month and 50 without end; receipt 40: 20 and 20."""
        endless = self._credit(self.meier, 50, self.program)
        ending = self._credit(self.meier, 20, self._sold_program("voucher", term_months=1))
        order = self._priced_quote(40)
        order.action_redeem_credit()
        order.action_confirm()
        self.assertEqual((ending.points, endless.points), (0, 30))

    def test_blocked_over_or_somebody_elses(self):
        """AX-19: no credit of a blocked or ended program, and none of another customer."""
        enrolment = self._credit(self.meier, 30, self.program)
        self.assertEqual(self._priced_quote(50, self.schulz).card_credit, 0)
        with self.assertRaisesRegex(UserError, "belongs to somebody else"):
            self._priced_quote(50, self.schulz)._redeem(enrolment)
        enrolment.blocked = True
        self.assertEqual(self._priced_quote(50).card_credit, 0)
        enrolment.write({"blocked": False, "expiration_date": self._today() - timedelta(days=1)})
        self.assertEqual(self._priced_quote(50).card_credit, 0)

    def test_another_customer_takes_the_redemption_off(self):
        """AX-19: the quotation goes to somebody else: the line goes, the credit is free again."""
        enrolment = self._credit(self.meier, 30, self.program)
        self._credit(self.schulz, 5, self.program)
        order = self._priced_quote(50)
        order.action_redeem_credit()
        order.partner_id = self.schulz
        self.assertAlmostEqual(order.amount_total, 50)
        self.assertEqual(enrolment.held, 0)

    def test_cancelling_gives_back_to_the_bucket_it_came_from(self):
        """AX-19, I3: 115 of which 15 bonus; 110 spent and cancelled: 100 paid and 15 bonus."""
        enrolment = self.program._enrol(partner=self.meier, amount=115, paid=100, key="test:115")
        order = self._priced_quote(110)
        order.action_redeem_credit()
        order.action_confirm()
        self.assertEqual((enrolment.paid, enrolment.bonus), (0, 5))
        order.action_cancel()
        self.assertEqual((enrolment.points, enrolment.paid, enrolment.bonus), (115, 100, 15))

    def test_five_programs_on_one_card(self):
        """AX-03: discount, battery, article, credit, warranty: all active, each its own counter."""
        repairs = self.env["product.category"].create({"name": "Reparatur"})
        repair = self._product("Reparatur", 89.0, categ_id=repairs.id)
        capsule = self._product("Trockenkapsel", 5.0)
        whole = self._discount(100, applies_to="category", category_ids=[Command.set(repairs.ids)])
        counters = [
            self._sold_program(
                "bonus_item",
                insert_action="decrease",
                line_ids=[Command.create({"product_id": product.id, "quantity": quantity})],
            )
            for product, quantity in ((self.battery, 72), (capsule, 12))
        ]
        programs = [
            self._program(self._discount(10, self.cloth), card_required=True),
            *counters,
            self.program,
            self._program(whole, card_required=True, name="Garantie"),
        ]
        card = self._card(self.meier, *programs)
        self.program._enrol(partner=self.meier, customer_card=card, amount=50, paid=50, key="t:50")
        order = self._quote(self.meier, self.cloth, repair, customer_card_id=card.id)
        self.assertEqual(order.card_program_ids, self.env["loyalty.program"].union(*programs))
        self.assertAlmostEqual(order.amount_total, 9)
        batteries, capsules = (program.coupon_ids for program in counters)
        credit = self._live(self.program)
        batteries._issue(batteries.allowance_ids, self.battery, 1, key="test:battery")
        self.assertEqual((batteries.points, capsules.points, credit.points), (71, 12, 50))
        order.action_redeem_credit()
        order.action_confirm()
        self.assertEqual((batteries.points, capsules.points, credit.points), (71, 12, 41))

    def test_warranty_needs_the_card_and_ends(self):
        """AX-21, AX-22: with the card 0.00 up to the last day; without it, and after it, 89.00."""
        repairs = self.env["product.category"].create({"name": "Reparatur"})
        repair = self._product("Reparatur", 89.0, categ_id=repairs.id)
        whole = self._discount(100, applies_to="category", category_ids=[Command.set(repairs.ids)])
        warranty = self._program(whole, card_required=True, name="Garantie")
        card = self._card(self.meier, warranty)
        card.enrolment_ids.expiration_date = self._today()
        inserted = self._quote(self.meier, repair, customer_card_id=card.id)
        self.assertAlmostEqual(inserted.amount_total, 0)
        self.assertAlmostEqual(self._quote(self.meier, repair).amount_total, 89)
        card.enrolment_ids.expiration_date = self._today() - timedelta(days=1)
        late = self._quote(self.meier, repair, customer_card_id=card.id)
        self.assertAlmostEqual(late.amount_total, 89)
