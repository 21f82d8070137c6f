from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..wizard.loyalty_program_templates import TEMPLATES

VIEW = "customer_card.loyalty_program_view_form_card"


@tagged("post_install", "-at_install")
class TestProgramRights(CardCase):
    """EX-17: who manages customer cards needs no right to articles, sales or the point of sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "only_cards", groups="customer_card.group_manager")
        cls.env.company.card_program_limit = 0
        cls.article = cls._product("Sold program", 30.0, type="service", is_card_program=True)

    def _lives(self, program):
        """Change it, give it to a customer, archive it, and take it out of the archive."""
        program = program.with_user(self.manager)
        with Form(program, view=VIEW) as form:
            form.name = f"{program.name} (new)"
            if program.kind in ("stored_value", "voucher"):
                form.preset_amount = 60
        program.reward_ids[:1].description = "Said on the receipt"
        enrol = self.env["loyalty.enrol"].with_user(self.manager)
        enrol.create({"program_id": program.id, "partner_id": self.berg.id}).action_enrol()
        self.assertTrue(program.coupon_ids.filtered("is_enrolment"))
        program.action_archive()
        self.assertFalse(program.active)
        program.action_unarchive()
        self.assertTrue(program.active)

    def test_from_every_template(self):
        """EX-17: with the article it is sold as."""
        self.assertFalse(self.manager.has_group("product.group_product_manager"))
        templates = self.env["loyalty.program.new"].with_user(self.manager)
        for template in TEMPLATES:
            with self.subTest(template=template):
                form = Form(templates)
                form.template = template
                form.name = template
                if form.asks_product:
                    form.product_id = self.battery
                action = form.save().action_create()
                program = self.env["loyalty.program"].browse(action["res_id"])
                self._lives(program)

    def test_of_every_kind_by_hand(self):
        """EX-17: in the form, sold as an article that is there."""
        discount = self.env["loyalty.discount"].with_user(self.manager)
        discount = discount.create({"name": "Tenth", "percent": 10, "applies_to": "all"})
        programs = self.env["loyalty.program"].with_user(self.manager)
        for kind, _label in programs._fields["kind"].selection:
            with self.subTest(kind=kind):
                form = Form(programs, view=VIEW)
                form.name, form.kind, form.sale_product_id = kind, kind, self.article
                if kind == "bonus_item":
                    with form.line_ids.new() as line:
                        line.product_id, line.quantity = self.battery, 12
                elif kind in ("discount", "coupon"):
                    with form.line_ids.new() as line:
                        line.discount_id = discount
                elif kind in ("stored_value", "voucher"):
                    form.preset_amount = 50
                program = form.save()
                self._lives(program)
                program.sale_product_id = False

    def test_nothing_more_than_that(self):
        """EX-17: his rights to articles stay what they are, and a seller makes no program."""
        with self.assertRaises(AccessError):
            self.article.with_user(self.manager).name = "Mine"
        with self.assertRaises(AccessError):
            self.env["loyalty.program.new"].with_user(self.seller).create(
                {"template": "points"}
            ).action_create()
        program = self.env["loyalty.program"].create({"name": "P", "kind": "points"})
        for values in ({"active": False}, {"name": "Q"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                program.with_user(self.seller).write(values)
        for values in ({"active": False}, {"description": "Free"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                program.reward_ids.with_user(self.seller).write(values)
