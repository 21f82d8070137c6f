from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import CardShop


@tagged("post_install", "-at_install")
class TestPosOrder(CardShop, TransactionCase):
    """What a paid order of the point of sale books, and what it does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.program = cls.env["loyalty.program"].create({"name": "Punktekarte", "kind": "points"})
        cls.account = cls.program._enrol(cls.hans)
        cls.account._post(100, key="test:points", reason="grant")
        cls.config = cls.env["pos.config"].create({"name": "Theke 1"})
        cls.config.open_ui()

    def new_order(self, reward_price=0.0, points_cost=0.0, partner=None):
        partner = partner or self.hans
        reward = self.program.reward_ids[:1]
        lines = [(self.case, 10.0, {})]
        if reward_price:
            values = {
                "is_reward_line": True,
                "reward_id": reward.id,
                "coupon_id": self.account.id,
                "points_cost": points_cost,
                "reward_identifier_code": "abc",
            }
            lines.append((reward.discount_line_product_id, reward_price, values))
        return self.env["pos.order"].create(
            {
                "session_id": self.config.current_session_id.id,
                "partner_id": partner.id,
                "amount_tax": 0,
                "amount_total": 10 + reward_price,
                "amount_paid": 10 + reward_price,
                "amount_return": 0,
                "lines": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "qty": 1,
                            "price_unit": price,
                            "price_subtotal": price,
                            "price_subtotal_incl": price,
                            **values,
                        }
                    )
                    for product, price, values in lines
                ],
            }
        )

    def reserve(self, order, points):
        """The till goes to the payment."""
        spend = {"card_id": self.account.id, "points": points}
        values = {"partner_id": self.hans.id, "spends": [spend]}
        self.assertFalse(order.prepare_card_payment(order.uuid, values)["refusal"])

    def coupon_data(self, points):
        return {
            str(self.account.id): {
                "points": points,
                "program_id": self.program.id,
                "coupon_id": self.account.id,
                "partner_id": self.hans.id,
                "line_codes": ["abc"],
            }
        }

    def outbox_rows(self, order):
        return self.env["customer.card.outbox"].search(
            [("model", "=", "pos.order"), ("res_id", "=", order.id)]
        )

    def test_a_paid_order_waits_for_the_worker_once(self):
        order = self.new_order()
        self.assertFalse(self.outbox_rows(order))
        order.action_pos_order_paid()
        row = self.outbox_rows(order)
        self.assertRecordValues(row, [{"stream": "sale", "event": "paid"}])

    def test_redeemed_points_are_booked_with_their_order(self):
        order = self.new_order(reward_price=-0.5, points_cost=50)
        self.reserve(order, 50)
        order.action_pos_order_paid()
        updates = order.confirm_coupon_programs(self.coupon_data(-50))["coupon_updates"]
        self.assertEqual([(one["id"], one["points"]) for one in updates], [(self.account.id, 50)])
        self.assertEqual(self.account.points, 50)
        entry = self.account.entry_ids[0]
        self.assertRecordValues(
            entry,
            [{"delta": -50, "balance": 50, "origin_model": "pos.order", "origin_id": order.id}],
        )
        order.confirm_coupon_programs(self.coupon_data(-50))
        self.assertEqual(self.account.points, 50)

    def test_a_till_cannot_invent_points(self):
        order = self.new_order()
        order.action_pos_order_paid()
        order.confirm_coupon_programs(self.coupon_data(1000))
        self.assertEqual(self.account.points, 100)
        self.assertEqual(len(self.account.entry_ids), 1)

    def test_a_till_cannot_redeem_cheaper_than_the_rate(self):
        order = self.new_order(reward_price=-0.5, points_cost=1)
        self.reserve(order, 50)
        order.action_pos_order_paid()
        order.confirm_coupon_programs(self.coupon_data(-1))
        self.assertEqual(self.account.points, 50)

    def test_another_customers_points_stay_untouched(self):
        order = self.new_order(reward_price=-0.5, points_cost=50, partner=self.anna)
        order.action_pos_order_paid()
        order.confirm_coupon_programs(self.coupon_data(-50))
        self.assertEqual(self.account.points, 100)

    def test_a_refund_at_the_till_takes_points_back(self):
        """The till's refund lines carry positive amounts: 20.00 sold earns 20, refunded 0."""
        self.program.write({"earn_article_percent": 1, "points_per_unit": 100})
        sold = {
            "customer": self.hans.id,
            "date": self.env["loyalty.card"]._today(self.env.company),
            "product": self.case.id,
            "quantity": 2,
            "price": 10,
            "net": 20,
            "gross": 20,
        }
        cards = self.env["loyalty.card"]
        cards._settle_document("pos.order", 4711, [sold])
        self.assertEqual(self.account.points, 120)
        cards._settle_document("pos.order", 4712, [{**sold, "quantity": -2}])
        self.assertEqual(self.account.points, 100)
        office = {**sold, "quantity": -2, "net": -20, "gross": -20}
        cards._settle_document("pos.order", 4713, [office])
        self.assertEqual(self.account.points, 80)
