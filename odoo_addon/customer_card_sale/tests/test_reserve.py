from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestReserve(CardSaleCase):
    """A quotation reserves what it redeems, and gives it back when it does not any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._sold_program("stored_value", name="Guthaben")
        cls.enrolment = cls._credit(cls.meier, 30, cls.program)
        cls.goods = cls._product("Ware", 20.0)

    def _redeeming(self):
        order = self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        return order

    def test_reserved_from_the_line_on(self):
        """AX-19, I10: 20 of 30 reserved; the next quotation sees 10 and gets 10."""
        first = self._redeeming()
        self.assertEqual(self.enrolment.held, 20)
        second = self._quote(self.meier, self.goods)
        self.assertEqual(second.card_credit, 10)
        second.action_redeem_credit()
        self.assertAlmostEqual(second.amount_total, 10)
        self.assertEqual(self.enrolment.held, 30)
        self.assertEqual(self._quote(self.meier, self.goods).card_credit, 0)
        first.order_line[0].product_uom_qty = 2
        first.apply_card_programs()
        self.assertAlmostEqual(first.amount_total, 20)
        self.assertEqual(self.enrolment.held, 30)

    def test_who_cannot_redeem_reads_which_quotation_reserves(self):
        """I10: the amount and the number of the other quotation; nothing to say in its own."""
        order = self._redeeming()
        said = self.enrolment._reserved_text("another order")
        self.assertRegex(said, f"Guthaben: .*20.00 reserved .Quotation {order.name}.")
        self.assertEqual(self.enrolment._reserved_text(order._hold_key(self.enrolment)), "")

    def test_it_follows_the_line(self):
        """I10: the article becomes cheaper: 20, then 8 reserved; removed: 0."""
        order = self._redeeming()
        order.order_line = [Command.update(order.order_line[0].id, {"price_unit": 8})]
        self.assertEqual(self.enrolment.held, 8)
        order.order_line.filtered("coupon_id").unlink()
        self.assertEqual(self.enrolment.held, 0)

    def test_cancelled_and_deleted(self):
        """I10: a salesman cancels: free; set to draft it starts anew; deleted: free."""
        order = self._redeeming()
        order.action_cancel()
        self.assertEqual(self.enrolment.held, 0)
        order.action_draft()
        self.assertEqual(self.enrolment.held, 0)
        order.action_redeem_credit()
        self.assertEqual(self.enrolment.held, 20)
        manager = new_test_user(self.env, "s_manager", groups="sales_team.group_sale_manager")
        order.with_user(manager).unlink()
        self.assertEqual(self.enrolment.held, 0)

    def test_until_the_last_day_of_the_quotation(self):
        """I10: valid until 24.12.: reserved until the shop's midnight, then free by itself."""
        order = self._redeeming()
        order.validity_date = "2026-12-24"
        hold = self.enrolment.hold_ids.filtered(lambda hold: hold.state == "open")
        self.assertEqual(str(hold.expires_at), "2026-12-24 23:00:00")
        with freeze_time("2026-12-24 22:30:00"):
            self._release_due()
            self.assertEqual(self.enrolment.held, 20)
        with freeze_time("2026-12-24 23:30:00"):
            self._release_due()
            self.assertEqual(self.enrolment.held, 0)

    def _release_due(self):
        """What the scheduled action does for each card; it commits, which a test cannot."""
        self.enrolment._lock()
        self.enrolment._release_due("")

    def test_an_expired_quotation_is_confirmed_if_the_credit_is_still_there(self):
        """I10: nobody took the credit: 20 are spent, whatever the date says."""
        order = self._redeeming()
        order.validity_date = self._today() - timedelta(days=1)
        self.assertEqual(self.enrolment.held, 0)
        order.action_confirm()
        self.assertEqual((self.enrolment.points, self.enrolment.held), (10, 0))

    def test_an_expired_quotation_whose_credit_is_gone(self):
        """I10: another quotation has it now: refused, naming that one; nothing half booked."""
        order = self._redeeming()
        order.validity_date = self._today() - timedelta(days=1)
        other = self._quote(self.meier, self._product("Teuer", 30.0))
        other.action_redeem_credit()
        with self.assertRaisesRegex(BalanceTooLow, other.name), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual((order.state, self.enrolment.points), ("draft", 30))

    def test_confirmed_it_is_spent(self):
        """Law 6: the reservation is spent, the entry names the order, nothing is overdrawn."""
        order = self._redeeming()
        order.action_confirm()
        hold = self.enrolment.hold_ids.ensure_one()
        self.assertEqual(
            (hold.state, self.enrolment.held, self.enrolment.points), ("captured", 0, 10)
        )
        entry = self.enrolment.entry_ids.sorted("sequence")[-1]
        self.assertEqual((entry.delta, entry.origin_name), (-20, order.name))
        self.assertFalse(entry.overdrawn)

    def test_two_orders_confirmed_together(self):
        """Law 6: natively two quotations over 30 each are confirmed together and leave -30."""
        orders = self.env["sale.order"].with_user(self.seller)
        for _order in range(2):
            order = self._quote(self.meier, self._product("Teuer", 30.0))
            order.action_redeem_credit()
            orders |= order
        self.assertEqual(sorted(orders.mapped("amount_total")), [0, 30])
        orders.action_confirm()
        self.assertEqual(self.enrolment.points, 0)

    def test_two_forged_orders_confirmed_together(self):
        """Law 6: both claim to redeem 30 (no reservation, as from an import): one is refused."""
        orders = self._two_claims(self.enrolment, self.program.reward_ids)
        with self.assertRaises(BalanceTooLow), self.env.cr.savepoint():
            orders.action_confirm()
        orders[:1].action_confirm()
        self.assertEqual(self.enrolment.points, 0)
        with self.assertRaises(BalanceTooLow), self.env.cr.savepoint():
            orders[1:].action_confirm()
        self.assertEqual(self.enrolment.points, 0)

    def _two_claims(self, card, reward):
        orders = self.env["sale.order"].with_user(self.seller)
        for _order in range(2):
            order = self._quote(self.meier, self._product("Teuer", 30.0))
            order.applied_coupon_ids = card
            line = {
                "order_id": order.id,
                "product_id": reward.discount_line_product_id.id,
                "price_unit": -30,
                "reward_id": reward.id,
                "coupon_id": card.id,
                "points_cost": 30,
            }
            # Past the reservation, as an older version's rows would be.
            made = self.env["sale.order.line"].create({**line, "points_cost": 0, "name": "-30"})
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sale_order_line SET points_cost = 30 WHERE id = %s", (made.id,)
            )
            orders |= order
        self.env.invalidate_all()
        return orders

    def test_native_gift_cards_wallets_and_points_reserve_too(self):
        """Law 6: Odoo's own wallet: 20 of 30 in the first quotation, 10 left for the second."""
        templates = self.env["loyalty.program"]._get_template_values()
        native = self.env["loyalty.program"].create(templates["ewallet"])
        wallet = self.env["loyalty.card"].create(
            {"program_id": native.id, "partner_id": self.schulz.id, "points": 30}
        )
        orders = self.env["sale.order"].with_user(self.seller)
        for _order in range(2):
            order = self._quote(self.schulz, self.goods)
            order._update_programs_and_rewards()
            order._apply_program_reward(native.reward_ids, wallet)
            orders |= order
        self.assertEqual(orders.mapped("amount_total"), [0, 10])
        self.assertEqual(wallet.held, 30)
        orders.action_confirm()
        self.assertEqual((wallet.points, wallet.held), (0, 0))

    def test_points_are_reserved(self):
        """Law 6: 500 points in two quotations: the first takes 500 for 5.00, the second none."""
        points = self._sold_program("points", name="Punkte")
        account = points._enrol(partner=self.schulz)
        account._post(500, key="test:points", reason="correction")
        first, second = (self._quote(self.schulz, self.goods) for _order in range(2))
        for order in (first, second):
            order._update_programs_and_rewards()
        first._apply_program_reward(points.reward_ids, account)
        self.assertAlmostEqual(first.amount_total, 15)
        self.assertEqual(account.held, 500)
        self.assertFalse(second._get_claimable_rewards())
        first.action_confirm()
        self.assertEqual((account.points, account.held), (0, 0))

    def test_a_reservation_of_the_point_of_sale_counts(self):
        """Law 6: 25 of 30 are reserved at a till: the quotation sees 5."""
        self.enrolment._reserve(25, kind="pos", key="pos.order:test")
        order = self._quote(self.meier, self.goods)
        self.assertEqual(order.card_credit, 5)
        order.action_redeem_credit()
        self.assertAlmostEqual(order.amount_total, 15)

    def test_the_quotation_stays_editable_when_nothing_is_redeemed(self):
        """I10: no redemption, no reservation, no row touched."""
        seq = self.enrolment.entry_seq
        order = self._quote(self.meier, self.goods)
        order.validity_date = fields.Date.add(self._today(), days=3)
        self.assertFalse(self.enrolment.hold_ids)
        self.assertEqual(self.enrolment.entry_seq, seq)
