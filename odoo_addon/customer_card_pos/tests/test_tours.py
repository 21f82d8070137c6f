from datetime import timedelta

from odoo.addons.customer_card.lib.codes import token_of
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardTours


@tagged("post_install", "-at_install")
class TestTours(CardTours):
    """A seller with a German screen, in a real point of sale."""

    def test_standing_discount(self):
        """AP-16, AX-04, AP-28: 10 % on batteries for its customer alone, also on a list of them."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        order = self.run_tour("standing_discount")
        self.assertEqual(
            (order.partner_id, order.amount_total, order.state), (self.hans, 28, "paid")
        )
        self.assertEqual(order.lines.filtered("is_reward_line").price_subtotal_incl, -2)

    def test_category_discount(self):
        """AX-05: 10 % on the type Zubehör, and on two types."""
        self.new_discount_program(self.category_discount)._enrol(self.hans)
        self.assertEqual(self.run_tour("category_discount").amount_total, 56)

    def test_two_discounts_of_one_program(self):
        """AX-04, AX-05: the second discount of a program is taken off, too."""
        discounts = self.battery_discount | self.category_discount
        self.category_discount.percent = 20
        self.new_discount_program(discounts)._enrol(self.hans)
        self.assertEqual(self.run_tour("two_discounts").amount_total, 25)

    def test_an_ended_program_gives_nothing(self):
        """AP-19: on the day after its end there is no discount."""
        enrolment = self.new_discount_program(self.battery_discount)._enrol(self.hans)
        today = enrolment._today(self.env.company)
        enrolment.expiration_date = today - timedelta(days=1)
        self.assertEqual(self.run_tour("no_discount").amount_total, 10)

    def test_a_card_opens_an_order_of_its_customer(self):
        """AP-27, AP-28, AX-01: customer set, program active, the article is discounted at once."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        card = self.new_card()
        self.present(card)
        order = self.run_tour("card_opens_order")
        self.assertEqual((order.partner_id, order.customer_card_id), (self.hans, card))
        self.assertEqual(order.amount_total, 9)

    def test_a_scanner_that_types_opens_the_order_too(self):
        """HS-02: the code of a QR card is no unknown barcode, it is the card."""
        self.env.company.card_medium_qr = True
        program = self.new_discount_program(self.battery_discount)
        program.insert_action = "pos"
        program._enrol(self.hans)
        code = token_of(bytes(16))
        self.env["customer.card.medium"]._assign(self.new_card(), "token", "qr", code)
        order = self.run_tour("card_scanned")
        self.assertEqual((order.partner_id, order.customer_card_id.number), (self.hans, "90001"))

    def test_a_card_serves_the_open_order(self):
        """AP-17: articles scanned before the card was inserted are discounted without a click."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.present(self.new_card())
        self.run_tour("card_on_open_order")

    def test_a_card_leaves_another_customers_order_alone(self):
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.present(self.new_card())
        self.run_tour("card_opens_second_order")

    def test_orders_do_not_pile_up(self):
        """AP-27: an empty order is taken over, and a card finds the order its holder left open."""
        program = self.new_discount_program(self.battery_discount)
        program._enrol(self.hans)
        program._enrol(self.anna)
        card = self.new_card()
        self.present(card, times=2)
        self.present(card.copy({"number": "90002", "partner_id": self.anna.id}))
        self.run_tour("orders_do_not_pile_up")

    def test_a_program_that_needs_the_card(self):
        """AP-17: the card stays with the order on reload, and leaves it with its customer."""
        self.new_discount_program(self.battery_discount, card_required=True)._enrol(self.hans)
        card = self.new_card()
        self.present(card, times=2)
        order = self.run_tour("card_required")
        self.assertEqual((order.customer_card_id, order.amount_total), (card, 9))

    def test_a_card_waits_for_the_payment(self):
        """AP-27: the payment of another customer is never interrupted."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.present(self.new_card())
        self.run_tour("card_during_payment")

    def test_a_card_issues_without_leaving_the_point_of_sale(self):
        """AP-25: the issue dialog opens over the point of sale, but waits for a payment to end."""
        program = self.env["loyalty.program"].create(
            {
                "name": "72 Batterien",
                "kind": "bonus_item",
                "insert_action": "decrease",
                "line_ids": [Command.create({"product_id": self.battery_10.id, "quantity": 72})],
            }
        )
        account = program._enrol(self.hans)
        self.present(self.new_card(), times=2)
        self.run_tour("card_issues")
        self.assertEqual(account.points, 70)

    def test_a_card_issues_directly(self):
        """AX-06, AX-15, AP-35: two articles without a dialog; the screen says which, on a payment
        too, and no order is opened."""
        batteries, dryers = (
            self.new_sold_program(
                "bonus_item",
                article.name + " direkt",
                insert_action="decrease",
                no_article_choice=True,
                line_ids=[Command.create({"product_id": article.id, "quantity": quantity})],
            )._enrol(self.hans)
            for article, quantity in ((self.battery_10, 72), (self.drying, 5))
        )
        self.present(self.new_card(), times=2)
        self.run_tour("direct_issue")
        self.assertEqual((batteries.points, dryers.points), (70, 3))

    def test_nothing_opens_the_customer_only(self):
        """AP-24: the customer, no order; with goods on the screen the card serves them (AP-17)."""
        values = {"insert_action": "none", "card_required": True}
        self.new_discount_program(self.battery_discount, **values)._enrol(self.hans)
        self.present(self.new_card(), times=2)
        self.run_tour("card_opens_nothing")

    def test_a_card_whose_issue_is_refused_opens_its_customer(self):
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.present(self.new_card(), action="issue")
        self.run_tour("card_on_open_order")

    def test_a_card_used_today_opens_its_customers_order(self):
        """AP-37: the counter is closed until tomorrow, the customer buys all the same."""
        account = self.new_battery_program(once_per_day=True)._enrol(self.hans)
        account._issue(account.allowance_ids, self.battery_10, 1, key="test:today")
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.present(self.new_card())
        order = self.run_tour("card_used_today")
        self.assertEqual((order.partner_id, account.points), (self.hans, 71))

    def test_a_card_claimed_by_the_backend_opens_here(self):
        """AP-27: no point of sale was open, the backend opens one and hands the card over."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.present(self.new_card())
        self.run_tour("card_from_backend")

    def test_offline_no_program_applies(self):
        """Without connection the seller is told, and the discount follows with the connection."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.run_tour("offline")

    def test_one_click_pairs_the_screen(self):
        self.run_tour("pairing")
        self.assertTrue(self.till.screen_seen_at)

    def test_redeem_points(self):
        """Points are redeemable though the only rule matches no article, and none are earned."""
        program = self.env["loyalty.program"].create(
            {"name": "Punktekarte", "kind": "points", "points_per_unit": 10}
        )
        account = program._enrol(self.hans)
        account._post(50, key="test:points", reason="grant")
        order = self.run_tour("redeem_points")
        self.assertEqual((order.amount_total, account.points), (5, 0))
