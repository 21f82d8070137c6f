from uuid import uuid4

from odoo.addons.customer_card.tests.common import CardCase
from odoo.fields import Command
from odoo.tests import tagged

from .common import PaidOrders


@tagged("post_install", "-at_install")
class TestMedia(PaidOrders, CardCase):
    """HS-03: at the till a card of either kind does what the other one does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.env.company.card_medium_qr = True
        cls.till.pos_config_id = cls.config
        cls.seller.group_ids |= cls.env.ref("point_of_sale.group_pos_user")
        cls.orders = cls.orders.with_user(cls.seller)
        cls.repair = cls.new_product("Reparatur", 89)
        cls.warranty = cls.env["loyalty.discount"].create(
            {
                "name": "Garantie",
                "percent": 100,
                "applies_to": "product",
                "product_ids": [Command.set(cls.repair.ids)],
            }
        )

    def test_discount_warranty_and_credit(self):
        """HS-03: a discount applies, a warranty waits for the card, the card spends its credit."""
        cards, media = (
            self.env["loyalty.card"].with_user(self.seller),
            self.env["customer.card.medium"],
        )
        discount = self.new_discount_program(self.battery_discount)
        warranty = self.new_discount_program(self.warranty, "Garantie", card_required=True)
        credit = self.new_sold_program("stored_value", "Guthabenkarte")
        bearer = self.env["customer.card.type"].create({"name": "Lager", "holder_type": "bearer"})
        self._own_secret()
        for medium in ("chip", "rfid", "qr"):
            with self.subTest(medium=medium):
                card = self.env["customer.card"].create({"card_type_id": bearer.id})
                token = media._new_token()
                media._assign(card, "token", medium, token)
                for program in (discount, warranty):
                    program._enrol(customer_card=card)
                account = credit._enrol(customer_card=card, amount=30, paid=30)
                uuid = str(uuid4())
                self.assertFalse(cards.get_pos_enrolments(False, card.id, uuid)["programs"])
                refused = self.prepare(uuid, (account, 20), card=card)["refusal"]
                self.assertTrue(refused, "not presented yet")
                claim = self._claim(self._present(token, key=medium, medium=medium), page="pos")
                self.assertEqual(claim["card"]["id"], card.id)
                opened = set(cards.get_pos_enrolments(False, card.id, uuid)["programs"])
                self.assertEqual(opened, {discount.id, warranty.id, credit.id})
                self.assertFalse(self.prepare(uuid, (account, 20), card=card)["refusal"])
                lines = (self.sold(self.cleaning), self.redeemed(account, 20))
                order = self.pay(*lines, uuid=uuid, customer_card_id=card.id)
                self.assertEqual((order.state, account.points, account.held), ("paid", 10, 0))
