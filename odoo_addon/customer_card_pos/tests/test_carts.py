"""Discounts of cards at the till, to the cent: random carts against a plain reference (#4, #5)."""

import json
import random
from decimal import ROUND_HALF_UP, Decimal

from odoo.fields import Command
from odoo.tests import tagged

from .common import CardTours

CENT = Decimal("0.01")


def cents(amount):
    return Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP)


class Carts:
    """Mixin beside CardShop: articles with four kinds of taxes, and what carts of them cost."""

    @classmethod
    def set_up_carts(cls):
        cls.env.company.tax_calculation_rounding_method = "round_per_line"
        rates = {"included": (19, "tax_included"), "net": (19, "tax_excluded")}
        rates["low"] = (7, "tax_excluded")
        cls.taxes = {
            name: cls.env["account.tax"].create(
                {"name": f"{name} {rate} %", "amount": rate, "price_include_override": included}
            )
            for name, (rate, included) in rates.items()
        }
        cls.articles = {
            name: cls.new_taxed(name, price, tax)
            for name, price, tax in (
                ("Reparatur A", 60.9, "included"),
                ("Reparatur B", 51.5, "included"),
                ("Netto", 2.49, "net"),
                ("Netto C", 13.37, "net"),
                ("Buch", 3.33, "low"),
                ("Ohne Steuer", 10, None),
            )
        }

    @classmethod
    def new_taxed(cls, name, price, tax):
        product = cls.new_product(name, price)
        product.taxes_id = cls.taxes[tax] if tax else False
        return product

    def give(self, percent, *names):
        """Hans has a discount of *percent* on these articles; on all, if none is named."""
        products = self.env["product.product"].union(*(self.articles[name] for name in names))
        values = {"name": f"{percent} % auf {len(names)}", "percent": percent}
        if names:
            values.update(applies_to="product", product_ids=[Command.set(products.ids)])
        else:
            values["applies_to"] = "all"
        discount = self.env["loyalty.discount"].create(values)
        self.new_discount_program(discount, values["name"])._enrol(self.hans)

    def gross(self, name, qty):
        product = self.articles[name]
        totals = product.taxes_id.compute_all(product.lst_price, self.env.company.currency_id, qty)
        return Decimal(str(totals["total_included"]))

    def reference(self, lines, percents):
        """What a cart costs where taxes are rounded by line: {article: percent} of what is won."""
        total, bases = Decimal(0), {}
        for name, qty in lines:
            gross = self.gross(name, qty)
            total += gross
            key = percents[name], self.articles[name].taxes_id
            bases[key] = bases.get(key, 0) + gross
        return total - sum(
            self.lowered(cents(base * percent[1] / 100), tax)
            for (percent, tax), base in bases.items()
        )

    def lowered(self, wanted, tax):
        """What a discount of *wanted* takes off; the till has its own answer, see TestCarts."""
        return wanted

    def three_discounts(self):
        """Give Hans three discounts; return {article: (which one wins, percent)}."""
        self.give(12.5)
        self.give(33, "Netto", "Netto C", "Reparatur A")
        self.give(100, "Buch")
        percents = {name: (0, Decimal("12.5")) for name in self.articles}
        for name in ("Netto", "Netto C", "Reparatur A"):
            percents[name] = (1, Decimal(33))
        percents["Buch"] = (2, Decimal(100))
        return percents

    def random_carts(self):
        """Yield 25 carts as (lines, reference)."""
        percents = self.three_discounts()
        chance = random.Random(20261130)  # noqa: S311  (a test that is repeated must be the same)
        for _cart in range(25):
            names = chance.sample(sorted(self.articles), chance.randint(1, 5))
            lines = [(name, chance.randint(1, 4)) for name in names]
            yield lines, self.reference(lines, percents)


@tagged("post_install", "-at_install")
class TestCarts(Carts, CardTours):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_carts()

    def lowered(self, wanted, tax):
        """At net prices a line of a till is net cents and their tax: not every amount is one.

        3 × 13.37 plus 19 % less 33 %: 15.75 is none, 15.76 is. A quotation keeps the tax itself.
        """
        if not tax or tax.price_include:
            return wanted
        rate = Decimal(str(tax.amount)) / 100
        net = wanted / (1 + rate)
        reached = [
            base + cents(base * rate) for base in (cents(net) + CENT * step for step in (0, -1, 1))
        ]
        return min(reached, key=lambda one: abs(one - wanted))

    def ring_up(self, *carts):
        rows = [
            {"total": float(total), "lines": [{"name": one[0], "qty": one[1]} for one in lines]}
            for lines, total in carts
        ]
        self.hans.ref = json.dumps(rows)
        self.run_tour("carts")

    def test_everything_free_is_free(self):
        """#4: 100 % of anything is 0.00, whatever the prices and taxes."""
        self.give(100)
        carts = [
            [("Reparatur A", 1), ("Reparatur B", 1)],
            [("Netto", 2)],
            [("Netto", 1), ("Netto C", 1)],
            [("Netto", 3), ("Netto C", 2), ("Buch", 1), ("Reparatur A", 2), ("Ohne Steuer", 1)],
        ]
        self.ring_up(*((lines, 0) for lines in carts))

    def test_everything_free_is_free_globally(self):
        """#4: the same where the taxes of the whole order are rounded once."""
        self.env.company.tax_calculation_rounding_method = "round_globally"
        self.give(100)
        carts = [
            [("Reparatur A", 1), ("Reparatur B", 1)],
            [("Netto", 2), ("Netto C", 1)],
            [("Netto", 3), ("Buch", 7), ("Reparatur A", 2), ("Ohne Steuer", 1)],
        ]
        self.ring_up(*((lines, 0) for lines in carts))

    def test_random_carts(self):
        """#4, I29: 25 random carts, three discounts, four kinds of taxes: the reference's total."""
        self.ring_up(*self.random_carts())

    def test_random_edits(self):
        """Kind 1: 30 things a seller does to each of three carts; what is left costs its own."""
        percents, carts = self.three_discounts(), []
        chance = random.Random(16)  # noqa: S311  (a test that is repeated must be the same)
        for _cart in range(3):
            edits, cart = [], {}
            for _step in range(30):
                if chance.random() < 0.1:
                    edits.append({})
                    continue
                name, qty = chance.choice(sorted(self.articles)), chance.randint(0, 4)
                if qty or name in cart:
                    edits.append({"name": name, "qty": qty})
                    cart[name] = qty
            lines = [(name, qty) for name, qty in cart.items() if qty]
            total = float(self.reference(lines, percents))
            carts.append({"lines": [], "edits": edits, "total": total})
        self.hans.ref = json.dumps(carts)
        self.run_tour("carts")

    def test_a_program_is_not_discounted(self):
        """Kind 4, as in quotations: its price is what it is given for."""
        program = self.new_battery_program()
        self.give(10)
        lines = [(program.name, 1), ("Ohne Steuer", 1)]
        self.ring_up((lines, 99))

    def test_a_menu(self):
        """#5: menu 12.00 (burger 9, cola 3): 10 % on the menu, 20 % on cola: 10.80."""
        burger, cola = (
            self.new_product(name, price) for name, price in (("Burger", 9), ("Cola", 3))
        )
        combos = self.env["product.combo"].create(
            [
                {"name": one.name, "combo_item_ids": [Command.create({"product_id": one.id})]}
                for one in (burger, cola)
            ]
        )
        menu = self.env["product.product"].create(
            {
                "name": "Menü",
                "type": "combo",
                "list_price": 12,
                "taxes_id": False,
                "available_in_pos": True,
                "combo_ids": [Command.set(combos.ids)],
            }
        )
        self.articles = {one.name: one for one in (burger, cola, menu)}
        self.give(10, "Menü")
        self.give(20, "Cola")
        line = {"name": "Menü", "qty": 1, "parts": [["Burger", 9], ["Cola", 3]]}
        alone = {"name": "Cola", "qty": 1}
        carts = [{"lines": [line], "total": 10.8}, {"lines": [line, alone], "total": 13.2}]
        self.hans.ref = json.dumps(carts)
        self.run_tour("carts")
