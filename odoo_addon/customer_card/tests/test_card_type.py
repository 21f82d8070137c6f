from contextlib import closing
from datetime import date
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CardCase


@tagged("post_install", "-at_install")
class TestCardType(CardCase):
    """AS-01: own cards with programs. AS-03: up to five programs on one card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meier = cls.env["res.partner"].create({"name": "Erika Meier"})

    def _programs(self, count, first=1):
        return self.env["loyalty.program"].create(
            [
                {"name": f"Program {number}", "kind": "points"}
                for number in range(first, first + count)
            ]
        )

    def _type(self, programs=(), **values):
        return self.env["customer.card.type"].create(
            {"name": "Gold", "program_ids": [program.id for program in programs], **values}
        )

    def _card(self, card_type, partner=None):
        return (
            self.env["customer.card"]
            .with_user(self.seller)
            .create({"card_type_id": card_type.id, "partner_id": (partner or self.meier).id})
            .sudo()
        )

    def _carried(self, card):
        return len(card._usable_enrolments(self.env["loyalty.card"]._today(card.company_id)))

    def test_card_of_a_type_brings_its_programs_along(self):
        """AS-01: a type with two programs is saved; a seller gives such a card to a customer."""
        numbers = self.env["ir.sequence"].create({"name": "Gold", "prefix": "G", "padding": 4})
        two = self._programs(2)
        card = self._card(self._type(two, sequence_id=numbers.id))
        self.assertEqual(card.number, "G0001")
        self.assertEqual(card.enrolment_ids.program_id, two)
        self.assertEqual(card.enrolment_ids.partner_id, self.meier)
        self.assertEqual(self._card(card.card_type_id, self.berg).number, "G0002")

    def test_validity_of_the_type_ends_the_card(self):
        """AS-01, I12: twelve months from 31.01.2026 end on 31.01.2027, inclusive."""
        program = self._programs(1)
        gold = self._type(program, validity_months=12)
        cards = type(self.env["loyalty.card"])
        with patch.object(cards, "_today", lambda self, company: date(2026, 1, 31)):
            card = self._card(gold)
        self.assertEqual(card.valid_until, date(2027, 1, 31))
        self.assertTrue(card._is_usable(date(2027, 1, 31)))
        self.assertFalse(card._is_usable(date(2027, 2, 1)))
        gate = program._gate_domain
        for day, opened in ((date(2027, 1, 31), 1), (date(2027, 2, 1), 0)):
            program.card_required = True
            domain = gate(self.meier, card, day)
            self.assertEqual(len(self.env["loyalty.program"].search(domain)), opened)

    def test_expired_card_is_refused_at_the_till(self):
        """AS-01: the reader says until when the card was valid."""
        self._screen()
        self.card.valid_until = date(2020, 6, 30)
        answer = self._present()
        self.assertEqual(answer["status"], "blocked")
        self.assertIn("06/30/2020", answer["message"])
        self.assertIn(self.card, self.env["customer.card"].search([("expired", "=", True)]))

    def test_type_that_is_no_longer_issued(self):
        """AS-01: issuable off refuses new cards; those in use keep working."""
        gold = self._type(issuable=False)
        with self.assertRaisesRegex(UserError, "No new cards of type Gold"):
            self._card(gold)
        self.assertNotEqual(self.env["customer.card"]._default_card_type(), gold)

    # --- five programs ----------------------------------------------------------------

    def test_sixth_program_is_refused(self):
        """AS-03: five programs on the card all apply; the sixth is refused with "max 5"."""
        self.assertEqual(self.env.company.card_program_limit, 5)
        card = self._card(self._type(self._programs(5)))
        self.assertEqual(self._carried(card), 5)
        sixth = self._programs(1, first=6)
        wizard = self.env["loyalty.enrol"].with_user(self.seller)
        for target in ({"customer_card_id": card.id}, {}):
            values = {"program_id": sixth.id, "partner_id": self.meier.id, **target}
            with self.assertRaisesRegex(UserError, "max 5"), self.env.cr.savepoint():
                wizard.create(values).action_enrol()
        self.assertEqual(self._carried(card), 5)
        self.assertFalse(self.env["loyalty.card"].search([("program_id", "=", sixth.id)]))

    def test_limit_is_the_companys_choice(self):
        """AS-03: six when the company says six; 0 is no limit."""
        card = self._card(self._type(self._programs(5)))
        self.env.company.card_program_limit = 6
        self._programs(1, first=6)._enrol(customer_card=card)
        with self.assertRaisesRegex(UserError, "max 6"), self.env.cr.savepoint():
            self._programs(1, first=7)._enrol(customer_card=card)
        self.env.company.card_program_limit = 0
        for program in self._programs(3, first=8):
            program._enrol(customer_card=card)
        self.assertEqual(self._carried(card), 9)

    def test_limit_counts_each_card_alone(self):
        """I6: five on one card leave room on the customer's other card."""
        first = self._card(self._type(self._programs(5)))
        second = self._card(self._type())
        self._programs(1, first=6)._enrol(customer_card=second)
        self.assertEqual(self._carried(first), 5)
        self.assertEqual(self._carried(second), 1)

    def test_programs_of_the_customer_apply_through_the_card(self):
        """I6: four of the customer and one of the card fill it; a card that is blocked is not."""
        card = self._card(self._type(self._programs(1)))
        for program in self._programs(4, first=2):
            program._enrol(self.meier)
        self.assertEqual(self._carried(card), 5)
        self.assertEqual(len(card.with_user(self.seller).shown_enrolment_ids), 5)
        sixth = self._programs(1, first=6)
        with self.assertRaisesRegex(UserError, "max 5"), self.env.cr.savepoint():
            sixth._enrol(self.meier)
        card.action_block()
        self.assertTrue(sixth._enrol(self.meier))

    def test_same_program_again_and_ended_ones_do_not_count(self):
        """AS-03: five *different* programs; one that is over makes room."""
        counter = self._counter_program(always_new=True)
        card = self._card(self._type(counter | self._programs(4)))
        counter._enrol(customer_card=card)
        self.assertEqual(self._carried(card), 6)
        self.assertEqual(len(card._programs_carried()), 5)
        card.enrolment_ids.filtered(lambda one: one.program_id == counter).expiration_date = date(
            2020, 1, 1
        )
        self._programs(1, first=6)._enrol(customer_card=card)
        self.assertEqual(len(card._programs_carried()), 5)

    def test_sale_is_refused_before_it_is_paid_and_given_after(self):
        """AS-03, law 6: a full card is said before the sale; what the till sold is given."""
        card = self._card(self._type(self._programs(5)))
        sixth = self._programs(1, first=6)
        today = self.env["loyalty.card"]._today(self.env.company)
        self.assertIn("max 5", sixth._sale_refusal(today, partner=self.meier, customer_card=card))
        self.assertFalse(sixth._sale_refusal(today, partner=self.berg))
        grants = self.env["loyalty.card.grant"]
        with self.assertRaisesRegex(UserError, "max 5"), self.env.cr.savepoint():
            grants._settle("sale.order.line", 1, 1, sixth, partner=self.meier, customer_card=card)
        paid = grants._settle("pos.order.line", 1, 1, sixth, partner=self.meier, customer_card=card)
        self.assertEqual(paid.card_id.customer_card_id, card)

    def test_voucher_is_a_code_not_a_program_of_the_card(self):
        """AS-03: who has five programs may still buy a voucher; on the card it needs room."""
        card = self._card(self._type(self._programs(5)))
        voucher = self.env["loyalty.program"].create(
            {"name": "Voucher", "kind": "voucher", "preset_amount": 50}
        )
        today = self.env["loyalty.card"]._today(self.env.company)
        self.assertFalse(voucher._sale_refusal(today, partner=self.meier))
        self.assertEqual(voucher._enrol(self.meier, paid=50).points, 50)
        self.assertEqual(len(card._programs_carried()), 5)
        with self.assertRaisesRegex(UserError, "max 5"), self.env.cr.savepoint():
            voucher._enrol(customer_card=card)

    def test_type_with_six_programs_makes_no_card(self):
        """AS-03: nothing is half made."""
        with self.assertRaisesRegex(UserError, "max 5"), self.env.cr.savepoint():
            self._card(self._type(self._programs(6)))
        self.assertFalse(self.meier.customer_card_ids)

    @mute_logger("odoo.sql_db")
    def test_two_assignments_at_once_cannot_both_be_the_fifth(self):
        """AS-03, law 5: the second of two concurrent checks fails and would be repeated."""
        with closing(self.registry.cursor()) as one, closing(self.registry.cursor()) as two:
            first = api.Environment(one, SUPERUSER_ID, {})
            partner = first["res.partner"].create({"name": "Two tills at once"})
            card = first["customer.card"].create({"partner_id": partner.id})
            program = first["loyalty.program"].create({"name": "Fifth", "kind": "points"})
            one.commit()
            self.addCleanup(self._forget, partner.id, card.id, program.id)
            second = api.Environment(two, SUPERUSER_ID, {})
            other = second["customer.card"].browse(card.id)
            self.assertEqual(other.number, card.number)  # the second one's snapshot begins here
            card._check_program_limit(program)
            one.commit()
            with self.assertRaises(SerializationFailure):
                other._check_program_limit(second["loyalty.program"].browse(program.id))

    def _forget(self, partner_id, card_id, program_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["customer.card"].browse(card_id).unlink()
            program = env["loyalty.program"].browse(program_id)
            program.active = False
            program.unlink()
            env["res.partner"].browse(partner_id).unlink()

    # --- numbers of partner groups ----------------------------------------------------

    def test_prefix_is_written_as_it_is_compared(self):
        """AS-14: a prefix with blanks or small letters would never match."""
        for wrong in ("hsp", "H SP", "HSP-"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._type(number_prefix=wrong)

    def test_longest_prefix_wins(self):
        """AS-14: HSP1 is more than HSP; the prefix alone is no number."""
        plus = self._type(number_prefix="HSP")
        gold = self._type(number_prefix="HSP1")
        types = self.env["customer.card.type"]
        company = self.env.company
        self.assertEqual(types._of_number("hsp 123-456", company), gold)
        self.assertEqual(types._of_number("HSP 223-456", company), plus)
        self.assertFalse(types._of_number("HSP", company))
        self.assertFalse(types._of_number("PAP1234", company))
