from odoo.addons.customer_card.exceptions import BalanceTooLow, CardNotUsable
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestQuotas(CardCase):
    """What a program line covers: an article, or a property with its value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batteries = cls.env["product.category"].create({"name": "Batteries"})
        cls.zinc = cls.env["product.category"].create(
            {"name": "Zinc", "parent_id": cls.batteries.id}
        )
        cls.battery.categ_id = cls.batteries

    def _program(self, *lines):
        return self._counter_program(1, line_ids=[(0, 0, line) for line in lines])

    def _issue_from(self, enrolment, line, product, quantity=1):
        allowance = enrolment.allowance_ids.filtered(lambda one: one.program_line_id == line)
        key = f"{allowance.id}:{product.id}:{allowance.used}"
        return enrolment._issue(allowance, product, quantity, key=key)

    def test_quota_for_one_article(self):
        """AP-13 AP-50: the line names an article; any other one is refused."""
        program = self._program({"product_id": self.battery.id, "quantity": 30})
        enrolment = program._enrol(customer_card=self.card)
        self._issue_from(enrolment, program.line_ids, self.battery)
        with self.assertRaises(CardNotUsable):
            self._issue_from(enrolment, program.line_ids, self.other)
        self.assertEqual(enrolment.points, 29)

    def test_quota_for_a_category_covers_later_articles_too(self):
        """AP-14 AP-51: every article of the category and below it, also one created afterwards."""
        line = {"property": "category", "category_id": self.batteries.id, "quantity": 30}
        program = self._program(line)
        enrolment = program._enrol(customer_card=self.card)
        later = self._product("Battery 675", 10.0, categ_id=self.zinc.id)
        self._issue_from(enrolment, program.line_ids, self.battery)
        self._issue_from(enrolment, program.line_ids, later)
        with self.assertRaises(CardNotUsable):
            self._issue_from(enrolment, program.line_ids, self.other)
        self.assertEqual(enrolment.points, 28)

    def test_several_quotas_in_one_program(self):
        """AP-15: 30 batteries and 4 dry capsules; one battery leaves 29 and 4."""
        program = self._program(
            {"product_id": self.battery.id, "quantity": 30},
            {"product_id": self.other.id, "quantity": 4},
        )
        enrolment = program._enrol(customer_card=self.card)
        batteries, capsules = program.line_ids
        self._issue_from(enrolment, batteries, self.battery)
        self.assertEqual(enrolment.allowance_ids.mapped("remaining"), [29, 4])
        with self.assertRaises(BalanceTooLow):
            self._issue_from(enrolment, capsules, self.other, 5)
        self.assertEqual(enrolment.points, 33)

    def test_other_properties(self):
        """AP-51: tag, article type and attribute value find their articles."""
        tag = self.env["product.tag"].create({"name": "Winter"})
        self.battery.product_tag_ids = tag
        training = self._product("Training", 0, type="service")
        size = self.env["product.attribute"].create({"name": "Size"})
        small, large = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": size.id} for name in ("S", "L")]
        )
        template = self.env["product.template"].create(
            {
                "name": "Dome",
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": size.id, "value_ids": [(6, 0, (small | large).ids)]})
                ],
            }
        )
        domes = template.product_variant_ids
        for line, covered, refused in (
            ({"property": "tag", "tag_id": tag.id}, self.battery, self.other),
            ({"property": "type", "product_type": "service"}, training, self.battery),
            ({"property": "attribute", "attribute_value_id": small.id}, domes[0], domes[1]),
        ):
            program = self._program(line)
            enrolment = program._enrol(customer_card=self.card)
            self._issue_from(enrolment, program.line_ids, covered)
            with self.assertRaises(CardNotUsable):
                self._issue_from(enrolment, program.line_ids, refused)

    def test_article_and_property_exclude_each_other(self):
        """AP-52: an article and a property in one line are refused."""
        line = {"product_id": self.battery.id, "property": "category"}
        with self.assertRaises(ValidationError):
            self._program({**line, "category_id": self.batteries.id})

    def test_line_without_target_covers_nothing(self):
        program = self._program({"property": "tag"})
        enrolment = program._enrol(customer_card=self.card)
        with self.assertRaises(CardNotUsable):
            self._issue_from(enrolment, program.line_ids, self.battery)

    def test_copied_line_is_a_line_of_its_own(self):
        """AP-06: twelve packs copied are twelve packs more, with an id of their own."""
        program = self._program({"product_id": self.battery.id, "quantity": 12})
        copy = program.line_ids.copy()
        self.assertNotEqual(copy, program.line_ids[0])
        self.assertEqual(program.line_ids.mapped("quantity"), [12, 12])
        self.assertEqual(program._enrol(customer_card=self.card).points, 24)

    def test_used_line_is_archived_unused_line_is_gone(self):
        """AP-07: what a customer has is archived and keeps its history; the rest is removed."""
        program = self._program(
            {"product_id": self.battery.id, "quantity": 12},
        )
        enrolment = program._enrol(customer_card=self.card)
        self._issue_from(enrolment, program.line_ids, self.battery)
        used = program.line_ids
        unused = used.copy()
        (used | unused).unlink()
        self.assertFalse(unused.exists())
        self.assertFalse(used.active)
        self.assertEqual(len(enrolment.entry_ids), 2)
