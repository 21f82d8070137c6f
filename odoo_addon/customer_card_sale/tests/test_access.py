from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestAccess(CardSaleCase):
    """What a salesman cannot do, whichever client he calls from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._sold_program("stored_value", name="Guthaben")
        cls.enrolment = cls._credit(cls.meier, 30, cls.program)
        cls.goods = cls._product("Ware", 100.0)

    def _forge(self, order, card, cost, price, reward=None):
        """A salesman writes a redemption line by RPC, as the screen never would."""
        reward = reward or self.program.reward_ids
        order.write(
            {
                "applied_coupon_ids": [Command.link(card.id)],
                "order_line": [
                    Command.create(
                        {
                            "product_id": reward.discount_line_product_id.id,
                            "name": "forged",
                            "price_unit": price,
                            "reward_id": reward.id,
                            "coupon_id": card.id,
                            "points_cost": cost,
                        }
                    )
                ],
            }
        )

    def test_a_forged_line_is_reckoned_anew(self):
        """Law 8: "90.00 paid for 1 point", "-1000 points": the server pays 30.00 for 30.00."""
        for cost, price in ((1, -90), (-1000, -90), (0, -100)):
            with self.subTest(cost=cost), self.env.cr.savepoint() as savepoint:
                order = self._quote(self.meier, self.goods)
                self._forge(order, self.enrolment, cost, price)
                order.action_confirm()
                self.assertAlmostEqual(order.amount_total, 70)
                self.assertEqual((self.enrolment.points, self.enrolment.held), (0, 0))
                savepoint.rollback()

    def test_somebody_elses_credit(self):
        """Law 8: Schulz does not pay with Meier's credit; the forged line goes."""
        self._credit(self.schulz, 5, self.program)
        order = self._quote(self.schulz, self.goods)
        self._forge(order, self.enrolment, 30, -30)
        self.assertAlmostEqual(order.amount_total, 100)
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 100)
        self.assertEqual((self.enrolment.points, self.enrolment.held), (30, 0))

    def test_a_reward_of_another_program(self):
        """Law 8: a generous reward of one program is not paid from the card of another."""
        generous = self._sold_program("points", name="Punkte", points_per_unit=0.01)
        order = self._quote(self.meier, self.goods)
        self._forge(order, self.enrolment, 1, -100, reward=generous.reward_ids)
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 100)
        self.assertEqual(self.enrolment.points, 30)

    def test_amounts_from_a_client_are_only_wishes(self):
        """Law 8: whatever stands in the chosen amounts, no more than the balance is paid."""
        order = self._quote(self.meier, self.goods)
        for wish in ({str(self.enrolment.id): 500}, {str(self.enrolment.id): "x"}, [1], "x"):
            order.card_amounts = wish
            order.action_redeem_credit()
            order._update_programs_and_rewards()
            self.assertAlmostEqual(order.amount_total, 70)

    def test_reservations_and_grants_are_read_only(self):
        """Law 8: a salesman makes, changes and deletes none of them."""
        order = self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        hold = self.enrolment.hold_ids.with_user(self.seller).ensure_one()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            hold.amount = 1
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            hold.unlink()
        grant = self.enrolment.grant_ids.with_user(self.seller)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            grant.state = "undone"

    def test_a_card_that_was_not_presented(self):
        """AX-22: a salesman writes a card number by RPC: refused; with the card it goes."""
        card = self._card(self.meier, self._program(self._discount(10, self.battery)))
        order = self._quote(self.meier, self.battery)
        with self.assertRaisesRegex(UserError, "was not presented"), self.env.cr.savepoint():
            order.customer_card_id = card
        with self.assertRaisesRegex(UserError, "was not presented"), self.env.cr.savepoint():
            self.env["sale.order"].with_user(self.seller).create(
                {"partner_id": self.meier.id, "customer_card_id": card.id}
            )
        self._present(card)
        order.customer_card_id = card
        self.assertEqual(order.customer_card_id, card)

    def test_one_presented_card_serves_one_order(self):
        """AX-22: inserted once, the card does not stay in the seller's hand for the next order."""
        card = self._card(self.meier)
        self._quote(self.meier, self.battery, customer_card_id=card.id)
        order = self._quote(self.meier, self.battery)
        with self.assertRaisesRegex(UserError, "was not presented"), self.env.cr.savepoint():
            order.customer_card_id = card

    def test_a_card_presented_to_another_seller(self):
        """AX-22: what lies on another till's reader is not in this seller's hand."""
        other = new_test_user(self.env, "s_other", groups="sales_team.group_sale_salesman")
        card = self._card(self.meier)
        self._present(card, other)
        order = self._quote(self.meier, self.battery)
        with self.assertRaisesRegex(UserError, "was not presented"), self.env.cr.savepoint():
            order.customer_card_id = card

    def test_somebody_elses_card(self):
        """AX-22: Schulz's card does not go onto Meier's quotation."""
        card = self._card(self.schulz)
        self._present(card)
        order = self._quote(self.meier, self.battery)
        with self.assertRaisesRegex(UserError, "belongs to Hans Schulz"), self.env.cr.savepoint():
            order.customer_card_id = card

    def test_another_companys_credit_and_card(self):
        """Law 8: neither the credit nor the card of another company is used."""
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        foreign = self.env["loyalty.program"].create(
            {"name": "Fremdes Guthaben", "kind": "stored_value", "company_id": other.id}
        )
        credit = self._credit(self.meier, 50, foreign)
        order = self._quote(self.meier, self.goods)
        self.assertEqual(order.card_credit, 30)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order._redeem(credit.with_user(self.seller))
        self._forge(order.with_env(self.env), credit, 50, -50, reward=foreign.reward_ids)
        order.with_env(self.env).action_confirm()
        self.assertEqual((credit.points, credit.held), (50, 0))
        card = self.env["customer.card"].create(
            {"partner_id": self.meier.id, "company_id": other.id}
        )
        self._present(card)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._quote(self.meier, self.battery).customer_card_id = card

    def test_nobody_sells_a_program_by_writing_rows(self):
        """Law 8: grants and enrolments are made by confirmed lines only."""
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["loyalty.card.grant"].with_user(self.seller).create(
                {"card_id": self.enrolment.id, "key": "forged", "amount": 1000}
            )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["loyalty.card"].with_user(self.seller).create(
                {"program_id": self.program.id, "is_enrolment": True, "points": 1000}
            )

    def test_a_reward_line_sells_nothing(self):
        """AP-60: a line that calls itself a reward does not enrol at the price it likes."""
        sold = self._sold_program("stored_value", price=100.0, preset_amount=115.0)
        order = self._quote(self.meier)
        values = {"product_id": sold.sale_product_id.id, "price_unit": 1.0}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            order.order_line = [Command.create(values)]
        order.order_line = [
            Command.create({**values, "name": "x", "reward_id": self.program.reward_ids.id})
        ]
        order.action_confirm()
        self.assertFalse(self._live(sold))
