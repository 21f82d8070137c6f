from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PointsSaleCase


@tagged("post_install", "-at_install")
class TestPointsInQuotations(PointsSaleCase):
    """Points pay quotations by the terms of their card."""

    def _redeem(self, order):
        order.action_redeem_points()
        return self._redeemed(order)

    def test_the_four_kinds(self):
        """TM-29 TM-30 TM-31 TM-32: 5.00 of 50.00 for 500, 500, 500 and 450 points."""
        for kind, factor, wish, points in (
            ("1", 5, None, 500),
            ("2", 500, None, 500),
            ("3", 10, None, 500),
            ("4", 10, 5, 450),
        ):
            with self.subTest(kind=kind):
                self._points(2000)
                self.program.write({"redeem_type": kind, "redeem_factor": factor})
                order = self._bill()
                order._redeem(self.account, wish)
                self.assertEqual(self._redeemed(order), (5, points))
                self.assertAlmostEqual(order.amount_total, 45)
                self.assertEqual(self.account.held, points)
                order.action_confirm()
                self.assertEqual((self.account.points, self.account.held), (2000 - points, 0))
                order.with_env(self.env).action_cancel()
                self.assertEqual(self.account.points, 2000)

    def test_what_the_seller_sees(self):
        """TM-35: the quotation says what one click redeems, once; then no more."""
        self.program.redeem_factor = 5
        order = self._bill()
        self.assertFalse(order.card_points_text)
        self._points(2000)
        order = self._bill()
        self.assertIn("Treuekarte: redeem", order.card_points_text)
        self.assertIn("5.00", order.card_points_text)
        self.assertIn("500 points", order.card_points_text)
        self.assertFalse(order.card_credit_text or order.card_coupon_text)
        self._redeem(order)
        self.assertFalse(order.card_points_text)
        self.assertEqual(self._redeem(order), (5, 500))

    def test_once_in_an_order(self):
        """TM-35: a second line of the same card, which a client adds, takes nothing off."""
        self.program.redeem_factor = 5
        self._points(2000)
        order = self._bill()
        self._redeem(order)
        (line,) = order.order_line.filtered("reward_id")
        (again,) = line.copy_data({"reward_identifier_code": "again"})
        order.order_line = [Command.create(again)]
        order.action_confirm()
        self.assertEqual(self._redeemed(order), (5, 500))
        self.assertEqual(self.account.points, 1500)

    def test_from_and_to(self):
        """TM-33 TM-34: 499 refused with a sentence, 500 allowed; to 1000, of 1500 only 1000."""
        self.program.redeem_from = 500
        self._points(499)
        order = self._bill()
        self.assertFalse(order.card_points_text)
        with self.assertRaisesRegex(UserError, "from 500 points on"), self.env.cr.savepoint():
            order._redeem(self.account)
        self._points(500)
        self.assertEqual(self._redeem(order), (5, 500))
        self.program.write({"redeem_from": 0, "redeem_to": 1000})
        order.action_cancel()
        self._points(1500)
        self.assertEqual(self._redeem(self._bill()), (10, 1000))

    def test_the_window(self):
        """TM-34: the literal window: 1001 points above 1000 redeem nothing."""
        self.program.write({"redeem_to": 1000, "redeem_window": True})
        self._points(1001)
        with self.assertRaisesRegex(UserError, "up to 1000 points"):
            self._bill()._redeem(self.account)

    def test_what_is_reserved_stays(self):
        """TM-33: other points are spent meanwhile; what the quotation has reserved is its own."""
        self.program.write({"redeem_from": 700, "redeem_factor": 5})
        self._points(700)
        order = self._bill()
        self._redeem(order)
        self._points(500)
        order.order_line = [Command.create({"product_id": self.shampoo.id})]
        self.assertEqual(self._redeemed(order), (5, 500))
        order.action_confirm()
        self.assertEqual(self.account.points, 0)

    def test_by_class(self):
        """TM-36: services at 20 % less: 10.00 of a cut cost 800 points, of shampoo 1000."""
        self.program.redeem_service_percent = 20
        self._points(2000)
        order = self._quote(self.meier, self.cut)
        order._redeem(self.account, 10)
        self.assertEqual(self._redeemed(order), (10, 800))
        order.action_cancel()
        order = self._quote(self.meier, self.shampoo)
        order._redeem(self.account, 10)
        self.assertEqual(self._redeemed(order), (10, 1000))

    def test_direct_discounts(self):
        """TM-38 TM-39: 10 % of the cut and 50 % of the shampoo come on top, for no points."""
        self.program.write(
            {"redeem_factor": 5, "direct_service_percent": 10, "direct_article_percent": 50}
        )
        self._points(2000)
        self.assertEqual(self._redeem(self._bill()), (18, 500))

    def test_gents(self):
        """TM-37: gents redeem by their own factor, kind, limits and prices; ladies as before."""
        self.program.write(
            {
                "by_segment": True,
                "redeem_factor": 5,
                "gent_redeem_type": "4",
                "gent_redeem_factor": 10,
                "gent_redeem_from": 600,
                "gent_redeem_to": 900,
                "gent_redeem_service_percent": 20,
            }
        )
        self._points(599)
        self.assertEqual(self._redeem(self._bill()), (5, 500))
        self.env["sale.order"].search([]).action_cancel()
        self.meier.gender = "male"
        with self.assertRaisesRegex(UserError, "from 600 points on"), self.env.cr.savepoint():
            self._bill()._redeem(self.account)
        self._points(2000)
        order = self._quote(self.meier, self.cut)
        order._redeem(self.account, 10)
        self.assertEqual(self._redeemed(order), (10, 800))
        order.action_cancel()
        order = self._quote(self.meier, self.shampoo)
        order._redeem(self.account, 10)
        self.assertEqual(self._redeemed(order), (10, 900))

    def test_a_begun_point_counts(self):
        """TM-36: 0.01 at 33 points a unit and 20 % less: one point, not 0.264."""
        self.program.write({"points_per_unit": 33, "redeem_service_percent": 20})
        self._points(100)
        order = self._quote(self.meier, self.cut)
        order._redeem(self.account, 0.01)
        self.assertEqual(self._redeemed(order), (0.01, 1))

    def test_a_factor_of_300(self):
        """TM-16: 500.00 at 300 points a unit: exactly 150,000."""
        self.program.points_per_unit = 300
        self._points(150000)
        order = self._bill(500)
        self.assertEqual(self._redeem(order), (500, 150000))
        order.action_confirm()
        self.assertEqual(self.account.points, 0)

    def test_kind_3_may_cost_nothing(self):
        """TM-31, I24: 10 % of 50.00 for the balance alone; without a point there is nothing."""
        self.program.write({"redeem_type": "3", "redeem_factor": 10, "redeem_free": True})
        with self.assertRaisesRegex(UserError, "no points"), self.env.cr.savepoint():
            self._bill()._redeem(self.account)
        self._points(1)
        order = self._bill()
        self.assertEqual(self._redeem(order), (5, 0))
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 45)
        self.assertEqual((self.account.points, self.account.held), (1, 0))

    def test_less_in_the_dialog(self):
        """AP-56: the dialog proposes what points pay at most; less is redeemed and reserved."""
        self.program.redeem_to = 1000
        self._points(1500)
        order = self._bill()
        wizard = self.env["sale.order.redeem"].with_user(self.seller)
        dialog = Form(wizard.with_context(active_id=order.id))
        self.assertEqual((dialog.maximum, dialog.amount), (10, 10))
        dialog.amount = 2.5
        dialog.save().action_redeem()
        self.assertEqual((self._redeemed(order), self.account.held), ((2.5, 250), 250))

    def test_two_quotations(self):
        """TM-33: what one quotation has reserved, the other one does not get."""
        self.program.redeem_from = 500
        self._points(500)
        first = self._bill()
        self._redeem(first)
        second = self._bill()
        self.assertFalse(second.card_points_text)
        with self.assertRaises(UserError):
            second._redeem(self.account)
        first.action_cancel()
        self.assertEqual(self._redeem(second), (5, 500))

    def test_a_blocked_account(self):
        """TM-27: frozen while the quotation is open: the confirmation takes the points off."""
        self._points(500)
        order = self._bill()
        self._redeem(order)
        self.account.blocked = True
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 50)
        self.assertEqual((self.account.points, self.account.held), (500, 0))

    def test_after_discounts_and_before_credit(self):
        """TM-31: 10 % of what the discount has left, whichever came first; credit pays the rest."""
        self.program.write({"redeem_type": "3", "redeem_factor": 10})
        self._points(2000)
        self._credit(self.meier, 10)
        order = self._bill()
        order.action_redeem_credit()
        self._redeem(order)
        self.assertEqual(self._redeemed(order), (5, 500))
        self._give(50)
        order.apply_card_programs()
        self.assertEqual(self._redeemed(order), (2.5, 250))
        self.assertAlmostEqual(order.amount_total, 12.5)
        order.order_line.filtered("reward_id").sequence = 1
        order.order_line = [Command.create({"product_id": self.shampoo.id, "price_unit": 50})]
        self.assertEqual(self._redeemed(order), (5, 500))
        self.assertAlmostEqual(order.amount_total, 35)
        order.action_confirm()
        self.assertEqual(self.account.points, 1500)

    def test_no_credit_is_bought(self):
        """AX-20: points pay the cut, and not the credit beside it."""
        sold = self._sold_program("stored_value", price=100.0)
        self._points(20000)
        order = self._quote(self.meier, sold.sale_product_id, self.cut)
        self.assertEqual(self._redeem(order), (30, 3000))

    def test_another_currency(self):
        """TM-16: a quotation in another currency: points are worth the program's money."""
        other = self.env["res.currency"].create({"name": "XTS", "symbol": "X", "rounding": 0.01})
        self.env["res.currency.rate"].create(
            {"currency_id": other.id, "rate": 2, "company_id": self.env.company.id}
        )
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": other.id})
        self.program.redeem_factor = 5
        self._points(2000)
        order = self._bill()
        order.pricelist_id = pricelist
        order._recompute_prices()
        self.assertEqual(order.amount_total, 100)
        self.assertEqual(self._redeem(order), (10, 500))

    def _credit_note(self, invoice, part=1):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"journal_id": invoice.journal_id.id})
        wizard.reverse_moves()
        for line in wizard.new_move_ids.invoice_line_ids:
            line.price_unit *= part
        wizard.new_move_ids.action_post()

    def _invoice(self, order):
        invoice = order.with_env(self.env)._create_invoices()
        invoice.action_post()
        return invoice

    def test_a_refund(self):
        """TM-29: two cuts of 25.00 less 5.00: one returned: 22.50 and 250 points back; then all."""
        self.program.redeem_factor = 5
        self._points(500)
        order = self._bill(25, 25)
        self._redeem(order)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertAlmostEqual(invoice.amount_total, 45)
        self._credit_note(invoice, 0.5)
        self.assertEqual(self.account.points, 250)
        self._credit_note(invoice, 0.5)
        self.assertEqual(self.account.points, 500)
        order.with_env(self.env).action_cancel()
        self.assertEqual(self.account.points, 500)

    def test_invoices_in_parts(self):
        """TM-29: each of two invoices has its part of the 5.00; crediting one brings 250 back."""
        self.program.redeem_factor = 5
        self._points(500)
        self.cut.invoice_policy = "delivery"
        order = self._bill(25, 25)
        self._redeem(order)
        order.action_confirm()
        invoices = []
        for line in order.order_line.filtered(lambda line: line.product_id == self.cut):
            line.qty_delivered = 1
            invoices.append(self._invoice(order))
        for invoice in invoices:
            self.assertAlmostEqual(invoice.amount_total, 22.5)
        self._credit_note(invoices[1])
        self.assertEqual(self.account.points, 250)

    def test_taxes(self):
        """TM-29: 19 % and 7 % included: the tax goes down with its own articles, to the cent."""
        included = {"price_include_override": "tax_included"}
        self.cut.taxes_id = self._tax(19, **included)
        self.shampoo.taxes_id = self._tax(7, **included)
        self.program.redeem_factor = 5
        self._points(500)
        order = self._bill()
        self._redeem(order)
        lines = order.order_line.filtered("reward_id")
        self.assertEqual(lines.mapped("price_total"), [-3, -2])
        self.assertEqual(lines.mapped("points_cost"), [300, 200])
        self.assertEqual(lines.tax_ids, (self.cut | self.shampoo).taxes_id)
        self.assertAlmostEqual(order.amount_total, 45)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertAlmostEqual(invoice.amount_total, 45)
        self._credit_note(invoice)
        self.assertEqual(self.account.points, 500)
