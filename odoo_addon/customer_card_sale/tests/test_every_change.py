from odoo.addons.http_routing.tests.common import MockRequest
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestEveryChange(CardSaleCase):
    """odoo-as-used, kind 1: whatever changes an order recomputes it, whoever writes."""

    def test_copy(self):
        """Case 1, N1: the copy of a quotation that redeems all credit costs 50.00."""
        self._credit(self.meier, 30)
        o = self._quote(self.meier, self._product("W", 50.0))
        o.action_redeem_credit()
        self.assertEqual(o.copy().amount_total, 50)
        o.action_confirm()
        self.assertEqual(o.copy().amount_total, 50)

    def test_lines_by_themselves(self):
        """Case 3: a line that is created by itself, as another module does, has its discount."""
        self._give(10, self.battery)
        o = self._quote(self.meier)
        self.env["sale.order.line"].create({"order_id": o.id, "product_id": self.battery.id})
        o.action_confirm()
        self.assertEqual(o.amount_total, 9)

    def test_copy_with_discount_and_voucher(self):
        """N1: a copy has its discount, 9.00, and not the voucher, whether confirmed or not."""
        self._give(10, self.battery)
        voucher = self._credit(self.meier, 5, self._sold_program("voucher"))
        order = self._quote(self.meier, self.battery)
        order._redeem(voucher)
        self.assertEqual(order.amount_total, 4)
        self.assertEqual(order.copy().amount_total, 9)
        order.action_confirm()
        self.assertEqual(order.copy().amount_total, 9)
        self.assertEqual((voucher.points, voucher.held), (0, 0))

    def test_fiscal_position_there_and_back(self):
        """Case 2: 119.00 with 19 % included less 10 %: to 0 % and back, VAT is 17.10 again."""
        tax, free = self._tax(19, price_include_override="tax_included"), self._tax(0)
        abroad = self.env["account.fiscal.position"].create({"name": "Ausland"})
        free.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": tax.ids})
        self._give(10)
        order = self._quote(self.meier, self._product("W", 119.0, taxes_id=tax.ids))
        self.assertAlmostEqual(order.amount_tax, 17.10)
        order.fiscal_position_id = abroad
        self.assertEqual(order.order_line.tax_ids, tax, "not before the taxes are updated")
        order.action_update_taxes()
        self.assertAlmostEqual(order.amount_tax, 0)
        order.fiscal_position_id = False
        order.action_update_taxes()
        self.assertAlmostEqual(order.amount_tax, 17.10)
        self.assertAlmostEqual(order.amount_total, 107.10)

    def test_catalogue(self):
        """Case 3: 10 x 10.00 by the catalogue less 10 %: 90.00; 3, and none, follow."""
        self._give(10, self.battery)
        order = self._quote(self.meier)
        with MockRequest(self.env):
            for quantity, total in ((10, 90), (3, 27), (0, 0)):
                order._update_order_line_info(self.battery.id, quantity)
                self.assertAlmostEqual(order.amount_total, total)

    def test_one_line_by_itself(self):
        """Kind 1: price, quantity, article, discount and taxes of one line, and taking it off."""
        self._give(10, self.battery)
        order = self._quote(self.meier, self.battery, self.cloth)
        line = self._line(order, self.battery)
        for name, value, total in (
            ("product_uom_qty", 2, 28),
            ("price_unit", 20, 46),
            ("discount", 50, 28),
            ("tax_ids", self._tax(10).ids, 29.8),
        ):
            line.write({name: value})
            self.assertAlmostEqual(order.amount_total, total, msg=name)
        line.unlink()
        self.assertAlmostEqual(order.amount_total, 10)
        self.assertFalse(order.order_line.reward_id)

    def test_a_line_that_moves(self):
        """Kind 1: a line goes to another quotation of the customer, the discount with it."""
        self._give(10, self.battery)
        first, second = (self._quote(self.meier, self.battery) for _order in range(2))
        self._line(first, self.battery).order_id = second
        self.assertAlmostEqual(second.amount_total, 18)
        self.assertAlmostEqual(first.amount_total, 0)

    def test_back_to_draft(self):
        """Kind 1: cancelled and back to draft: 9.00 as before."""
        self._give(10, self.battery)
        order = self._quote(self.meier, self.battery)
        order.action_cancel()
        order.action_draft()
        self.assertAlmostEqual(order.amount_total, 9)

    def test_prices_by_the_pricelist(self):
        """Kind 1: another pricelist, "Update prices": half the price, half the discount."""
        self._give(10, self.battery)
        order = self._quote(self.meier, self.battery)
        rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 50}
        order.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Halb", "item_ids": [Command.create(rule)]}
        )
        order.action_update_prices()
        self.assertAlmostEqual(order.amount_total, 4.5)

    def test_sections_and_notes(self):
        """Kind 1: sections change nothing, and a line below them has its discount."""
        self._give(10)
        order = self._quote(self.meier, self.battery)
        lines = self.env["sale.order.line"]
        lines.create({"order_id": order.id, "display_type": "line_section", "name": "Zubehör"})
        self.assertAlmostEqual(order.amount_total, 9)
        lines.create({"order_id": order.id, "product_id": self.cloth.id})
        self.assertAlmostEqual(order.amount_total, 18)

    def test_an_address_of_a_customer(self):
        """Kind 8: a quotation to an address has its customer's discount, credit and programs."""
        self._give(10)
        credit = self._credit(self.meier, 5)
        pieces = self._sold_program("points", price=10.0)
        for kind in ("invoice", "delivery"):
            address = self.meier.create({"name": kind, "type": kind, "parent_id": self.meier.id})
            order = self._quote(address, self.battery)
            self.assertAlmostEqual(order.amount_total, 9)
            order.action_redeem_credit()
            self.assertAlmostEqual(order.amount_total, 4)
            self.assertEqual(credit.held, 5)
            order._action_cancel()
            sold = self._sell(address, pieces)
            self.assertEqual(sold._sold_enrolments().partner_id, self.meier)

    def test_a_person_of_a_firm_is_a_customer(self):
        """Kind 8: who works for a firm has no discount of the firm's."""
        self._give(10)
        person = self.meier.create({"name": "Anna", "parent_id": self.meier.id})
        self.assertAlmostEqual(self._quote(person, self.battery).amount_total, 10)

    def test_once_for_one_step(self):
        """Kind 1: an order of 20 lines is reckoned once, not once for each line."""
        self._give(10, self.battery)
        order = self._quote(self.meier)
        calls, once = [], type(order)._has_card_rewards

        def counted(orders):
            calls.append(orders)
            return once(orders)

        self.patch(type(order), "_has_card_rewards", counted)
        order.order_line = [Command.create({"product_id": self.battery.id}) for _line in range(20)]
        self.assertEqual(calls, [order])
        self.assertAlmostEqual(order.amount_total, 180)
