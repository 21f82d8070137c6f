from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestNumberRange(CardCase):
    def test_badges_have_numbers_of_their_own(self):
        """HS-11: number range 9000-9099 set as employee cards, each linked to its employee."""
        badges = self.env.ref("customer_card_hr.card_type_employee")
        badges.write({"number_from": 9000, "number_to": 9001})
        staff = self.env["hr.employee"].create([{"name": name} for name in ("Ada", "Bob", "Cem")])
        new_badge = {"card_type_id": badges.id}
        cards = self.env["customer.card"].create(
            [{**new_badge, "employee_id": one.id} for one in staff[:2]]
        )
        self.assertEqual(cards.mapped("number"), ["9000", "9001"])
        self.assertEqual(cards.employee_id, staff[:2])
        with self.assertRaisesRegex(UserError, "from 9000 to 9001"):
            self.env["customer.card"].create({**new_badge, "employee_id": staff[2].id})
