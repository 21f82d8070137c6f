from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCardDiscount(CardCase):
    """EX-06: a discount for one card, in one step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        cls.second = cls.env["customer.card"].create({"partner_id": cls.berg.id})

    def _add(self, user=None, **values):
        action = self.card.with_user(user or self.manager).action_add_discount()
        dialogs = self.env["customer.card.discount"].with_user(user or self.manager)
        return dialogs.with_context(**action["context"]).create(values).action_add()

    def _open(self, card):
        programs = self.env["loyalty.program"]
        today = self.env["loyalty.card"]._today(self.env.company)
        return programs.search([*programs._gate_domain(self.berg, card, today)])

    def test_only_this_card_has_it(self):
        """EX-06: 12 % on all; not without a card, not with the same customer's other card."""
        action = self.card.with_user(self.manager).action_add_discount()
        dialogs = self.env["customer.card.discount"].with_user(self.manager)
        form = Form(dialogs.with_context(**action["context"]))
        form.percent = 12
        form.save().action_add()
        program = self._open(self.card)
        self.assertEqual(program.reward_ids.discount, 12)
        self.assertEqual(program.name, f"12 % on all articles, card {self.card.number}")
        self.assertFalse(self._open(self.second))
        self.assertFalse(self._open(self.env["customer.card"]))
        self.assertEqual(self.card.enrolment_ids.program_id, program)

    def test_on_a_group_or_an_article(self):
        """EX-06: all, group, product."""
        group = self.env["product.category"].create({"name": "Bread"})
        self._add(applies_to="category", category_ids=[Command.set(group.ids)])
        self._add(percent=3, applies_to="product", product_ids=[Command.set(self.battery.ids)])
        names = [f"10 % on Bread, card {self.card.number}"]
        names.append(f"3 % on Battery 10, card {self.card.number}")
        programs = self._open(self.card).sorted("id")
        self.assertEqual(programs.mapped("name"), names)
        covered = [
            self.env["product.product"].search(reward._get_discount_product_domain())
            for reward in programs.reward_ids
        ]
        self.assertFalse(covered[0])
        self.assertEqual(covered[1], self.battery)

    def test_refused(self):
        """EX-06: 0 and 101 percent, the same one twice, and a seller."""
        for percent in (0, -5, 101):
            refused = self.assertRaisesRegex(Exception, "(?i)discount")
            with self.subTest(percent=percent), refused, self.env.cr.savepoint():
                self._add(percent=percent)
        self._add(percent=5)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._add(percent=5)
        with self.assertRaises(AccessError):
            self._add(user=self.seller)
