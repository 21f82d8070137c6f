from odoo.fields import Command
from odoo.tests import tagged

from .test_ordinary_ways import OrdinaryCase


@tagged("post_install", "-at_install")
class TestComplaints(OrdinaryCase):
    """odoo-as-used: what people complained of in public about loyalty in Odoo, and its siblings."""

    def test_a_cheap_article_in_a_coarse_company(self):
        """Kind 7: the company has no cents, the order has: 0.40 less 10 % is 0.36."""
        yen = self.env.ref("base.JPY")
        yen.active = True
        company = self.env["res.company"].create({"name": "Tokyo", "currency_id": yen.id})
        self.env.user.company_ids |= company
        euros = self.env.ref("base.EUR")
        euros.active = True
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        pricelist = env["product.pricelist"].create({"name": "EUR", "currency_id": euros.id})
        screw = self._product("Schraube", 0.4)
        program = self._give(10, screw)
        program.company_id = False
        rule = {"applied_on": "0_product_variant", "product_id": screw.id, "fixed_price": 0.4}
        pricelist.item_ids = [Command.create({"compute_price": "fixed", **rule})]
        order = env["sale.order"].create(
            {
                "partner_id": self.meier.id,
                "pricelist_id": pricelist.id,
                "order_line": [Command.create({"product_id": screw.id})],
            }
        )
        self.assertEqual(order.currency_id, euros)
        self.assertAlmostEqual(order.amount_total, 0.36)

    def test_another_fiscal_position_after_redeeming(self):
        """Kind 1: 19 % falls away: 50.00 net; 30.00 of credit stay 30.00."""
        tax = self._tax(19)
        self.goods.taxes_id = tax
        account, order = self._credit(self.meier, 30), self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        self.assertAlmostEqual(order.amount_total, 59.5 - 30)
        free = self.env["account.fiscal.position"].create({"name": "Free"})
        self._tax(0, fiscal_position_ids=[Command.link(free.id)], original_tax_ids=tax.ids)
        order.fiscal_position_id = free
        order.action_update_taxes()
        self.assertAlmostEqual(order.amount_total, 20)
        order.action_confirm()
        self.assertEqual(account.points, 0)

    def test_two_included_taxes_of_a_group(self):
        """Kind 4: 90.00 of credit on 100.00 with two included taxes leave 10.00."""
        parts = self._tax(10, price_include_override="tax_included")
        parts |= self._tax(5, price_include_override="tax_included")
        group = {"name": "Both", "amount_type": "group", "type_tax_use": "sale"}
        self.goods.taxes_id = self.env["account.tax"].create(
            {**group, "children_tax_ids": [Command.set(parts.ids)]}
        )
        self.goods.list_price = 100
        account, order = self._credit(self.meier, 90), self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        self.assertAlmostEqual(order.amount_total, 10)
        order.action_confirm()
        self.assertEqual(account.points, 0)

    def test_a_fixed_tax_and_credit(self):
        """Kind 4: 50.00 and 2.00 of deposit: 52.00 of credit may not pay more than is due."""
        self.goods.taxes_id = self._tax(2, amount_type="fixed")
        account, order = self._credit(self.meier, 60), self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        self.assertGreaterEqual(order.amount_total, 0)
        order.action_confirm()
        self.assertAlmostEqual(60 - account.points, 52 - order.amount_total)

    def test_a_pricelist_that_shows_its_discount(self):
        """Kind 4: 10.00 shown as 50 % off is 5.00; 10 % on the card are taken from that: 4.50."""
        self.env.user.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        half = {"compute_price": "percentage", "percent_price": 50, "applied_on": "3_global"}
        pricelist = self.env["product.pricelist"].create(
            {"name": "Half", "item_ids": [Command.create(half)]}
        )
        self._give(10, self.battery)
        order = self._quote(self.meier, self.battery, pricelist_id=pricelist.id)
        self.assertAlmostEqual(order.amount_total, 4.5)

    def test_a_price_of_nothing_by_hand(self):
        """Kind 1: a line of 0.00 beside a full discount: nothing below zero."""
        self._give(100, self.battery)
        order = self._quote(self.meier, self.battery, self.cloth)
        self.assertAlmostEqual(order.amount_total, 10)
        self._line(order, self.battery).price_unit = 0
        self.assertAlmostEqual(order.amount_total, 10)
        self._line(order, self.cloth).price_unit = 0
        self.assertAlmostEqual(order.amount_total, 0)

    def test_an_archived_article_with_a_redemption(self):
        """Kind 1: its quantity changes afterwards: 2 x 50.00 less 30.00."""
        account, order = self._spending()
        self.goods.active = False
        self._line(order, self.goods).product_uom_qty = 2
        self.assertAlmostEqual(order.amount_total, 70)
        order.action_confirm()
        self.assertEqual(account.points, 0)

    def test_something_is_added_after_redeeming(self):
        """Kind 1: credit of 80 redeemed on 50.00 follows when 10.00 come along."""
        account = self._credit(self.meier, 80)
        order = self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        self.assertAlmostEqual(order.amount_total, 0)
        order.order_line = [Command.create({"product_id": self.cloth.id})]
        taken = account.held
        self.assertAlmostEqual(order.amount_total, 60 - taken)
        order.action_confirm()
        self.assertAlmostEqual(account.points, 80 - taken)

    def test_a_down_payment_with_a_redemption(self):
        """Kind 3: 20.00 are due after credit; half now, the rest later, the last one refunded."""
        account, order = self._spending()
        order.action_confirm()
        self.assertEqual(account.points, 0)
        advance = self.env["sale.advance.payment.inv"].with_context(
            active_ids=order.ids, active_model="sale.order"
        )
        advance.create({"advance_payment_method": "percentage", "amount": 50}).create_invoices()
        first = self._office(order).invoice_ids
        first.action_post()
        self.assertAlmostEqual(first.amount_total, 10)
        self._line(order, self.goods).qty_delivered = 1
        last = self._office(order)._create_invoices(final=True)
        last.action_post()
        self.assertAlmostEqual(last.amount_total, 10)
        self.assertEqual(account.points, 0)
        back = self._reversal(last).reverse_moves()
        note = self.env["account.move"].browse(back["res_id"])
        note.action_post()
        self.assertAlmostEqual(account.points, 30)

    def test_the_customer_is_merged_between_confirmation_and_invoice(self):
        """Kind 8: what the order took stays taken; a refund goes to the customer who goes on."""
        account, order = self._spending()
        order.action_confirm()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.meier | self.schulz).ids, self.schulz
        )
        self.env.invalidate_all()
        invoice = self._office(order)._create_invoices()
        self.assertEqual((invoice.amount_total, invoice.partner_id), (20, self.schulz))
        invoice.action_post()
        self.assertEqual((account.points, account.partner_id), (0, self.schulz))
        note = self.env["account.move"].browse(self._reversal(invoice).reverse_moves()["res_id"])
        note.action_post()
        self.assertEqual(account.points, 30)
