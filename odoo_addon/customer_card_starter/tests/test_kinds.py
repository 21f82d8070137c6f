from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..wizard.loyalty_program_templates import TEMPLATES


@tagged("post_install", "-at_install")
class TestKinds(CardCase):
    """Every kind of program: made from its template, closed to native code, used."""

    def _new(self, template, **answers):
        """A manager makes a program from a template, as the form does."""
        with Form(self.env["loyalty.program.new"]) as form:
            form.template = template
            if form.asks_product:
                form.product_id = answers.pop("product", self.battery)
            for name, value in answers.items():
                form[name] = value
            new = form.save()
        return self.env["loyalty.program"].browse(new.action_create()["res_id"])

    def test_every_template_makes_a_program(self):
        """AP-02: each template's wizard creates its program, closed to native code."""
        for template in TEMPLATES:
            program = self._new(template)
            self.assertTrue(program.kind, template)
            if "sale_ok" in program._fields:
                self.assertFalse(program.sale_ok, template)
            # Nothing is earned by native rules of credit and points.
            if program.kind in ("points", "stored_value", "voucher"):
                self.assertEqual(program.rule_ids.product_domain, "[('id', '=', 0)]")
                self.assertEqual(program.reward_ids.discount_mode, "per_point")
            self.assertLedger()

    def test_a_new_program_is_named_without_what_explains_its_template(self):
        """AP-02: receipts show the name: "Battery program", not how the template is filled in."""
        program = self._new("battery_yearly")
        self.assertEqual((program.name, program.sale_product_id.name), ("Battery program",) * 2)

    def test_battery_program(self):
        """AS-07: 6 periods of 12 packs, once per day, sold by an article of its own."""
        program = self._new("battery_yearly")
        self.assertEqual(program.line_ids.mapped("quantity"), [12] * 6)
        self.assertEqual(program._enrol(self.berg).points, 72)
        self.assertTrue(program.sale_product_id.is_card_program)
        self.assertTrue(program.once_per_day)

    def test_training_card(self):
        """AS-12: 10 sessions sold, 10 visits, the 11th refused; a service leaves no stock."""
        session = self._product("Therapy", 40.0, type="service")
        program = self._new("training", product=session)
        program.once_per_day = False
        card = self.env["loyalty.card.grant"]._settle("test.line", 1, 1, program, self.berg).card_id
        for visit in range(10):
            card._issue(card.allowance_ids, session, 1, key=f"visit:{visit}")
        self.assertEqual(card.points, 0)
        with self.assertRaises(UserError):
            card._issue(card.allowance_ids, session, 1, key="visit:11")
        rows = self.env["customer.card.outbox"].search([("stream", "=", "issue")])
        self.assertFalse(rows)

    def test_flat_rate(self):
        """AP-53: no quantity, no end of the counter."""
        card = self._new("battery_flat")._enrol(self.berg)
        self.assertTrue(card.is_unlimited)
        self.assertEqual(card.points, 0)

    def test_warranty(self):
        """AS-08, AP-18: 100 % on a category, only with the card, for two years."""
        repairs = self.env["product.category"].create({"name": "Repairs"})
        program = self._new("warranty", category_id=repairs)
        self.assertEqual((program.kind, program.card_required), ("discount", True))
        self.assertEqual((program.reward_ids.discount, program.term_months), (100, 24))
        repair = self._product("Repair", 89.0, categ_id=repairs.id)
        self.assertEqual(self._covered(program, repair | self.battery), repair)

    def test_stored_value_card(self):
        """AS-09: pay 100 get 115, sold by an article without tax at a fixed price."""
        program = self._new("stored_value")
        self.assertEqual((program.sale_product_id.lst_price, program.preset_amount), (100, 115))
        self.assertFalse(program.sale_product_id.taxes_id)

    def test_discount_program(self):
        """AS-11: 10 % on all articles; with a category chosen, on that one."""
        program = self._new("discount")
        self.assertEqual(program.line_ids.discount_id.percent, 10)
        self.assertEqual((program.reward_ids.discount, program.card_required), (10, False))
        articles = self.battery | self.other
        self.assertEqual(self._covered(program, articles), articles)
        category = self.env["product.category"].create({"name": "Care"})
        self.other.categ_id = category
        program = self._new("discount", name="On care", category_id=category)
        self.assertEqual(self._covered(program, articles), self.other)

    def _covered(self, program, products):
        """Those of *products* on which the program takes its percentage off."""
        self.assertEqual(program.reward_ids.discount_applicability, "specific")
        return products.filtered_domain(program.reward_ids._get_discount_product_domain())

    def test_copy_a_line(self):
        """AP-06: a line with 12 packs is copied: a second one with an id of its own."""
        program = self._counter_program(12)
        program.line_ids.action_copy()
        self.assertEqual(program.line_ids.mapped("quantity"), [12, 12])
        self.assertEqual(len(set(program.line_ids.ids)), 2)

    def test_names_are_unique(self):
        """AP-08: a second program of the same name is refused by name."""
        program = self._counter_program(name="Only one")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._counter_program(name="Only one")
        program.active = False
        self._counter_program(name="Only one")

    def test_kind_is_fixed_once_sold(self):
        """AP-09: the type cannot change after the first sale."""
        program = self._counter_program()
        program._enrol(self.berg)
        with self.assertRaisesRegex(UserError, "type cannot change"):
            program.kind = "discount"

    def test_sellers_make_no_programs(self):
        """AP-01: a seller neither creates nor changes a program."""
        program = self._new("points")
        with self.assertRaises(AccessError):
            self.env["loyalty.program"].with_user(self.seller).create(
                {"name": "Mine", "kind": "points"}
            )
        with self.assertRaises(AccessError):
            program.with_user(self.seller).name = "Mine"
        with self.assertRaises(AccessError):
            self.env["loyalty.program.new"].with_user(self.seller).create({"name": "Mine"})

    def test_a_card_manager_alone_makes_every_kind(self):
        """N8, AP-01, EX-17: with this right alone: from template and by hand, changed, assigned,
        archived."""
        boss = new_test_user(self.env, "card_boss", groups="customer_card.group_manager")
        every, self.env = self.env, self.env(user=boss)
        programs = [self._new(template) for template in TEMPLATES]
        article = {"product_id": self.battery.id, "quantity": 12}
        positions = {"bonus_item": article, "discount": None, "coupon": None}
        for kind in dict(programs[0]._fields["kind"].selection):
            line = positions.get(kind, {})
            if line is None:
                discount = {"name": f"By hand {kind}", "percent": 10, "applies_to": "all"}
                line = {"discount_id": self.env["loyalty.discount"].create(discount).id}
            values = {"name": f"By hand {kind}", "kind": kind}
            if line:
                values["line_ids"] = [Command.create(line)]
            programs.append(self.env["loyalty.program"].create(values))
        for program in programs:
            with self.subTest(program=program.name):
                program.name += " 2"
                holder = self.berg.copy()
                enrol = {"program_id": program.id, "partner_id": holder.id, "amount": 25}
                self.env["loyalty.enrol"].create(enrol).action_enrol()
                self.assertTrue(program.sudo().coupon_ids)
                program.active = False
        self.env = every

    def test_five_kinds_on_one_card(self):
        """AX-03: discount, battery, article, credit and warranty on one card: all five active."""
        repairs = self.env["product.category"].create({"name": "Repairs"})
        programs = [
            self._new("discount"),
            self._new("battery_yearly"),
            self._new("article_card", product=self.other),
            self._new("stored_value"),
            self._new("warranty", category_id=repairs),
        ]
        cards = [program._enrol(self.berg, self.card) for program in programs]
        self.assertEqual({one.state for one in cards}, {"active"})
        usable = self.card._usable_enrolments(cards[0]._today(cards[0].company_id))
        self.assertEqual(usable.program_id, self.env["loyalty.program"].union(*programs))
        before = [one.points for one in cards]
        cards[2]._issue(cards[2].allowance_ids, self.other, 1, key="one capsule")
        cards[3]._post(-15, key="spend", reason="sale")
        after = [one.points for one in cards]
        self.assertEqual(
            [new - old for old, new in zip(before, after, strict=True)], [0, 0, -1, -15, 0]
        )

    def test_credit_is_given_by_managers(self):
        """AP-20: 25.00 assigned by a manager as a bonus; a seller may not give credit away."""
        program = self._new("stored_value")
        program.preset_amount = 0
        wizard = {"program_id": program.id, "partner_id": self.berg.id, "amount": 25}
        with self.assertRaises(AccessError):
            self.env["loyalty.enrol"].with_user(self.seller).create(wizard).action_enrol()
        given = self.env["loyalty.enrol"].create(wizard)
        given.action_enrol()
        given.action_enrol()
        account = program.coupon_ids
        self.assertEqual((account.points, account.paid, account.bonus), (25, 0, 25))
