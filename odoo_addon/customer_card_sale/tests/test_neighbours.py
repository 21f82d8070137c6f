from unittest.mock import patch

from odoo.addons.customer_card_sale import uninstall_hook
from odoo.addons.sale.models.sale_order import SaleOrder as NativeOrder
from odoo.addons.sale_loyalty.models.sale_order_line import SaleOrderLine as NativeLine
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase

POPUP = {"type": "ir.actions.act_window", "res_model": "sale.exception.confirm"}


@tagged("post_install", "-at_install")
class TestNeighbours(CardSaleCase):
    """neighbours, N2 to N12: other people's modules, as far as they can be told without them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls._product("Ware", 95.0)
        cls.enrolment = cls._credit(cls.meier, 80)

    def _stop(self, *answer):
        """Another module stops every confirmation below ours, and answers with its popup."""
        reply = answer[0] if answer else POPUP
        return patch.object(NativeOrder, "action_confirm", lambda orders: reply)

    def _wallet(self, points=80):
        templates = self.env["loyalty.program"]._get_template_values()
        native = self.env["loyalty.program"].create(templates["ewallet"])
        return self.env["loyalty.card"].create(
            {"program_id": native.id, "partner_id": self.schulz.id, "points": points}
        )

    def _redeeming(self, amount=10):
        order = self._quote(self.meier, self.goods)
        order._redeem(self.enrolment, amount)
        return order

    def _paid_by_wallet(self, wallet):
        order = self._quote(self.schulz, self._product("Kleinteil", 10.0))
        order._update_programs_and_rewards()
        order._apply_program_reward(wallet.program_id.reward_ids, wallet)
        return order

    def test_a_confirmation_that_is_stopped(self):
        """N2: credit 80, 10 redeemed, stopped twice, then confirmed: 70 once; cancelled: 80."""
        order = self._redeeming()
        with self._stop():
            for _attempt in range(2):
                self.assertEqual(order.action_confirm(), POPUP)
                self.assertEqual((order.state, self.enrolment.points), ("draft", 80))
                self.assertEqual(self.enrolment.held, 10)
                self.assertLedger()
        order.action_confirm()
        self.assertEqual((self.enrolment.points, self.enrolment.held), (70, 0))
        order.action_cancel()
        self.assertEqual(self.enrolment.points, 80)

    def test_stopped_and_cancelled(self):
        """N2: stopped, then cancelled: 80, nothing reserved."""
        order = self._redeeming()
        with self._stop(None):
            self.assertFalse(order.action_confirm())
        order.action_cancel()
        self.assertEqual((self.enrolment.points, self.enrolment.held), (80, 0))

    def test_native_wallets_are_protected_too(self):
        """N2: Odoo's own e-wallet, 10 of 80, stopped and then confirmed: 70."""
        wallet = self._wallet()
        order = self._paid_by_wallet(wallet)
        with self._stop():
            order.action_confirm()
            self.assertEqual((wallet.points, wallet.held), (80, 10))
        order.action_confirm()
        self.assertEqual((wallet.points, wallet.held), (70, 0))

    def test_a_native_gift_card_is_not_sent_before_it_is_sold(self):
        """N2: a sold gift card has no value, and no mail, while its order is stopped."""
        templates = self.env["loyalty.program"]._get_template_values()
        native = self.env["loyalty.program"].create(templates["gift_card"])
        order = self._quote(self.schulz, native.rule_ids.product_ids[:1])
        order.order_line.price_unit = 50
        order._update_programs_and_rewards()
        sent = []
        self.patch(
            type(self.env["loyalty.card"]),
            "_send_creation_communication",
            lambda cards, force_send=False: sent.append(cards),
        )
        with self._stop():
            order.action_confirm()
            self.assertFalse(sum(native.coupon_ids.mapped("points")))
            self.assertFalse([cards for cards in sent if cards])

    def test_several_at_once_answer_as_others_do(self):
        """N11: two quotations confirmed together: the answer is the other module's popup."""
        orders = self._redeeming() | self._quote(self.schulz, self.goods)
        with self._stop():
            self.assertEqual(orders.action_confirm(), POPUP)
        self.assertEqual(self.enrolment.points, 80)

    def test_claimed_by_a_module(self):
        """N4, AP-30: what claims everything takes no credit and no points; discounts come."""
        self._give(10, self.goods)
        points = self._sold_program("points")._enrol(partner=self.meier)
        points._post(500, key="test:claimed", reason="correction")
        order = self._quote(self.meier, self.goods).with_context(skip_auto_refresh_coupons=True)
        self._claim_all(order)
        self.assertAlmostEqual(order.amount_total, 85.5)
        order._redeem(self.enrolment, 12.5)
        self._claim_all(order)
        self.assertAlmostEqual(order.amount_total, 73)
        self.assertEqual(len(order._lines_of(self.enrolment)), 1)

    def _claim_all(self, order):
        """What sale_loyalty_auto_refresh does after each change."""
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            for reward in rewards:
                order._apply_program_reward(reward, coupon)
        order._update_programs_and_rewards()

    def test_asked_by_the_button(self):
        """AP-30: the seller's button still offers points beside such a module."""
        points = self._sold_program("points")._enrol(partner=self.schulz)
        points._post(500, key="test:asked", reason="correction")
        order = self._quote(self.schulz, self.goods).with_context(skip_auto_refresh_coupons=True)
        order.action_open_reward_wizard()
        self.assertAlmostEqual(order.amount_total, 90)

    def test_a_discount_on_all_lines(self):
        """N9: 10 % on all lines of an order that redeems 45.00: 95 less 9.50 less 45.00."""
        order = self._redeeming(45)
        order.order_line.write({"discount": 10})
        self.assertAlmostEqual(order.amount_total, 40.5)
        self.assertEqual(self.enrolment.held, 45)
        self.assertFalse(order._lines_of(self.enrolment).discount)

    def test_a_general_discount_passes_fixed_prices_by(self):
        """N9: a module gives each line 10 %: a program of 100.00 is sold for 100.00."""
        inner = NativeLine._compute_discount

        def general(lines):
            inner(lines)
            for line in lines:
                line.discount = 10

        self.patch(NativeLine, "_compute_discount", general)
        program = self._sold_program("stored_value", price=100.0)
        order = self._quote(self.meier, program.sale_product_id, self.goods)
        self.assertAlmostEqual(order.amount_total, 100 + 85.5)

    def test_uninstalled(self):
        """N6: without this module redemptions are out of quotations, native wallets go on."""
        order = self._redeeming()
        confirmed = self._redeeming(5)
        confirmed.action_confirm()
        wallet = self._wallet()
        paid = self._paid_by_wallet(wallet)
        uninstall_hook(self.env)
        self.assertFalse(order._lines_of(self.enrolment))
        self.assertEqual((self.enrolment.points, self.enrolment.held, wallet.held), (75, 0, 0))
        self.assertEqual(len(confirmed._lines_of(self.enrolment)), 1)
        self.assertTrue(paid._lines_of(wallet))
        cards = self.env["loyalty.card"].with_user(self.seller).sudo(False)
        with self.assertRaises(AccessError):
            cards.browse(wallet.id).write({"points": 70})
        self.patch(type(cards), "_sales_are_guarded", lambda cards: False)
        cards.browse(wallet.id).write({"points": 70})
        self.assertEqual(wallet.points, 70)
        with self.assertRaises(AccessError):
            cards.browse(self.enrolment.id).write({"points": 70})

    def test_a_module_whose_field_changes_lines(self):
        """Kind 1: a field from which lines' amounts are computed recomputes, whoever has it."""
        self._give(10, self.battery)
        order = self._quote(self.meier, self.battery)
        calls = []
        self.patch(type(order), "_auto_apply_card_rewards", lambda orders: calls.append(orders))
        dependent = {"note": [self.env["sale.order.line"]._fields["discount"]]}
        self.patch(
            type(self.env.registry),
            "get_dependent_fields",
            lambda registry, field: dependent.get(field.name, []),
        )
        order.write({"client_order_ref": "A"})
        self.assertFalse(calls)
        order.write({"note": "B"})
        self.assertEqual(calls, [order])

    def test_sections_hold_no_amounts(self):
        """Kind 1: a note of a quotation reckons nothing anew."""
        order = self._quote(self.meier, self.goods)
        calls = []
        self.patch(type(order), "_auto_apply_card_rewards", lambda orders: calls.append(orders))
        order.write({"note": "Nur ein Vermerk"})
        order.order_line.write({"name": "Anders"})
        self.assertFalse(calls)
        order.order_line = [Command.create({"product_id": self.cloth.id})]
        self.assertEqual(calls, [order])
