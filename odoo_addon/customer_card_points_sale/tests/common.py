from itertools import count

from odoo.addons.customer_card_sale.tests.common import CardSaleCase
from odoo.fields import Command


class PointsSaleCase(CardSaleCase):
    """Erika Meier with a points card; a bill of a cut for 30.00 and shampoo for 20.00."""

    keys = count(1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["loyalty.program"].create({"name": "Treuekarte", "kind": "points"})
        cls.account = cls.program._enrol(cls.meier)
        cls.cut = cls._product("Haarschnitt", 30.0, type="service", invoice_policy="order")
        cls.shampoo = cls._product("Shampoo", 20.0, invoice_policy="order")

    def _points(self, points):
        """Let the account hold *points*."""
        delta = points - self.account.points
        if delta:
            key = f"points:{next(self.keys)}"
            self.account._post(delta, key=key, reason="correction")

    def _bill(self, *prices, partner=None):
        """A quotation over cut and shampoo, or over services of these prices."""
        if not prices:
            return self._quote(partner or self.meier, self.cut, self.shampoo)
        order = self._quote(partner or self.meier)
        order.order_line = [
            Command.create({"product_id": self.cut.id, "price_unit": price}) for price in prices
        ]
        return order

    def _redeemed(self, order):
        """Return what points take off *order*, and how many."""
        lines = order.order_line.filtered(lambda line: line.reward_id.program_id.kind == "points")
        return -sum(lines.mapped("price_total")), sum(lines.mapped("points_cost"))
