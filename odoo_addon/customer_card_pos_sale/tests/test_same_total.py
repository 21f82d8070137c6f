from odoo.addons.customer_card_pos.tests.common import CardShop
from odoo.addons.customer_card_pos.tests.test_carts import Carts
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSameTotal(Carts, CardShop, TransactionCase):
    """#4: the carts that the till rings up to the reference's cents, as quotations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.set_up_carts()

    def test_random_carts(self):
        """Sales = POS: 25 random carts, three discounts, four kinds of taxes."""
        for lines, total in self.random_carts():
            values = [
                Command.create({"product_id": self.articles[name].id, "product_uom_qty": qty})
                for name, qty in lines
            ]
            order = self.env["sale.order"].create(
                {"partner_id": self.hans.id, "order_line": values}
            )
            self.assertAlmostEqual(order.amount_total, float(total), places=2, msg=str(lines))
