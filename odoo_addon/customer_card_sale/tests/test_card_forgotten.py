from odoo.tests import new_test_user, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestCardForgotten(CardSaleCase):
    """The card lies at home: the seller finds the customer, with the same rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meier.phone = "+49 30 5557788"
        cls.card = cls._card(cls.meier)
        cls.card.number = "77012345"
        cls.partners = cls.env["res.partner"].with_user(cls.seller)

    def _found(self, text, partners=None):
        return [
            name
            for _id, name in (self.partners if partners is None else partners).name_search(text)
        ]

    def test_found_by_name_number_and_telephone(self):
        for text in ("Erika Mei", "77012345", "5557788", "+49 30 5557788"):
            self.assertIn("Erika Meier", self._found(text), text)
        self.assertNotIn("Hans Schulz", self._found("77012345"))
        self.assertNotIn("Erika Meier", self._found("7701"), "a part of a number finds nobody")

    def test_partner_numbers_are_found_as_they_are_printed(self):
        group = self.env["customer.card.type"].create({"name": "Group", "number_prefix": "HSP"})
        self.env["customer.card"].create(
            {"card_type_id": group.id, "partner_id": self.berg.id, "number": "HSP 123-4567"}
        )
        self.assertIn("Karl Berg", self._found("hsp 123-4567"))

    def test_who_has_nothing_to_do_with_cards_searches_as_before(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        partners = self.env["res.partner"].with_user(stranger)
        self.assertNotIn("Erika Meier", self._found("77012345", partners))

    def test_programs_apply_without_the_card(self):
        """The same rights: 10 % by name as by card."""
        self._program(self._discount(10, self.battery))._enrol(partner=self.meier)
        order = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(order.amount_total, 9)
        self.assertFalse(order.card_missing_text)

    def test_programs_that_need_the_card_say_so(self):
        """AP-17: not applied without the card, and the quotation says what to do."""
        program = self._program(self._discount(10, self.battery), card_required=True)
        program._enrol(partner=self.meier)
        order = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(order.amount_total, 10)
        self.assertIn(f"Only with the card: {program.name}", order.card_missing_text)
        self._present(self.card)
        order.customer_card_id = self.card
        self.assertAlmostEqual(order.amount_total, 9)
        self.assertFalse(order.card_missing_text)
