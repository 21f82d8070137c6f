from datetime import date

from odoo.addons.customer_card.exceptions import CardNotUsable
from odoo.addons.customer_card.rules.periods import period_bounds, term_end
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestPrograms(CardCase):
    def _discount(self, percent=10, **values):
        return self.env["loyalty.discount"].create(
            {
                "name": f"{percent} %",
                "percent": percent,
                "product_ids": [(6, 0, self.battery.ids)],
                **values,
            }
        )

    def test_ours_keep_the_native_gates_shut(self):
        """The gate fails closed: no native screen offers our programs by itself."""
        program = self.env["loyalty.program"].create(
            {
                "name": "D",
                "kind": "discount",
                "sale_ok": True,
                "line_ids": [(0, 0, {"discount_id": self._discount().id})],
            }
            if "sale_ok" in self.env["loyalty.program"]._fields
            else {"name": "D", "kind": "discount"}
        )
        program.write({name: True for name in ("sale_ok", "pos_ok") if name in program._fields})
        for name in ("sale_ok", "pos_ok"):
            if name in program._fields:
                self.assertFalse(program[name])

    def test_one_write_closes_ours_and_opens_native_programs(self):
        """weak-rows, defects by reading: the value of the native ones got lost."""
        programs = self.env["loyalty.program"]
        names = [name for name in ("sale_ok", "pos_ok", "active") if name in programs._fields]
        ours = programs.create({"name": "Ours", "kind": "discount", "active": False})
        native = programs.create({"name": "Native", **dict.fromkeys(names, False)})
        (ours | native).write(dict.fromkeys(names, True))
        for name in names:
            self.assertTrue(native[name], name)
            self.assertEqual(ours[name], name == "active", name)

    def test_each_discount_line_is_one_native_promotion(self):
        """AX-04 AX-05: the second line lives on a hidden child; removing it closes the child."""
        tools = self._discount(20, product_ids=[(6, 0, self.other.ids)])
        program = self.env["loyalty.program"].create(
            {
                "name": "D",
                "kind": "discount",
                "line_ids": [
                    (0, 0, {"discount_id": self._discount().id}),
                    (0, 0, {"discount_id": tools.id}),
                ],
            }
        )
        child = program.child_program_ids
        self.assertEqual(program.reward_ids.mapped("discount"), [10])
        self.assertEqual(child.reward_ids.mapped("discount"), [20])
        self.assertEqual(
            self.env["product.product"].search(child.reward_ids._get_discount_product_domain()),
            self.other,
        )
        tools.percent = 25
        self.assertEqual(child.reward_ids.discount, 25)
        program.line_ids[1].unlink()
        self.assertFalse(child.active)

    def test_gate_opens_for_live_enrolments_only(self):
        """AP-16 AP-19: the customer with a live enrolment, nobody else, not after its end."""
        programs = self.env["loyalty.program"]
        program = programs.create(
            {
                "name": "D",
                "kind": "discount",
                "line_ids": [(0, 0, {"discount_id": self._discount().id})],
            }
        )
        enrolment = program._enrol(self.berg)
        today = enrolment._today(self.env.company)
        no_card = self.env["customer.card"]

        def is_open(partner, card=no_card):
            return bool(programs.search(programs._gate_domain(partner, card, today)) & program)

        self.assertTrue(is_open(self.berg))
        self.assertFalse(is_open(self.env["res.partner"].create({"name": "Other"})))
        self.assertFalse(is_open(self.env["res.partner"]))
        program.card_required = True
        self.assertFalse(is_open(self.berg))
        self.assertTrue(is_open(self.berg, self.card))
        self.card.action_block()
        self.assertFalse(is_open(self.berg, self.card))
        program.card_required = False
        enrolment.expiration_date = date(2020, 1, 1)
        self.assertFalse(is_open(self.berg))

    def test_discount_program_without_line_gives_nothing(self):
        """A fresh discount program never falls back to the native ten percent."""
        programs = self.env["loyalty.program"]
        program = programs.create({"name": "D", "kind": "discount"})
        enrolment = program._enrol(self.berg)
        found = programs.search(
            programs._gate_domain(self.berg, self.card, enrolment._today(self.env.company))
        )
        self.assertNotIn(program, found)

    def test_points_account_exists_once(self):
        program = self.env["loyalty.program"].create({"name": "P", "kind": "points"})
        self.assertEqual(program._enrol(self.berg), program._enrol(self.berg))

    def test_ended_points_account_is_renewed_with_its_points(self):
        """I17: a second account beside the ended one would be refused by the database."""
        program = self.env["loyalty.program"].create(
            {"name": "P", "kind": "points", "term_months": 1}
        )
        account = program._enrol(self.berg, day=date(2026, 1, 31))
        account._post(50, key="before the end", reason="earn")
        again = program._enrol(self.berg, day=date(2026, 3, 15))
        self.assertEqual(again, account)
        self.assertEqual((again.points, again.expiration_date), (50, date(2026, 4, 15)))
        account.expiration_date = False
        account.blocked = True
        with self.assertRaises(CardNotUsable):
            program._enrol(self.berg, day=date(2026, 3, 16))

    def test_kind_is_fixed_once_a_customer_has_it(self):
        program = self._counter_program()
        program._enrol(self.berg)
        with self.assertRaises(UserError):
            program.kind = "points"

    def test_only_counters_decrease(self):
        with self.assertRaises(ValidationError):
            self.env["loyalty.program"].create(
                {"name": "P", "kind": "points", "insert_action": "decrease"}
            )

    def test_terms_follow_the_calendar(self):
        """I12, I13: 31.01. plus one month is 28.02.; periods leave no gap."""
        self.assertEqual(term_end(date(2026, 1, 31), 1), date(2026, 2, 28))
        self.assertIsNone(term_end(date(2026, 1, 31), 0))
        first = period_bounds(date(2026, 1, 31), 1, 1)
        second = period_bounds(date(2026, 1, 31), 1, 2)
        self.assertEqual(first, (date(2026, 1, 31), date(2026, 2, 28)))
        self.assertEqual(second, (date(2026, 3, 1), date(2026, 3, 31)))
