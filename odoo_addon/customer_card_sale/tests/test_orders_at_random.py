import random
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase

STEPS = 30
PRICES = (0.05, 0.99, 2.49, 4.97, 9.95, 19.99, 50.05, 133.33)
CENT = Decimal("0.01")


def cents(amount):
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


@tagged("post_install", "-at_install")
class TestOrdersAtRandom(CardSaleCase):
    """odoo-as-used, kinds 1, 2 and 4: whatever a seller does, the total is what it should be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Rounded globally, an order is not the sum of its lines.
        cls.env.company.tax_calculation_rounding_method = "round_per_line"
        included = cls._tax(19, price_include_override="tax_included")
        reduced = cls._tax(7)
        cls.abroad = cls.env["account.fiscal.position"].create({"name": "Ausland"})
        free = cls._tax(0, price_include_override="tax_included")
        free.write({"fiscal_position_ids": cls.abroad.ids, "original_tax_ids": included.ids})
        cls.goods = [
            cls._product("A", 9.95, taxes_id=included.ids),
            cls._product("B", 2.49, taxes_id=included.ids),
            cls._product("C", 4.97, taxes_id=reduced.ids),
            cls._product("D", 0.99, taxes_id=reduced.ids),
        ]
        # The most specific discount wins: 25 % of A, 10 % of the rest.
        cls._give(10)
        cls._give(25, cls.goods[0])
        cls.percents = {cls.goods[0]: Decimal(25)}
        half = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 50}
        cls.lists = cls.env["product.pricelist"].create(
            [{"name": "Normal"}, {"name": "Halb", "item_ids": [Command.create(half)]}]
        )

    def _expected(self, order):
        """Reckon the total before redemptions from the goods' own lines alone."""
        total, bases = Decimal(0), defaultdict(Decimal)
        for line in order.order_line.filtered(lambda line: line.product_id and not line.reward_id):
            gross = cents(str(line.price_total))
            total += gross
            bases[self.percents.get(line.product_id, Decimal(10)), line.tax_ids] += gross
        return total - sum(cents(gross * percent / 100) for (percent, _), gross in bases.items())

    def _check(self, order, step):
        redeemed = sum(order._lines_of(self.credit).mapped("price_total"))
        expected = self._expected(order) if order.state != "cancel" else None
        if expected is not None:
            self.assertEqual(
                cents(str(order.amount_total - redeemed)), expected, self._told(order, step)
            )
        if order.state in ("draft", "sent"):
            self.assertEqual(cents(str(-redeemed)), cents(str(self.credit.held)), step)
            if redeemed:
                self.assertEqual(cents(str(-redeemed)), min(20, expected), step)
        self.assertLedger()

    def _told(self, order, step):
        lines = order.order_line.filtered("product_id")
        return [
            step,
            *((one.name, one.product_uom_qty, one.price_unit, one.price_total) for one in lines),
        ]

    def test_orders(self):
        """Kinds 1, 2, 4: three carts of 30 random steps; the ledger's laws hold after each."""
        for seed in range(3):
            self._wander(seed)

    def _wander(self, seed):
        self.chance = random.Random(seed)
        self.credit = self._credit(self.meier, 20)
        order, steps = self._quote(self.meier, *self.goods[:2]), []
        for _step in range(STEPS):
            name = self.chance.choice(self._possible(order))
            steps.append(name)
            order = getattr(self, f"_step_{name}")(order) or order
            self._check(order, f"{seed}: {' '.join(steps)}")
        order._action_cancel()
        self.assertEqual((self.credit.points, self.credit.held), (20, 0))
        self.credit.sudo().blocked = True

    def _possible(self, order):
        if order.state == "cancel":
            return ["draft"]
        if order.state == "sale":
            return ["add", "quantity", "quantity", "cancel", "copy"]
        edits = ["add", "quantity", "price", "remove", "abroad", "pricelist", "section", "redeem"]
        return [*edits, *edits, "copy", "confirm", "cancel"]

    def _a_line(self, order):
        lines = order.order_line.filtered(lambda line: line.product_id and not line.reward_id)
        return self.chance.choice(list(lines)) if lines else lines

    def _step_add(self, order):
        product = self.chance.choice(self.goods)
        values = {"product_id": product.id, "product_uom_qty": self.chance.randint(1, 5)}
        if self.chance.random() < 0.5:
            self.env["sale.order.line"].create({"order_id": order.id, **values})
        else:
            order.order_line = [Command.create(values)]

    def _step_quantity(self, order):
        self._a_line(order).write({"product_uom_qty": self.chance.randint(0, 7)})

    def _step_price(self, order):
        self._a_line(order).write({"price_unit": self.chance.choice(PRICES)})

    def _step_remove(self, order):
        self._a_line(order).unlink()

    def _step_abroad(self, order):
        order.fiscal_position_id = self.chance.choice((self.abroad, self.abroad.browse()))
        order.action_update_taxes()

    def _step_pricelist(self, order):
        order.pricelist_id = self.chance.choice(list(self.lists))
        order.action_update_prices()

    def _step_section(self, order):
        kind = self.chance.choice(("line_section", "line_note"))
        order.order_line = [Command.create({"display_type": kind, "name": "Abschnitt"})]

    def _step_redeem(self, order):
        if order.amount_total > 0:
            order.action_redeem_credit()

    def _step_copy(self, order):
        copy = order.copy()
        order._action_cancel()
        return copy

    def _step_confirm(self, order):
        order.action_confirm()

    def _step_cancel(self, order):
        order._action_cancel()

    def _step_draft(self, order):
        order.action_draft()
