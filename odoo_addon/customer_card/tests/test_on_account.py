from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestOnAccount(CardCase):
    """HS-10: a card carries money or buys on account for the holder's firm, never both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create({"name": "Bau GmbH", "is_company": True})
        cls.max = cls.env["res.partner"].create({"name": "Max Meyer", "parent_id": cls.firm.id})
        cls.type = cls.env.ref("customer_card.card_type_on_account")
        cls.account_card = cls._on_account(cls.max)

    @classmethod
    def _on_account(cls, holder, **values):
        return cls.env["customer.card"].create(
            {"card_type_id": cls.type.id, "partner_id": holder.id, **values}
        )

    def _money(self, kind="stored_value"):
        name = f"Guthaben {self.env['loyalty.program'].search_count([])}"
        return self.env["loyalty.program"].create({"name": name, "kind": kind})

    def _claimed(self, card):
        event = self.env["customer.card.event"].create(
            {
                "key": f"test:{card.id}",
                "till_id": self.till.id,
                "customer_card_id": card.id,
                "origin": "insert",
                "state": "new",
                "action": "customer",
                "presented_at": self.env.cr.now(),
            }
        )
        return event._payload()

    def test_the_card_buys_for_the_firm(self):
        """HS-10: orders of the card are the firm's; who has no firm buys for himself."""
        self.assertEqual(self.account_card.order_partner_id, self.firm)
        self.assertEqual(self._on_account(self.berg).order_partner_id, self.berg)
        ordinary = self.env["customer.card"].create({"partner_id": self.max.id})
        self.assertEqual(ordinary.order_partner_id, self.max)
        claim = self._claimed(self.account_card)
        self.assertEqual((claim["partner"]["id"], claim["on_account"]), (self.firm.id, True))
        self.assertIn("Max Meyer", claim["holder"])

    def test_the_reader_does_not_promise_a_quotation_where_an_order_opens(self):
        self.env["customer.card.medium"]._assign(self.account_card, "uid", "rfid", "04AABBCCDD11")
        self._screen()
        with patch.object(type(self.till), "_on_account_action", lambda till: "quotation"):
            answer = self._present("04AABBCCDD11", kind="uid")
        self.assertEqual(answer["action"], "quotation")
        self.assertIn("purchase on account", answer["message"])

    def test_no_new_card_buys_on_account_by_chance(self):
        """HS-10: cards are made with the ordinary type unless somebody chooses the other one."""
        self.env["customer.card.type"].search([("id", "!=", self.type.id)]).sequence = 99
        self.assertFalse(self.card._default_card_type().on_account)

    def test_programs_of_the_card_are_the_firms(self):
        """HS-10: discounts and points of the type are the firm's once, for all its cards."""
        self.type.program_ids = self.env["loyalty.program"].create(
            [{"name": "Punkte", "kind": "points"}]
        )
        first, second = self._on_account(self.max), self._on_account(self.firm)
        points = self.env["loyalty.card"].search([("program_id", "in", self.type.program_ids.ids)])
        self.assertEqual((points.partner_id, len(points)), (self.firm, 1))
        today = points._today(self.env.company)
        self.assertEqual(first._usable_enrolments(today), points)
        self.assertEqual(second._usable_enrolments(today), points)

    def test_a_program_with_the_card_opens_for_the_firm(self):
        """HS-10: a program of the firm that needs a card is opened by the firm's card only."""
        program = self._counter_program(card_required=True)
        program._enrol(self.firm)
        today = self.env["loyalty.card"]._today(self.env.company)
        opened = program.search(program._gate_domain(self.firm, self.account_card, today))
        self.assertIn(program, opened)
        self.assertFalse(
            program.search(program._gate_domain(self.firm, self.card, today)) & program
        )

    def test_no_credit_on_the_card(self):
        """HS-10: credit and vouchers are refused, as its own and as a program of its type."""
        for kind in ("stored_value", "voucher"):
            with self.assertRaisesRegex(ValidationError, "buys on account"):
                self._money(kind)._enrol(customer_card=self.account_card, amount=50)
        with self.assertRaisesRegex(ValidationError, "carry no credit"):
            self.type.program_ids = self._money()
        sale = self._money()._sale_refusal(
            self.env["loyalty.card"]._today(self.env.company),
            partner=self.firm,
            customer_card=self.account_card,
        )
        self.assertIn("buys on account", sale)
        self._counter_program()._enrol(customer_card=self.account_card)

    def test_a_value_card_never_buys_on_account(self):
        """HS-10: once used as a value card it cannot become an on-account card, even if empty."""
        account = self._money()._enrol(customer_card=self.card, amount=50, paid=50, key="test:50")
        account._post(-50, key="test:spent", reason="sale")
        account.active = False
        with self.assertRaisesRegex(ValidationError, "was used as a value card"):
            self.card.card_type_id = self.type

    def test_a_card_that_spent_credit_never_buys_on_account(self):
        """HS-10: credit of its holder, spent with this card, made it a value card, too."""
        account = self._money()._enrol(self.berg, amount=50, paid=50, key="test:50")
        account._post(-20, key="test:spent", reason="sale", customer_card_id=self.card.id)
        with self.assertRaisesRegex(ValidationError, self.card.number):
            self.card.card_type_id = self.type

    def test_the_type_of_value_cards_cannot_be_switched(self):
        """HS-10: the property of a type is not the way around; an unused card may change."""
        fresh = self.env["customer.card"].create({"partner_id": self.berg.id})
        fresh.card_type_id = self.type
        self.assertTrue(fresh.on_account)
        self._money()._enrol(customer_card=self.card, amount=50)
        with self.assertRaisesRegex(ValidationError, "was used as a value card"):
            self.card.card_type_id.on_account = True
        with self.assertRaisesRegex(ValidationError, "need a customer"):
            self.type.copy({"holder_type": "bearer"})

    def test_the_way_back_is_open(self):
        """HS-10: no money hangs on an on-account card, so it may become a value card."""
        self.account_card.card_type_id = self.card.card_type_id
        self.assertEqual(self.account_card.order_partner_id, self.max)
        self._money()._enrol(customer_card=self.account_card, amount=50)

    def test_the_card_opens_something_without_a_program(self):
        """HS-10: an ended program of the firm does not stop purchases on account."""
        self._counter_program()._enrol(self.firm).blocked = True
        action, refusal = self.till._action_of(self.account_card)
        self.assertEqual((action, refusal), (self.till._on_account_action(), None))
