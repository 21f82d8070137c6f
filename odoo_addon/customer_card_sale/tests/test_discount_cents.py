import random

from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase

PRICES = (0.01, 0.05, 0.99, 2.49, 4.97, 9.95, 19.99, 50.05, 51.5, 60.9, 133.33)


@tagged("post_install", "-at_install")
class TestDiscountCents(CardSaleCase):
    """odoo-as-used, kind 4: what a discount takes off is right to the cent."""

    def _priced(self, partner, *prices, taxes=(), quantity=1):
        order = self._quote(partner)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.cloth.id,
                    "price_unit": price,
                    "product_uom_qty": quantity,
                    "tax_ids": [Command.set([tax.id for tax in taxes])],
                }
            )
            for price in prices
        ]
        return order

    def _amounts(self, order):
        return (order.amount_untaxed, order.amount_tax, order.amount_total)

    def test_warranty(self):
        """Case 4: 100 % on 60.90 + 51.50 with 19 % included, and on 2 x 2.49 net, is 0.00."""
        self._give(100)
        included = self._tax(19, price_include_override="tax_included")
        order = self._priced(self.meier, 60.9, 51.5, taxes=included)
        self.assertEqual(self._amounts(order), (0, 0, 0))
        order = self._priced(self.meier, 2.49, 2.49, taxes=self._tax(19))
        self.assertEqual(self._amounts(order), (0, 0, 0))

    def test_nothing_is_left_of_any_order(self):
        """Case 4: 100 % of random orders, both roundings, taxes included, excluded and both."""
        self._give(100)
        taxes = [
            self._tax(19, price_include_override="tax_included"),
            self._tax(7, price_include_override="tax_included"),
            self._tax(19),
            self._tax(7.7),
        ]
        chance = random.Random(4)
        for rounding in ("round_per_line", "round_globally"):
            self.env.company.tax_calculation_rounding_method = rounding
            for _order in range(12):
                order = self._quote(self.meier)
                order.order_line = [
                    Command.create(
                        {
                            "product_id": self.cloth.id,
                            "price_unit": chance.choice(PRICES),
                            "product_uom_qty": chance.choice((1, 2, 3, 7)),
                            "discount": chance.choice((0, 0, 15, 33.3)),
                            "tax_ids": [Command.set(chance.choice(taxes).ids)],
                        }
                    )
                    for _line in range(chance.randint(1, 5))
                ]
                self.assertEqual(self._amounts(order), (0, 0, 0), order.order_line.mapped("name"))

    def test_percent_of_the_sum(self):
        """Kind 4: 15 % of 3 x 9.95 is 4.48, not three times 1.49; of two taxes it is of each."""
        self._give(15)
        tax = self._tax(19, price_include_override="tax_included")
        order = self._priced(self.meier, 9.95, 9.95, 9.95, taxes=tax)
        self.assertAlmostEqual(order.amount_total, 25.37)
        order.order_line[:1].tax_ids = self._tax(7, price_include_override="tax_included")
        self.assertAlmostEqual(order.amount_total, 29.85 - 1.49 - 2.99)
        names = order.order_line.filtered("reward_id").mapped("name")
        self.assertEqual(names, ["15 % Rabatt (7 % inkl.)", "15 % Rabatt (19 % inkl.)"])
        order.order_line[:1].unlink()
        self.assertEqual(order.order_line.filtered("reward_id").name, "15 % Rabatt")

    def test_discounts_on_discounts(self):
        """Kind 4: 10 %, and 100 % of what is left: 0.00 whatever the rounding."""
        self.env.company.card_discounts_stack = True
        self._give(10)
        self._give(100)
        taxes = self._tax(19), self._tax(19, price_include_override="tax_included")
        for prices in ((10.05,), (60.9, 51.5), (2.49, 2.49, 0.05)):
            for tax in taxes:
                order = self._priced(self.meier, *prices, taxes=tax)
                self.assertEqual(self._amounts(order), (0, 0, 0))

    def test_one_of_two_discounts_covers_more(self):
        """Kind 4: 10 % on all 2 x 10.00, then 50 % of the battery: 9.00 + 4.50."""
        self.env.company.card_discounts_stack = True
        self._give(10)
        self._give(50, self.battery)
        order = self._quote(self.meier, self.battery, self.cloth)
        self.assertAlmostEqual(order.amount_total, 13.5)

    def test_beside_a_fixed_tax(self):
        """Held: 10.00 with 1.00 of a fixed tax beside it, less 10 %: 10.00."""
        self._give(10)
        order = self._priced(self.meier, 10, taxes=self._tax(1, amount_type="fixed"))
        self.assertAlmostEqual(order.amount_total, 10)

    def test_a_returned_article(self):
        """Kind 4: two sold and one taken back at 10.00, less 10 %: 9.00."""
        self._give(10)
        order = self._quote(self.meier, self.cloth)
        order.order_line = [
            Command.create({"product_id": self.battery.id, "product_uom_qty": quantity})
            for quantity in (1, -1)
        ]
        self.assertAlmostEqual(order.amount_total, 9)

    def test_the_invoice_is_nothing_too(self):
        """Case 4: the invoice of a warranty is 0.00, as its order."""
        self._give(100)
        order = self._priced(self.meier, 2.49, 2.49, taxes=self._tax(19))
        order.action_confirm()
        self.assertEqual(self._amounts(order._create_invoices()), (0, 0, 0))

    def test_menu(self):
        """Case 5: menu 12.00 (burger 9, cola 3), 10 % on the menu, 20 % on cola: 10.80."""
        burger, cola = self._product("Burger", 9.0), self._product("Cola", 3.0)
        choices = self.env["product.combo"].create(
            [
                {"name": one.name, "combo_item_ids": [Command.create({"product_id": one.id})]}
                for one in (burger, cola)
            ]
        )
        menu = self._product("Menü", 12.0, type="combo", combo_ids=choices.ids)
        self._give(10, menu)
        self._give(20, cola)
        order = self._quote(self.meier, menu)
        order.order_line = [
            Command.create(
                {
                    "product_id": item.product_id.id,
                    "combo_item_id": item.id,
                    "linked_line_id": order.order_line[:1].id,
                }
            )
            for item in choices.combo_item_ids
        ]
        self.assertAlmostEqual(order.amount_total, 10.8)
        order.order_line = [Command.create({"product_id": cola.id})]
        self.assertAlmostEqual(order.amount_total, 10.8 + 2.4)
