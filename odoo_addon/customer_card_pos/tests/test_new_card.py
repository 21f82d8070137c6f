from odoo.tests import TransactionCase, tagged

from .common import PaidOrders


@tagged("post_install", "-at_install")
class TestNewCard(PaidOrders, TransactionCase):
    """A customer without a card buys a program at the till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.program = cls.new_battery_program()
        cls.env.company.card_assign_at_sale = True
        cls.customer_cards = cls.env["customer.card"]

    def sell(self, partner=None, **values):
        partner = partner or self.hans
        return self.pay(self.sold(self.program.sale_product_id), partner=partner, **values)

    def cards_of(self, partner):
        return self.customer_cards.search([("partner_id", "=", partner.id)])

    def test_the_setting_belongs_to_the_company(self):
        """AS-04: one option for all tills of the company: each loads it, on and off, and the server
        hands out a card by it and not by what a till says."""
        second = self.env["pos.config"].create({"name": "Theke 2"})
        second.open_ui()
        for wanted, buyer in ((False, self.anna), (True, self.hans)):
            self.env.company.card_assign_at_sale = wanted
            for config in self.config | second:
                [company] = config.current_session_id.load_data(["res.company"])["res.company"]
                self.assertEqual(company["card_assign_at_sale"], wanted)
            self.sell(buyer, new_card=True)
            self.assertEqual(bool(self.cards_of(buyer)), wanted)

    def test_the_new_card_is_the_customers_and_holds_the_program(self):
        """AS-05, AS-06: card -> customer and program -> card exist afterwards."""
        order = self.sell(new_card=True, new_card_number="4711")
        card = self.cards_of(self.hans)
        self.assertEqual((card.number, order.customer_card_id), ("4711", card))
        self.assertEqual(self.enrolments(self.program).customer_card_id, card)

    def test_a_card_to_hand_out_later_gets_the_next_number(self):
        """AS-05: no card at hand: it exists all the same, with a number of its own."""
        self.sell(new_card=True)
        card = self.cards_of(self.hans)
        self.assertTrue(card.number)
        self.assertEqual(self.enrolments(self.program).customer_card_id, card)

    def test_without_the_setting_there_is_no_card(self):
        """AS-06: option off: the program is on the customer only."""
        self.env.company.card_assign_at_sale = False
        self.sell(new_card=True, new_card_number="4711")
        self.assertFalse(self.cards_of(self.hans))
        enrolment = self.enrolments(self.program)
        self.assertEqual((enrolment.partner_id, enrolment.customer_card_id.id), (self.hans, False))

    def test_who_has_a_card_gets_no_second_one(self):
        """AS-06: customer has a card already: no new card."""
        card = self.new_card()
        self.sell(new_card=True, new_card_number="4711")
        self.assertEqual(self.cards_of(self.hans), card)

    def test_a_fresh_card_of_the_drawer_is_assigned(self):
        """AS-05: a card that exists without a holder becomes the customer's."""
        bearer = self.env["customer.card.type"].create({"name": "Lager", "holder_type": "bearer"})
        fresh = self.customer_cards.create({"number": "4712", "card_type_id": bearer.id})
        self.assertEqual(self.customer_cards.refusal_as_new_card("4712"), "")
        self.sell(new_card=True, new_card_number="4712")
        self.assertEqual(fresh.partner_id, self.hans)
        self.assertIn("another customer", self.customer_cards.refusal_as_new_card("4712"))

    def test_a_number_taken_meanwhile_stays_with_its_holder(self):
        """Sold offline with a number somebody else got: a new number, and a manager is told."""
        other = self.new_card("4713")
        order = self.sell(self.anna, new_card=True, new_card_number="4713")
        card = self.cards_of(self.anna)
        self.assertEqual((other.partner_id, order.state), (self.hans, "paid"))
        self.assertNotEqual(card.number, "4713")
        self.assertIn("Card number taken", self.activities()[0][0])

    def test_the_order_tells_whether_its_customer_has_a_card(self):
        enrolments = self.env["loyalty.card"].get_pos_enrolments
        self.assertFalse(enrolments(self.hans.id, False)["has_card"])
        self.new_card()
        self.assertTrue(enrolments(self.hans.id, False)["has_card"])


@tagged("post_install", "-at_install")
class TestCardForgotten(PaidOrders, TransactionCase):
    """The card lies at home: found by its number, with the same rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.card = cls.new_card("77012345")

    def found(self, text):
        fields = ("name", "phone_mobile_search", "barcode")
        domain = ["|", "|", *((field, "ilike", f"{text}%") for field in fields)]
        answer = self.env["res.partner"].get_new_partner(self.config.id, domain, 0)
        return {one["name"]: one["card_numbers"] for one in answer["res.partner"]}

    def test_the_customer_list_finds_card_numbers(self):
        self.assertEqual(self.found("77012345"), {"Hans Schulz": "77012345"})
        self.assertEqual(self.found("Hans Schulz")["Hans Schulz"], "77012345")
        self.assertFalse(self.found("7701234"))

    def test_programs_that_need_the_card_say_so(self):
        """AP-17: the seller chose the customer by name."""
        self.new_discount_program(self.battery_discount, card_required=True)._enrol(self.hans)
        offered = self.env["loyalty.card"].get_pos_enrolments
        answer = offered(self.hans.id, False)
        self.assertEqual(answer["programs"], [])
        self.assertIn("Only with the card: Batterierabatt", answer["needs_card"])
        self.assertEqual(offered(self.hans.id, self.card.id)["needs_card"], "")
