"""The form of a program: which fields it shows and asks for, and its positions."""

import re

from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import CardCase

VIEW = "customer_card.loyalty_program_view_form_card"
# The fields that not every kind has.
SHOWN = {
    "bonus_item": {"once_per_day", "split_lines", "always_new", "payer_id", "line_ids"},
    "discount": {"card_required", "line_ids"},
    "stored_value": {"preset_amount", "redeem_channel", "redeem_product_id", "one_quotation"},
    "voucher": {"preset_amount", "redeem_channel", "redeem_product_id", "one_quotation"},
    "coupon": {"redeem_channel", "redeem_product_id", "one_quotation", "line_ids"},
    "points": {
        *("points_per_unit", "earn_service_percent"),
        *("earn_article_percent", "earn_on_discounted"),
    },
}
DISCOUNTED = ("discount", "coupon")
ITEM_COLUMNS = {"product_id", "property", "category_id", "quantity"}


@tagged("post_install", "-at_install")
class TestProgramForm(CardCase):
    def _form(self, record=None):
        return Form(record or self.env["loyalty.program"], view=VIEW)

    def _holds(self, condition, kind):
        """Evaluate a condition of the view for a new program of *kind*."""
        program = self.env["loyalty.program"].new(
            {"kind": kind, "insert_action": "decrease", "redeem_channel": "both"}
        )
        asked = set(re.findall(r"\w+", condition or "")) & set(program._fields)
        values = {"property": False, "product_id": False}  # of a new position
        values.update({name: program[name] for name in asked})
        return bool(condition) and bool(safe_eval(condition, {**values, "parent": program}))

    def _shown(self, tree, kind):
        """Return the fields of which nothing around is hidden."""
        return {
            field.get("name")
            for field in tree.xpath("//field[not(ancestor::field)]")
            if not any(
                self._holds(one.get("invisible"), kind) for one in (field, *field.iterancestors())
            )
        }

    def test_fields_by_type(self):
        """AP-49: of six types the fields, positions, columns and what is required."""
        view = self.env.ref(VIEW)
        tree = etree.fromstring(self.env["loyalty.program"].get_view(view.id, "form")["arch"])
        every = set().union(*SHOWN.values())
        for kind, names in SHOWN.items():
            with self.subTest(kind=kind):
                self.assertEqual(self._shown(tree, kind) & every, names)
                columns = {
                    one.get("name"): self._holds(one.get("required"), kind)
                    for one in tree.xpath("//field[@name='line_ids']/list/field")
                    if not self._holds(one.get("column_invisible"), kind)
                }
                is_item = kind == "bonus_item"
                self.assertEqual(ITEM_COLUMNS & set(columns), ITEM_COLUMNS if is_item else set())
                self.assertEqual(columns.get("discount_id", False), kind in DISCOUNTED)

    def test_a_program_needs_its_name_and_type(self):
        """AP-49: without them the form is not saved."""
        for missing in ("name", "kind"):
            form = self._form()
            form.name, form.kind = "Program", "bonus_item"
            form[missing] = False
            with self.assertRaisesRegex(AssertionError, f"{missing} is a required field"):
                form.save()

    def test_a_discount_position_needs_its_discount(self):
        """AP-49: the position of a discount program asks for the discount, not for an article."""
        form = self._form()
        form.name, form.kind = "Program", "discount"
        required = self.assertRaisesRegex(AssertionError, "discount_id. is a required field")
        with required, form.line_ids.new():
            pass

    def test_a_new_position_is_empty(self):
        """AP-05: "Add a line" gives an empty position; saved so, it covers nothing yet."""
        program = self._counter_program(12)
        with self._form(program) as form, form.line_ids.new() as line:
            self.assertEqual((line.product_id.id, line.property), (False, False))
            self.assertEqual(line.quantity, 0)
        added = program.line_ids[-1]
        self.assertEqual(len(program.line_ids), 2)
        self.assertFalse(self.env["product.product"].search_count(added._product_domain()))
        self.assertEqual(program.line_ids[0].quantity, 12)

    def test_an_article_empties_the_property(self):
        """AP-52: article set: property and value are emptied and cannot be typed; and back."""
        category = self.battery.categ_id or self.env["product.category"].create({"name": "Any"})
        program = self._counter_program(12)
        with self._form(program) as form, form.line_ids.new() as line:
            line.property, line.category_id = "category", category
            line.product_id = self.battery
            self.assertFalse(line.property or line.category_id)
            for name, value in (("property", "category"), ("category_id", category)):
                with self.assertRaisesRegex(AssertionError, "read-?only"):
                    line[name] = value
            line.product_id = self.env["product.product"]
            line.property = "category"
            line.category_id = category
        self.assertEqual(program.line_ids[-1].category_id, category)
        self.assertFalse(program.line_ids[-1].product_id)
