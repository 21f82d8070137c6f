from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from .common import CardShop


@tagged("post_install", "-at_install")
class TestGate(CardShop, TransactionCase):
    """What the server lets the point of sale use for an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.card = cls.new_card()
        cls.config = cls.env["pos.config"].create({"name": "Theke 1"})
        cls.today = cls.env["loyalty.card"]._today(cls.env.company)

    def open_programs(self, partner=None, card=None):
        enrolments = self.env["loyalty.card"].get_pos_enrolments(
            partner.id if partner else False, card.id if card else False
        )
        return self.env["loyalty.program"].browse(enrolments["programs"])

    def test_gated_programs_are_loaded_though_pos_ok_stays_off(self):
        program = self.new_discount_program(self.battery_discount)
        self.assertFalse(program.pos_ok)
        self.assertIn(program, self.config._get_program_ids())

    def test_a_program_is_open_for_its_customer_only(self):
        """AP-16: the customer gets it always, others never, and nobody without a customer."""
        program = self.new_discount_program(self.battery_discount)
        program._enrol(self.hans)
        self.assertEqual(self.open_programs(self.hans), program)
        self.assertFalse(self.open_programs(self.anna))
        self.assertFalse(self.open_programs())

    def test_a_program_ends_on_its_last_day(self):
        """AP-19: open on the last day, closed on the day after, and before the first."""
        program = self.new_discount_program(self.battery_discount)
        enrolment = program._enrol(self.hans)
        enrolment.expiration_date = self.today
        self.assertTrue(self.open_programs(self.hans))
        enrolment.expiration_date = self.today - timedelta(days=1)
        self.assertFalse(self.open_programs(self.hans))
        enrolment.write({"expiration_date": False, "valid_from": self.today + timedelta(days=1)})
        self.assertFalse(self.open_programs(self.hans))

    def test_a_blocked_program_is_closed(self):
        program = self.new_discount_program(self.battery_discount)
        program._enrol(self.hans).blocked = True
        self.assertFalse(self.open_programs(self.hans))

    def test_a_program_may_need_the_card(self):
        program = self.new_discount_program(self.battery_discount, card_required=True)
        program._enrol(self.hans)
        self.assertFalse(self.open_programs(self.hans))
        self.assertEqual(self.open_programs(self.hans, self.card), program)
        self.card.action_block()
        self.assertFalse(self.open_programs(self.hans, self.card))

    def test_the_card_in_hand_chooses_the_discount_group(self):
        """HS-18: staff, customer and management cards of one person open one group each."""
        cards = [self.card, *(self.new_card(str(number)) for number in (90002, 90003))]
        groups = [
            self.new_discount_program(self.category_discount, name, card_required=True)
            for name in ("Mitarbeiter", "Kunde", "Geschäftsleitung")
        ]
        for card, group in zip(cards, groups, strict=True):
            group._enrol(self.hans, customer_card=card)
        for card, group in zip(cards, groups, strict=True):
            self.assertEqual(self.open_programs(self.hans, card), group)
        self.assertFalse(self.open_programs(self.hans))

    def test_further_discounts_open_with_their_program(self):
        program = self.new_discount_program(self.battery_discount | self.category_discount)
        program._enrol(self.hans)
        self.assertEqual(self.open_programs(self.hans), program | program.child_program_ids)
        self.assertTrue(program.child_program_ids)
        self.assertFalse(self.open_programs(self.anna))

    def test_reserved_points_cannot_be_spent_twice(self):
        program = self.env["loyalty.program"].create({"name": "Punktekarte", "kind": "points"})
        account = program._enrol(self.hans)
        account._post(100, key="test:points", reason="grant")
        account._reserve(30, kind="pos", key="test:hold")
        [balance] = self.env["loyalty.card"].get_pos_enrolments(self.hans.id, False)["cards"]
        expected = {"id": account.id, "program_id": program.id, "points": 70}
        self.assertEqual(expected | balance, balance)  # other modules tell more

    def test_the_number_of_an_enrolment_opens_nothing(self):
        program = self.new_discount_program(self.battery_discount)
        enrolment = program._enrol(self.hans)
        answer = self.config.use_coupon_code(enrolment.code, "2026-01-01 10:00:00", False, False)
        self.assertFalse(answer["successful"])
        self.assertNotIn(enrolment.code, answer["payload"]["error_message"])
