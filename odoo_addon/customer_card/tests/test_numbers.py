from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CardCase


@tagged("post_install", "-at_install")
class TestNumbers(CardCase):
    """HS-11: card types with a number range of their own."""

    def setUp(self):
        super().setUp()
        # A counter of the database goes on counting over a rollback: each test needs its own.
        self.types = self.env["customer.card.type"]
        self.staff = self.types.create(
            {"name": "Staff", "holder_type": "bearer", "number_from": 9000, "number_to": 9099}
        )

    def _card(self, **values):
        return self.env["customer.card"].create({"card_type_id": self.staff.id, **values})

    def test_cards_get_the_numbers_of_their_range(self):
        """HS-11: 9000-9099: the first hundred cards fit, the next one is refused clearly."""
        numbers = [self._card().number for _card in range(100)]
        self.assertEqual(numbers, [str(number) for number in range(9000, 9100)])
        with self.assertRaisesRegex(UserError, "from 9000 to 9099 of card type Staff are in use"):
            self._card()
        self.staff.number_to = 9199
        self.assertIn(int(self._card().number), range(9100, 9200))

    def test_a_failed_attempt_loses_no_number(self):
        """Of 9000-9001 one number was passed over by an error: it is given out at last."""
        self.staff.number_to = 9001
        self.staff.sequence_id.next_by_id()
        self.assertEqual([self._card().number, self._card().number], ["9001", "9000"])

    def test_numbers_of_a_range_are_for_its_type(self):
        customer = {"partner_id": self.berg.id, "card_type_id": self.types.search([], limit=1).id}
        with self.assertRaisesRegex(ValidationError, "9050 belongs to cards of type Staff"):
            self.env["customer.card"].create(
                {
                    **customer,
                    "card_type_id": self.env.ref("customer_card.card_type_customer").id,
                    "number": "9050",
                }
            )
        with self.assertRaisesRegex(ValidationError, "77 is none of them"):
            self._card(number="77")
        self.assertEqual(self._card(number="9077").number, "9077")

    def test_the_shared_counter_passes_over_ranges_and_taken_numbers(self):
        shared = self.env.ref("customer_card.sequence_customer_card")
        shared.number_next_actual = 8998
        partner = self.env["res.partner"].create({"name": "Hans Schulz"})
        new_card = {
            "partner_id": partner.id,
            "card_type_id": self.env.ref("customer_card.card_type_customer").id,
        }
        self.env["customer.card"].create({**new_card, "number": "08999"})
        numbers = [self.env["customer.card"].create(dict(new_card)).number for _card in range(2)]
        self.assertEqual(numbers, ["08998", "09100"])

    def test_ranges_do_not_overlap(self):
        with self.assertRaisesRegex(ValidationError, "does not overlap"):
            self.types.create({"name": "Other", "number_from": 9090, "number_to": 9200})
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self.types.create({"name": "Wrong", "number_from": 10, "number_to": 5})
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestCardRights(CardCase):
    """Sellers make and block cards; what a card is, managers change."""

    def test_a_seller_changes_no_number_and_no_state(self):
        card = self.card.with_user(self.seller)
        for values in (
            {"number": "1"},
            {"valid_until": "2099-01-01"},
            {"state": "blocked"},
            {"card_type_id": self.card.card_type_id.copy().id},
            {"active": False},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                card.write(values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            card.create({"partner_id": self.berg.id, "valid_until": "2099-01-01"})

    def test_a_seller_blocks_and_a_manager_unblocks(self):
        card = self.card.with_user(self.seller)
        card.action_block()
        self.assertEqual(self.card.state, "blocked")
        with self.assertRaises(AccessError):
            card.action_unblock()
        manager = new_test_user(self.env, "card_manager", groups="customer_card.group_manager")
        self.card.with_user(manager).action_unblock()
        self.card.with_user(manager).write({"valid_until": "2099-01-01", "number": "777123"})
        self.assertEqual((self.card.state, self.card.number), ("active", "777123"))

    def test_a_seller_makes_a_card_as_the_form_does(self):
        made = (
            self.env["customer.card"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.berg.id,
                    "state": "active",
                    "valid_until": False,
                    "active": True,
                }
            )
        )
        made.partner_id = self.berg
        self.assertTrue(made.number)
