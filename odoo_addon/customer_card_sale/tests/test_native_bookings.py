"""Native Sales books on cards as a salesman: the ledger follows, and nothing else may do it."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestNativeBookings(CardSaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "card_sales_manager", groups="sales_team.group_sale_manager"
        )
        templates = cls.env["loyalty.program"]._get_template_values()
        cls.wallet_program = cls.env["loyalty.program"].create(templates["ewallet"])
        cls.wallet = cls.env["loyalty.card"].create(
            {"program_id": cls.wallet_program.id, "partner_id": cls.meier.id, "points": 50}
        )

    def _deltas(self):
        self.env.flush_all()
        entries = self.env["loyalty.card.entry"].search(
            [("card_id", "=", self.wallet.id)], order="sequence"
        )
        self.assertAlmostEqual(self.wallet.points, sum(entries.mapped("delta")), 6)
        return entries.mapped("delta")

    def _pay_with_wallet(self):
        order = self._quote(self.meier, self.battery)
        order._update_programs_and_rewards()
        order._apply_program_reward(self.wallet_program.reward_ids, self.wallet)
        order.action_confirm()
        return order

    def test_confirm_and_cancel_keep_the_ledger(self):
        """Law 1 and 3: confirming spends, cancelling gives back."""
        order = self._pay_with_wallet()
        self.assertEqual(self._deltas(), [50, -10])
        entry = self.env["loyalty.card.entry"].search([("card_id", "=", self.wallet.id)], limit=1)
        self.assertEqual((entry.origin_name, entry.user_id), (order.name, self.seller))
        # native cancelling deletes rows that only a sales manager may delete
        order.with_user(self.manager)._action_cancel()
        self.assertEqual(self._deltas(), [50, -10, 10])

    def test_sold_gift_card_of_a_cancelled_order_stays(self):
        """Law 3: native code deletes the gift card when its sale is cancelled; ours is archived."""
        templates = self.env["loyalty.program"]._get_template_values()
        program = self.env["loyalty.program"].create(templates["gift_card"])
        product = self.env.ref("loyalty.gift_card_product_50")
        program.rule_ids.product_ids = product
        product.taxes_id = False
        order = self._quote(self.meier, product)
        order._update_programs_and_rewards()
        order.with_context(loyalty_no_mail=True, action_no_send_mail=True).action_confirm()
        gift = order.coupon_point_ids.coupon_id.filtered(lambda card: card.program_id == program)
        self.assertEqual(gift.points, 50)
        order.with_user(self.manager)._action_cancel()
        self.assertTrue(gift.exists())
        self.assertEqual((gift.points, gift.active), (0, False))
        self.assertEqual(gift.entry_ids.sorted("sequence").mapped("delta"), [50, -50])

    def test_salesman_forges_nothing(self):
        """Law 8: neither the balance itself nor a reward's price on a confirmed order."""
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.wallet.with_user(self.seller).write({"points": 1000})
        order = self._pay_with_wallet()
        line = order.order_line.filtered("reward_id").with_user(self.seller)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.write({"points_cost": -1000})
        self.assertEqual(self._deltas(), [50, -10])
