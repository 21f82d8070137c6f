from datetime import timedelta
from unittest.mock import patch

from odoo.addons.customer_card.tests.common import play_reader
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardTours


@tagged("post_install", "-at_install")
class TestProgramTours(CardTours):
    """A seller sells, redeems and takes back programs, on a German screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book = cls.new_product("Hörbuch", 95)
        cls.repair = cls.new_product("Reparatur", 89)
        cls.today = cls.env["loyalty.card"]._today(cls.env.company)

    def new_credit(self, amount=80, paid=70):
        self.credit = self.new_sold_program("stored_value", "Guthabenkarte")
        return self.credit._enrol(self.hans, amount=amount, paid=paid)

    def new_discount(self, name, percent, **values):
        discount = self.env["loyalty.discount"].create({"name": name, "percent": percent, **values})
        return self.new_discount_program(discount, name)

    def new_warranty(self):
        discount = self.env["loyalty.discount"].create(
            {
                "name": "Garantie",
                "percent": 100,
                "applies_to": "product",
                "product_ids": [Command.set(self.repair.ids)],
            }
        )
        return self.new_discount_program(discount, "Garantie", card_required=True)

    def entry(self, card):
        return self.env["loyalty.card.entry"].search([("card_id", "=", card.id)], limit=1)

    # --- selling ----------------------------------------------------------------------

    def test_sell_a_program(self):
        """AP-32, AP-33, AP-60: asked for the customer once; the price stays; not yet on sale."""
        program = self.new_battery_program()
        self.new_battery_program("Weihnachtsprogramm", sale_from=self.today + timedelta(days=1))
        order = self.run_tour("sell_program")
        enrolment = program.coupon_ids
        self.assertEqual((order.amount_total, enrolment.points), (90, 72))
        self.assertEqual(enrolment.partner_id, self.hans)

    def test_sell_two_sides(self):
        """AP-42, EX-04: left, right and without a fitting: programs with counters of their own."""
        program = self.new_battery_program("Batterien je Seite", per_fitting=True)
        self.run_tour("sell_two_sides")
        self.assertEqual(set(program.coupon_ids.mapped("side")), {"left", "right", False})
        self.assertEqual(program.coupon_ids.mapped("points"), [72, 72, 72])

    def test_sell_an_amount(self):
        """AP-58: 73.20 for a voucher, its code on the receipt; HS-13: 50.00 credit 52.50."""
        program = self.new_sold_program("voucher", "Gutschein frei")
        tier = Command.create({"from_amount": 50, "percent": 5})
        top_up = self.new_sold_program("stored_value", "Aufladung", tier_ids=[tier])
        self.run_tour("sell_amount")
        self.assertEqual((program.coupon_ids.points, program.coupon_ids.paid), (73.2, 73.2))
        self.assertEqual((top_up.coupon_ids.paid, top_up.coupon_ids.bonus), (50, 2.5))

    def test_sell_offline(self):
        """AP-32: sold without connection, given when the order arrives."""
        program = self.new_battery_program()
        self.run_tour("sell_offline")
        self.assertEqual(program.coupon_ids.points, 72)

    # --- redeeming --------------------------------------------------------------------

    def test_redeem_credit(self):
        """AX-19, AP-56: 80.00 of 95.00 by one click, reserved at the payment, 0.00 left."""
        account = self.new_credit()
        order = self.run_tour("redeem_credit")
        self.assertEqual((order.amount_total, account.points, account.held), (15, 0, 0))
        self.assertEqual(self.entry(account).origin_id, order.id)

    def test_redeem_less(self):
        """AP-56, I15: the cashier lowers 80 to 20, which stays when an article is added."""
        account = self.new_credit()
        self.assertEqual(self.run_tour("redeem_less").amount_total, 95)
        self.assertEqual((account.points, account.paid, account.bonus), (60, 50, 10))

    def test_redeem_a_voucher(self):
        """AX-17, AP-55: code in small letters, receipt 20.00, 17.50 left; the program's article."""
        article = self.new_product("Gutschein eingelöst", 0)
        article.type = "service"
        program = self.new_sold_program("voucher", "Gutschein", redeem_product_id=article.id)
        voucher = program._enrol(amount=37.5, paid=37.5)
        voucher.code = "WERT-2345-6789-ABCD"
        self.assertEqual(self.run_tour("redeem_voucher").amount_total, 0)
        self.assertEqual(voucher.points, 17.5)

    def test_redeem_a_coupon(self):
        """AS-10: 10 % once; the second time the seller is told."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "applies_to": "all"}
        )
        program = self.new_sold_program(
            "coupon", "Rabattgutschein", line_ids=[Command.create({"discount_id": discount.id})]
        )
        coupon = program._enrol()
        coupon.code = "RABA-2345-6789-ABCD"
        self.run_tour("redeem_coupon")
        self.assertEqual(coupon.points, 0)

    def test_redeem_points_by_one_click(self):
        program = self.env["loyalty.program"].create(
            {"name": "Punktekarte", "kind": "points", "points_per_unit": 10}
        )
        account = program._enrol(self.hans)
        account._post(50, key="test:points", reason="grant")
        self.assertEqual(self.run_tour("redeem_one_click_points").amount_total, 5)
        self.assertEqual(account.points, 0)

    def test_two_tills(self):
        """Law 6: another till has reserved 50 of 80: 30 are left, the seller is told."""
        account = self.new_credit()
        order = self.run_tour("two_tills")
        self.assertEqual((order.amount_total, account.points, account.held), (65, 50, 50))

    def test_leave_the_payment_and_reload_in_it(self):
        """Law 6: back frees the credit, going on reserves it again, a reload keeps it."""
        account = self.new_credit()
        order = self.run_tour("left_payment")
        self.assertEqual((order.amount_total, account.points, account.held), (15, 0, 0))
        self.assertEqual(account.hold_ids.mapped("state").count("captured"), 1)

    def test_nothing_is_redeemed_offline(self):
        """Law 6: no server, no reservation, no spending; afterwards it works again."""
        account = self.new_credit()
        self.run_tour("redeem_offline")
        orders = self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)])
        self.assertEqual(sorted(orders.mapped("amount_total")), [0, 95])
        self.assertEqual(account.points, 70)

    def test_refund_what_was_paid_with_credit(self):
        """I3: 95.00 refunded, 80.00 return to the card, 15.00 to the customer."""
        account = self.new_credit()
        order = self.run_tour("refund_credit")
        self.assertEqual(order.amount_total, -15)
        self.assertEqual((account.points, account.paid, account.bonus), (80, 70, 10))

    def test_refund_a_part_of_what_points_lowered(self):
        """odoo-as-used 16: 2 x 10.00 less 2.00 for points; one piece back: 9.00, then 9.00."""
        program = self.env["loyalty.program"].create(
            {"name": "Punktekarte", "kind": "points", "points_per_unit": 10}
        )
        account = program._enrol(self.hans)
        account._post(20, key="test:points", reason="grant")
        self.assertEqual(self.run_tour("refund_a_part").amount_total, -9)
        self.assertEqual(account.points, 20)

    def test_refund_a_part_of_what_a_discount_lowered(self):
        """Kind 16: of 3 x 10.00 less 10 % one, two, three come back, and 10.00 without discount."""
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.run_tour("refund_discounted")
        orders = self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)])
        self.assertEqual(sum(orders.mapped("amount_total")), 0)

    # --- discounts --------------------------------------------------------------------

    def two_discounts(self):
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.new_discount("20 % auf alles", 20, applies_to="all")._enrol(self.hans)

    def test_the_most_specific_discount_wins(self):
        """I29: 10 % on batteries wins over 20 % on everything; no stacking."""
        self.two_discounts()
        self.run_tour("best_discount")

    def test_discounts_add_up_where_the_company_says_so(self):
        """I29: stacking switched on: 10.00 less 10 % less 20 % is 7.20."""
        self.env.company.card_discounts_stack = True
        self.two_discounts()
        self.run_tour("stacked_discounts")

    def test_warranty_needs_the_card(self):
        """AX-21, AX-22: repair 89.00: free with the card, and only for the order it served."""
        self.new_warranty()._enrol(self.hans)
        self.present(self.new_card())
        self.assertEqual(self.run_tour("warranty").amount_total, 0)

    def test_warranty_ends_after_its_last_day(self):
        """AX-22: free on the last day with the card, 89.00 on the next."""
        enrolment = self.new_warranty()._enrol(self.hans)
        card, offered = self.new_card(), self.env["loyalty.card"].get_pos_enrolments
        enrolment.expiration_date = self.today
        self.assertTrue(offered(self.hans.id, card.id)["programs"])
        enrolment.expiration_date = self.today - timedelta(days=1)
        self.assertFalse(offered(self.hans.id, card.id)["programs"])

    def test_five_programs_on_one_card(self):
        """AX-03: all five are named; each changes only its own counter."""
        card, account = self.new_card(), self.new_credit()
        batteries = self.new_battery_program(insert_action="pos")._enrol(self.hans)
        articles = self.new_battery_program("Artikelkarte", 50, 5, insert_action="pos")._enrol(
            self.hans
        )
        self.new_discount_program(self.battery_discount)._enrol(self.hans)
        self.new_warranty()._enrol(self.hans)
        self.present(card)
        self.assertEqual(self.run_tour("five_programs").amount_total, 0)
        self.assertEqual((account.points, batteries.points, articles.points), (71, 72, 5))

    # --- cards and balances -----------------------------------------------------------

    def test_a_new_card_is_asked_for(self):
        """AS-05, AS-06: a taken number is refused, a new one is the customer's afterwards."""
        self.env.company.card_assign_at_sale = True
        program = self.new_battery_program()
        self.new_card("4713").partner_id = self.anna
        order = self.run_tour("new_card")
        self.assertEqual(order.customer_card_id.number, "4711")
        self.assertEqual(order.customer_card_id.partner_id, self.hans)
        self.assertEqual(program.coupon_ids.customer_card_id, order.customer_card_id)

    def test_a_new_card_is_inserted(self):
        """AS-05: the fresh card is put into the reader; the payment goes on by itself."""
        self.env.company.card_assign_at_sale = True
        program = self.new_battery_program()
        bearer = self.env["customer.card.type"].create({"name": "Lager", "holder_type": "bearer"})
        fresh = self.env["customer.card"].create({"number": "4712", "card_type_id": bearer.id})
        self.present(fresh)
        self.run_tour("new_card_presented")
        self.assertEqual(fresh.partner_id, self.hans)
        self.assertEqual(program.coupon_ids.customer_card_id, fresh)

    def test_a_new_card_is_asked_for_with_a_voucher(self):
        """AS-05: a named customer without a card buys a voucher: it is on the new card."""
        self.env.company.card_assign_at_sale = True
        program = self.new_sold_program("voucher", "Gutschein", 50)
        card = self.run_tour("new_card_for_a_voucher").customer_card_id
        self.assertEqual((card.number, card.partner_id), ("4711", self.hans))
        self.assertEqual(program.coupon_ids.customer_card_id, card)

    def test_a_new_card_is_written_at_the_till(self):
        """AS-05, AS-06: a blank card is put into the reader: written, and the payment goes on."""
        self.env.company.card_assign_at_sale = True
        self.startPatcher(patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": "p" * 40}))
        play_reader(self.pos_user, self.till)
        program = self.new_battery_program()
        order = self.run_tour("new_card_written")
        card = order.customer_card_id
        self.assertEqual((card.partner_id, card.medium_ids.kind), (self.hans, "rfid"))
        self.assertEqual(program.coupon_ids.customer_card_id, card)
        self.assertEqual(
            self.env["customer.card"].search([("partner_id", "=", self.hans.id)]), card
        )

    def _bearer_type(self):
        return self.env["customer.card.type"].create(
            {"name": "Geschenkkarte", "holder_type": "bearer"}
        )

    def test_a_voucher_onto_a_card(self):
        """EX-13: nobody is named: the till asks for a card; voucher and credit are on it, and are
        redeemed by inserting it. A customer's card is refused; without a card the code counts."""
        self.env.company.card_assign_at_sale = True
        voucher = self.new_sold_program("voucher", "Gutschein", 50)
        credit = self.new_sold_program("stored_value", "Guthaben", 20)
        self.present(self.new_card())
        values = {"number": "4712", "card_type_id": self._bearer_type().id}
        fresh = self.env["customer.card"].create(values)
        self.present(fresh, times=3)
        order = self.run_tour("voucher_onto_a_card")
        on_card, loose = voucher.coupon_ids.sorted("id")
        self.assertEqual((on_card.customer_card_id, on_card.points), (fresh, 40))
        self.assertFalse(loose.customer_card_id)
        self.assertEqual(
            (credit.coupon_ids.customer_card_id, credit.coupon_ids.points), (fresh, 20)
        )
        self.assertEqual((order.customer_card_id, order.amount_total), (fresh, 0))

    def test_credit_onto_a_card_that_is_written(self):
        """EX-13: a blank chip becomes a card without a name, with the credit on it."""
        self.env.company.card_assign_at_sale = True
        self.startPatcher(patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": "p" * 40}))
        play_reader(self.pos_user, self.till)
        bearer = self._bearer_type()
        program = self.new_sold_program("stored_value", "Guthaben", 20)
        self.run_tour("credit_onto_a_written_card")
        card = program.coupon_ids.customer_card_id
        self.assertEqual((card.card_type_id, card.medium_ids.kind), (bearer, "rfid"))
        self.assertEqual((card.partner_id.id, program.coupon_ids.points), (False, 20))

    def test_no_card_is_asked_for_without_the_option(self):
        """AS-06: option off: no prompt, the program is on the customer only."""
        program = self.new_battery_program()
        self.run_tour("no_new_card")
        self.assertFalse(program.coupon_ids.customer_card_id)
        self.assertFalse(self.env["customer.card"].search([("partner_id", "=", self.hans.id)]))

    def test_no_card_is_asked_for_who_has_one(self):
        """AS-06: option on, the customer has a card: no prompt, no new card."""
        self.env.company.card_assign_at_sale = True
        program, card = self.new_battery_program(), self.new_card()
        self.run_tour("no_new_card")
        self.assertEqual(program.coupon_ids.partner_id, self.hans)
        found = self.env["customer.card"].search([("partner_id", "=", self.hans.id)])
        self.assertEqual(found, card)

    def test_balances_without_a_sale(self):
        """A card is inserted while the dialog is open: it shows, the open order stays."""
        self.new_credit()
        self.new_battery_program(insert_action="pos")._enrol(self.hans)
        self.present(self.new_card())
        self.run_tour("balances")
