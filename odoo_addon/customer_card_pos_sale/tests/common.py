"""A shop whose quotations are settled at the till."""

from odoo.addons.customer_card_pos.tests.common import PaidOrders
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class SettledInPosCase(PaidOrders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.env.company.card_value_given = "paid"
        cls.credit = cls.new_sold_program("stored_value", "Guthaben", 100, preset_amount=115)
        cls.pieces = cls.new_battery_program("Zehn Stück", quantity=10)
        cls.cashier = new_test_user(
            cls.env,
            "pos_sale_cashier",
            groups="point_of_sale.group_pos_user,sales_team.group_sale_salesman_all_leads",
        )
        cls.orders = cls.orders.with_user(cls.cashier)

    def _quotation(self, *articles, partner=None, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": (partner or self.hans).id,
                "order_line": [Command.create({"product_id": one.id}) for one in articles],
                **values,
            }
        )

    def _settling(self, line, qty=1, **values):
        """The values of a till's line that settles a line of a quotation."""
        return self.sold(
            line.product_id,
            qty,
            price=line.price_unit,
            sale_order_origin_id=line.order_id.id,
            sale_order_line_id=line.id,
            **values,
        )

    def _settle(self, order, partner=None, **values):
        lines = [self._settling(line, line.product_uom_qty) for line in order.order_line]
        return self.pay(*lines, partner=partner or self.hans, **values)

    def _has(self, program):
        self.env.flush_all()
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])
        return sum(self.enrolments(program).mapped("points"))
