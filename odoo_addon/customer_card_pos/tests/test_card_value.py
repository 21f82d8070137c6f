from unittest.mock import patch
from uuid import uuid4

from odoo.fields import Datetime
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import PaidOrders


@tagged("post_install", "-at_install")
class TestCardValue(PaidOrders, TransactionCase):
    """What is spent by putting a card there: a bearer's value, and what a copied card may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.startClassPatcher(patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": "p" * 40}))
        cls.seller = new_test_user(cls.env, "pos_seller", groups="point_of_sale.group_pos_user")
        cls.orders = cls.env["pos.order"].with_user(cls.seller)
        cls.till = cls.env["customer.till"].create({"name": "Theke 1"})
        cls.media = cls.env["customer.card.medium"]
        cls.bearer_type = cls.env["customer.card.type"].create(
            {"name": "Wertkarte", "holder_type": "bearer"}
        )

    def insert(self, card, kind="token", value=None, medium="rfid"):
        """The card is put into the reader and the seller's screen takes it."""
        medium = self.media._assign(card, kind, medium, value or self.media._new_token())
        now = Datetime.now()
        return self.env["customer.card.event"].create(
            {
                "key": str(uuid4()),
                "till_id": self.till.id,
                "customer_card_id": card.id,
                "medium_id": medium.id,
                "origin": "insert",
                "state": "done",
                "presented_at": now,
                "claimed_at": now,
                "claimed_by_id": self.seller.id,
            }
        )

    def spend(self, account, amount, card, partner=None):
        uuid = str(uuid4())
        return uuid, self.prepare(uuid, (account, amount), partner=partner, card=card)

    def paid(self, uuid, account, amount, card, partner=None):
        lines = self.sold(self.case, price=amount), self.redeemed(account, amount)
        return self.pay(*lines, uuid=uuid, partner=partner, customer_card_id=card.id)

    def test_a_bearer_card_is_redeemed_without_a_customer(self):
        """HS-09, I26: 50.00 on a bearer's card: 20.00 spent by inserting it, nobody is asked who.

        It can be named later; the balance stays, and goes on being spent.
        """
        card = self.env["customer.card"].create({"card_type_id": self.bearer_type.id})
        program = self.new_sold_program("stored_value", "Wertkarte")
        account = program._enrol(customer_card=card, amount=50, paid=50)
        self.insert(card)
        uuid, answer = self.spend(account, 20, card)
        self.assertEqual((answer["refusal"], account.held), ("", 20))
        self.paid(uuid, account, 20, card)
        self.assertEqual((account.points, account.held), (30, 0))
        card.with_user(self.env.ref("base.user_admin")).partner_id = self.hans
        self.assertEqual((card.partner_id, account.points), (self.hans, 30))
        self.insert(card)
        _uuid, answer = self.spend(account, 30, card, partner=self.hans)
        self.assertEqual((answer["refusal"], account.held), ("", 30))

    def test_what_the_code_spends_is_gone_from_the_tap(self):
        """HS-05: RFID 30.00/120 points, a QR code joins; 10.00 spent by QR: 20.00 on tap."""
        self.env.company.card_medium_qr = True
        card = self.new_card()
        account = self.new_sold_program("stored_value", "Guthaben")._enrol(
            customer_card=card, partner=self.hans, amount=30, paid=30
        )
        points = (
            self.env["loyalty.program"]
            .create({"name": "Punkte", "kind": "points"})
            ._enrol(customer_card=card, partner=self.hans)
        )
        points._post(120, key="test:points", reason="grant")
        offered = self.env["loyalty.card"].with_user(self.seller)

        def shown(medium):
            uuid = str(uuid4())
            self.insert(card, medium=medium)
            found = offered.get_pos_enrolments(self.hans.id, card.id, uuid)["cards"]
            return uuid, {one["id"]: one["points"] for one in found}

        self.assertEqual(shown("rfid")[1], {account.id: 30, points.id: 120})
        uuid, by_code = shown("qr")
        self.assertEqual(by_code, {account.id: 30, points.id: 120})
        self.prepare(uuid, (account, 10), partner=self.hans, card=card)
        self.paid(uuid, account, 10, card, partner=self.hans)
        self.assertEqual(shown("rfid")[1], {account.id: 20, points.id: 120})

    def test_a_voucher_card_is_redeemed_by_inserting_it(self):
        """AP-21: credit 37.50 and a token: no code is typed, the card is put there."""
        card = self.env["customer.card"].create({"card_type_id": self.bearer_type.id})
        voucher = self.new_sold_program("voucher", "Gutschein")._enrol(
            customer_card=card, amount=37.5, paid=37.5
        )
        self.insert(card)
        offered = self.env["loyalty.card"].with_user(self.seller)
        uuid = str(uuid4())
        found = offered.get_pos_enrolments(False, card.id, uuid)
        self.assertEqual([one["points"] for one in found["cards"]], [37.5])
        answer = self.prepare(uuid, (voucher, 20), card=card)
        self.assertEqual((answer["refusal"], voucher.held), ("", 20))
        self.paid(uuid, voucher, 20, card)
        self.assertEqual((voucher.points, voucher.held), (17.5, 0))

    def test_without_the_card_a_bearers_value_is_closed(self):
        card = self.env["customer.card"].create({"card_type_id": self.bearer_type.id})
        account = self.new_sold_program("stored_value", "Wertkarte")._enrol(
            customer_card=card, amount=50, paid=50
        )
        _uuid, answer = self.spend(account, 20, card)
        self.assertIn("does not belong to this customer", answer["refusal"])

    def test_a_serial_number_spends_no_credit(self):
        """UID only: 30.00 refused at limit 0 and at 20.00, spent at 30.00; by name without it."""
        card = self.new_card()
        account = self.new_sold_program("stored_value", "Guthaben")._enrol(
            self.hans, amount=80, paid=80
        )
        self.insert(card, "uid", "04A1B2C3")
        for limit, refused in ((0, True), (20, True), (30, False)):
            self.env.company.card_uid_spend_limit = limit
            _uuid, answer = self.spend(account, 30, card, partner=self.hans)
            self.assertEqual("serial number only" in answer["refusal"], refused)
            self.assertEqual(answer["unusable"], [account.id] if refused else [])
            self.orders.release_card_payment(_uuid)
            self.env["customer.card.event"].search(
                [("customer_card_id", "=", card.id)]
            ).used_by = False
        self.env.company.card_uid_spend_limit = 0
        _uuid, answer = self.spend(account, 30, card.browse(), partner=self.hans)
        self.assertEqual((answer["refusal"], account.held), ("", 30))

    def test_a_token_beside_the_serial_number_spends(self):
        card = self.new_card()
        account = self.new_sold_program("stored_value", "Guthaben")._enrol(
            self.hans, amount=80, paid=80
        )
        self.insert(card, "uid", "04A1B2C3")
        self.insert(card)
        _uuid, answer = self.spend(account, 30, card, partner=self.hans)
        self.assertEqual((answer["refusal"], account.held), ("", 30))
