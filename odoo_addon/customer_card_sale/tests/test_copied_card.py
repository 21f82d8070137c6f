from unittest.mock import patch

from odoo.addons.customer_card.exceptions import CardNotUsable
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestCopiedCard(CardSaleCase):
    """A card known by its serial number only identifies; it spends what the shop allows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(cls._pepper())
        cls.card = cls._card(cls.meier)
        cls.account = cls._credit(cls.meier, 80)
        cls.media = cls.env["customer.card.medium"]

    @classmethod
    def _pepper(cls):
        return patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": "p" * 40})

    def _presented_order(self, kind, value, price=30):
        medium = self.media._assign(self.card, kind, "rfid" if kind != "number" else kind, value)
        order = self._quote(self.meier, self._product("Ware", price), customer_card_id=self.card.id)
        self.env["customer.card.event"].search(
            [("customer_card_id", "=", self.card.id)]
        ).medium_id = medium
        return order

    def test_a_serial_number_spends_nothing(self):
        """Limit 0: never by UID; without the card, by name, the seller may."""
        order = self._presented_order("uid", "04A1B2C3")
        with self.assertRaisesRegex(CardNotUsable, "by its serial number only"):
            order.action_redeem_credit()
        self.assertEqual((self.account.held, self.account.points), (0, 80))
        order.customer_card_id = False
        order.action_redeem_credit()
        self.assertEqual(self.account.held, 30)

    def test_up_to_the_limit_of_the_shop(self):
        self.env.company.card_uid_spend_limit = 30
        order = self._presented_order("uid", "04A1B2C3")
        order.action_redeem_credit()
        self.assertEqual(self.account.held, 30)
        with self.assertRaisesRegex(CardNotUsable, "at most.*30"):
            order.order_line = [Command.update(order.order_line[0].id, {"price_unit": 31})]
        self.assertEqual(self.account.held, 30)

    def test_a_token_spends(self):
        order = self._presented_order("token", self.media._new_token())
        order.action_redeem_credit()
        self.assertEqual(self.account.held, 30)

    def test_a_printed_number_is_what_a_person_reads(self):
        """TM-03: as if the seller had typed the number to find the customer."""
        order = self._presented_order("number", "10001")
        order.action_redeem_credit()
        self.assertEqual(self.account.held, 30)
