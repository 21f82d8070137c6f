from datetime import date
from unittest.mock import patch

from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_office.models import customer_card_mass
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMass(CardCase):
    """EX-15: a program for many customers, a new end or a block of many, in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        cls.program = cls._counter_program(term_months=12)
        cls.customers = cls.env["res.partner"].create([{"name": f"Many {n}"} for n in range(5)])
        cls.customers |= cls.berg
        cls.program._enrol(cls.berg)

    def _ask(self, records, user=None, **values):
        masses = self.env["customer.card.mass"].with_user(user or self.manager)
        action = masses._ask(records.with_user(user or self.manager))
        mass = masses.browse(action["res_id"])
        mass.write(values)
        return mass

    def _enrolments(self):
        return self.customers.enrolment_ids.filtered(lambda one: one.program_id == self.program)

    def test_assigned_with_a_preview_and_a_report(self):
        """EX-15: 6 chosen, 5 get it, one has it; a second click gives nothing more."""
        mass = self._ask(self.customers)
        with Form(mass) as form:
            form.action, form.program_id = "assign", self.program
            text = "5 of 6 are changed, 1 are left out.\n1 × The customer has it already."
            self.assertEqual(form.preview, text)
        self.assertEqual(len(self._enrolments()), 1)
        mass.action_confirm()
        mass.action_confirm()
        self.assertEqual((mass.state, mass.done_count, mass.left_out_count), ("done", 5, 1))
        self.assertEqual((mass.progress, len(self._enrolments())), (100, 6))
        self.assertEqual(set(self._enrolments().mapped("points")), {72})
        self.assertEqual(mass.left_out_ids.partner_id, self.berg)
        self.assertEqual(mass.left_out_ids.reason, "The customer has it already.")
        self.assertEqual(
            (self._enrolments() - self.berg.enrolment_ids).entry_ids.user_id, self.manager
        )

    def test_an_erased_person_is_not_in_it_any_more(self):
        """BY-07 EX-15: the report forgets who was erased; how many there were stays."""
        mass = self._ask(self.customers, action="assign", program_id=self.program.id)
        mass.action_confirm()
        self.berg.sudo()._erase_card_traces(self.berg.enrolment_ids, self.card)
        self.assertNotIn(self.berg, mass.line_ids.partner_id)
        self.assertEqual((mass.line_count, len(mass.line_ids)), (6, 5))

    def test_extended_and_blocked(self):
        """EX-15: what ends later is never made shorter; what is blocked is left out."""
        cards = self.program._enrol(self.customers[0]) | self.program._enrol(self.customers[1])
        cards[1]._change_end(date(2099, 1, 1), "test", "Later")
        values = {"action": "extend", "new_end": "2090-12-31", "note": "Goodwill"}
        mass = self._ask(cards, **values)
        mass.action_confirm()
        ends = [date(2090, 12, 31), date(2099, 1, 1)]
        self.assertEqual(cards.mapped("expiration_date"), ends)
        term = cards[0].entry_ids.filtered(lambda one: one.reason == "term")
        self.assertIn("Goodwill", term.note)
        self.assertEqual(mass.left_out_ids.card_id, cards[1])
        cards[0].blocked = True
        mass = self._ask(self.customers, action="block", program_id=self.program.id)
        mass.action_confirm()
        self.assertEqual((mass.done_count, mass.left_out_count), (2, 4))
        self.assertEqual(set(self._enrolments().mapped("blocked")), {True})
        self.assertEqual(
            set(mass.left_out_ids.mapped("reason")),
            {"It is blocked already.", "The customer does not have this program."},
        )

    def test_one_refusal_stops_nobody_else(self):
        """EX-15: who cannot have it is in the report, with the sentence of the refusal."""
        programs = type(self.program)
        enrol, refusal = programs._enrol, "The card is full."

        def refuse(program, partner, **terms):
            if partner == self.customers[2]:
                raise UserError(refusal)
            return enrol(program, partner, **terms)

        mass = self._ask(self.customers, action="assign", program_id=self.program.id)
        with patch.object(programs, "_enrol", refuse):
            mass.action_confirm()
        self.assertEqual((mass.done_count, mass.left_out_count), (4, 2))
        self.assertIn(refusal, mass.left_out_ids.mapped("reason"))

    def test_many_wait_for_the_background(self):
        """EX-15: the progress moves batch by batch."""
        mass = self._ask(self.customers, action="assign", program_id=self.program.id)
        with (
            patch.object(customer_card_mass, "AT_ONCE", 1),
            patch.object(customer_card_mass, "BATCH", 3),
        ):
            mass.action_confirm()
            self.assertEqual((mass.state, mass.progress), ("running", 0))
            with self.assertRaises(UserError):
                mass.action = "block"
            mass.sudo()._run_batch()
            self.assertEqual((mass.state, mass.progress), ("running", 50))
            mass.sudo()._run_batch()
            mass.sudo()._run_batch()
        self.assertEqual((mass.state, mass.progress, mass.done_count), ("done", 100, 5))

    def test_opened_from_both_lists(self):
        """EX-15: the Action menu of customers and of programs, for managers only."""
        for name, records in (("partner", self.customers), ("card", self._enrolments())):
            action = self.env.ref(f"customer_card_office.action_mass_{name}")
            context = {"active_model": records._name, "active_ids": records.ids}
            opened = action.with_user(self.manager).with_context(**context).run()
            mass = self.env["customer.card.mass"].browse(opened["res_id"])
            chosen = records if name == "partner" else records.partner_id
            self.assertEqual((mass.line_ids.partner_id, mass.state), (chosen, "draft"))
            with self.assertRaises(AccessError):
                action.with_user(self.seller).with_context(**context).run()

    def test_refused(self):
        """EX-15: no manager, another one's choice, credit, a missing reason, forged lines."""
        with self.assertRaises(AccessError):
            self._ask(self.customers, user=self.seller)
        mass = self._ask(self.customers, action="assign", program_id=self.program.id)
        other = new_test_user(self.env, "other_manager", groups="customer_card.group_manager")
        with self.assertRaises(AccessError):
            mass.with_user(other).action_confirm()
        with self.assertRaises(AccessError):
            mass.line_count = 1
        with self.assertRaises(AccessError):
            mass.line_ids[0].partner_id = self.berg
        voucher = self.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        mass.program_id = voucher
        with self.assertRaises(UserError):
            mass.action_confirm()
        mass = self._ask(self._enrolments(), action="extend", new_end="2090-12-31", note=" ")
        with self.assertRaises(UserError):
            mass.action_confirm()
        self.assertEqual(len(self._enrolments()), 1)
