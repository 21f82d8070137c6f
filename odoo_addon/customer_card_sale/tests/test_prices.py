from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestPrices(CardSaleCase):
    """What a program costs and when it is sold, on the server: also for a call by RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fixed = cls._sold_program("stored_value", price=100.0, preset_amount=120.0)
        cls.free = cls._sold_program("voucher")

    def _refused(self, sentence, order, **values):
        """Neither a line with *values* can be added to *order*, nor one be changed to them."""
        article = self.fixed.sale_product_id
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            order.order_line = [Command.create({"product_id": article.id, **values})]
        order.order_line = [Command.create({"product_id": article.id})]
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            order.order_line[-1:].write(values)
        return order.order_line[-1:]

    def test_a_fixed_price_is_fixed_for_everybody(self):
        """AP-60: 100.00 on the article; 90.00, and 0.00, are refused by RPC as well."""
        for price in (90.0, 0.0, 110.0):
            self._refused("fixed", self._quote(self.meier), price_unit=price)

    def test_a_top_up_says_what_it_credits(self):
        """HS-13, HS-14: 50.00 say 52.50 on the line, 49.99 say nothing, a voucher neither."""
        program = self._sold_program(
            "stored_value", tier_ids=[Command.create({"from_amount": 50, "percent": 5})]
        )
        order = self._sell(self.meier, program, price_unit=50, confirm=False)
        self.assertIn("52.50", order.order_line.card_credit_text)
        self.assertTrue(order.card_gives_credit)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )[0]
        self.assertIn(order.order_line.card_credit_text, html.decode())
        order.order_line.price_unit = 49.99
        self.assertFalse(order.card_gives_credit)
        order.order_line.price_unit = 50
        order.action_confirm()
        account = self._live(program)
        self.assertEqual((account.paid, account.bonus), (50, 2.5))
        self.assertFalse(self._sell(self.meier, self.free, price_unit=50).card_gives_credit)

    def test_a_line_discount_lowers_a_fixed_price_too(self):
        """AP-60: 50 % on the line would sell 120.00 of credit for 50.00."""
        line = self._refused("fixed", self._quote(self.meier), discount=50.0)
        self.assertTrue(line.card_price_fixed)

    def test_both_together_may_not_change_it_either(self):
        """AP-60: 200.00 less 50 % is 100.00: what is paid counts, and that is right."""
        order = self._quote(self.meier)
        article = self.fixed.sale_product_id
        values = {"product_id": article.id, "price_unit": 200.0, "discount": 50.0}
        order.order_line = [Command.create(values)]
        self.assertAlmostEqual(order.amount_total, 100.0)

    def test_an_article_cannot_become_a_program_at_its_old_price(self):
        """AP-60: the line costs 10.00 by hand; with the program's article it is refused."""
        order = self._quote(self.meier, self.cloth)
        order.order_line.price_unit = 5.0
        with self.assertRaisesRegex(ValidationError, "fixed"), self.env.cr.savepoint():
            order.order_line.product_id = self.fixed.sale_product_id
            order.order_line.flush_recordset()

    def test_the_managers_pricelist_is_a_fixed_price(self):
        """AP-60: the pricelist says 80.00: that is the price, and 79.00 is not."""
        rule = {
            "applied_on": "1_product",
            "product_tmpl_id": self.fixed.sale_product_id.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": 80.0,
        }
        pricelist = self.env["product.pricelist"].create(
            {"name": "Aktion", "item_ids": [Command.create(rule)]}
        )
        order = self._quote(self.meier, pricelist_id=pricelist.id)
        order.order_line = [Command.create({"product_id": self.fixed.sale_product_id.id})]
        self.assertEqual(order.order_line.price_unit, 80.0)
        with self.assertRaisesRegex(ValidationError, "fixed"), self.env.cr.savepoint():
            order.order_line.price_unit = 79.0
        order.action_confirm()
        enrolment = self._live(self.fixed)
        self.assertEqual((enrolment.points, enrolment.paid, enrolment.bonus), (120, 80, 40))

    def test_update_prices_with_a_shown_discount(self):
        """AP-60: a pricelist of 33.33 % shows as a discount; updating prices is no offence."""
        self.seller.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.env["res.groups"]._get_group_definitions()
        rule = {"compute_price": "percentage", "percent_price": 33.33}
        pricelist = self.env["product.pricelist"].create(
            {"name": "Partner", "item_ids": [Command.create(rule)]}
        )
        order = self._quote(self.meier)
        order.order_line = [Command.create({"product_id": self.fixed.sale_product_id.id})]
        order.pricelist_id = pricelist
        order.action_update_prices()
        self.assertAlmostEqual(order.amount_total, 66.67)

    def test_a_quoted_price_is_kept(self):
        """AP-60: dearer tomorrow, the quotation of today is confirmed as it was offered."""
        order = self._sell(self.meier, self.fixed, confirm=False)
        self.fixed.sale_product_id.list_price = 130.0
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 100.0)

    def _dated_rules(self, article):
        """A pricelist with 1.00 until 2025, 100.00 by the article now, and 2.00 from 2090."""
        shared = {"applied_on": "0_product_variant", "product_id": article.id}
        shared["compute_price"] = "fixed"
        rules = (
            {**shared, "fixed_price": 1, "date_end": "2025-01-01 00:00:00"},
            {**shared, "fixed_price": 2, "date_start": "2090-01-01 00:00:00"},
        )
        return self.env["product.pricelist"].create(
            {"name": "Aktionen", "item_ids": [Command.create(rule) for rule in rules]}
        )

    def test_the_orders_date_makes_no_price(self):
        """D4: dated back to an ended price or ahead to a future one: 100.00."""
        article = self.fixed.sale_product_id
        pricelist = self._dated_rules(article)
        for day, price in (("2024-06-01 10:00:00", 1), ("2091-01-01 10:00:00", 2)):
            dated = {"date_order": day, "pricelist_id": pricelist.id, "commitment_date": day}
            order = self._quote(self.meier, **dated, validity_date=day[:10])
            with self.assertRaisesRegex(ValidationError, "fixed"), self.env.cr.savepoint():
                order.order_line = [Command.create({"product_id": article.id, "price_unit": price})]
            order.order_line = [Command.create({"product_id": article.id})]
            order.action_update_prices()
            self.assertEqual(order.order_line.price_unit, 100)
            order.order_line.product_uom_qty = 2
            order.order_line.product_uom_qty = 1
            order.action_confirm()
            self.assertEqual(order.amount_total, 100)
        self.assertEqual(sum(self._live(self.fixed).mapped("points")), 240)

    def test_a_date_that_is_written_later(self):
        """D4: quoted at 100.00; the date is written, then the prices are updated."""
        article = self.fixed.sale_product_id
        order = self._quote(self.meier, article, pricelist_id=self._dated_rules(article).id)
        order.date_order = "2024-06-01 10:00:00"
        order.action_update_prices()
        self.assertEqual(order.order_line.price_unit, 100)

    def test_an_offer_outlives_its_price(self):
        """D4: quoted while the price ran, confirmed a day after its end: as it was offered."""
        article = self.fixed.sale_product_id
        pricelist = self._dated_rules(article)
        with freeze_time("2024-12-31 12:00:00"):
            order = self._quote(self.meier, article, pricelist_id=pricelist.id)
            order.flush_recordset()
        self.assertEqual(order.order_line.price_unit, 1)
        with freeze_time("2025-01-01 12:00:00"):
            order.action_confirm()
        self.assertEqual(order.amount_total, 1)

    def test_a_copied_order_has_todays_price(self):
        """AP-60: the copy of an old order sells at the price of today."""
        order = self._sell(self.meier, self.fixed)
        self.fixed.sale_product_id.list_price = 130.0
        self.assertAlmostEqual(order.copy().amount_total, 130.0)

    def test_card_discounts_do_not_lower_it(self):
        """AP-60: 10 % on everything is for goods, not for credit: 100.00 + 9.00."""
        self._program(self._discount(10, applies_to="all"))._enrol(partner=self.meier)
        order = self._quote(self.meier, self.fixed.sale_product_id, self.battery)
        self.assertAlmostEqual(order.amount_total, 109.0)

    def test_pay_100_get_120(self):
        """AP-59, AX-20: credit 120.00 of which 100.00 paid and 20.00 bonus."""
        self._sell(self.meier, self.fixed)
        enrolment = self._live(self.fixed)
        self.assertEqual((enrolment.points, enrolment.paid, enrolment.bonus), (120, 100, 20))

    def test_pay_100_get_115(self):
        """AX-20: credit 115.00 = paid 100.00 + bonus 15.00; a cancelled sale leaves nothing."""
        program = self._sold_program("stored_value", price=100.0, preset_amount=115.0)
        order = self._sell(self.meier, program)
        enrolment = self._live(program)
        self.assertEqual((enrolment.points, enrolment.paid, enrolment.bonus), (115, 100, 15))
        order.action_cancel()
        self.assertEqual((enrolment.points, enrolment.paid, enrolment.bonus), (0, 0, 0))

    def test_the_amount_is_entered_in_the_line(self):
        """AP-58, AX-16: no price on the article, 73.20 entered: credit 73.20; 37.50 likewise."""
        for amount in (73.2, 37.5):
            self._sell(self.meier, self.free, price_unit=amount)
        vouchers = self._live(self.free)
        self.assertEqual(vouchers.mapped("points"), [73.2, 37.5])
        self.assertEqual(vouchers.mapped("paid"), [73.2, 37.5])

    def test_without_an_amount_nothing_is_sold(self):
        """AP-58: the amount may come later, but before the confirmation."""
        order = self._sell(self.meier, self.free, confirm=False)
        self.assertFalse(order.order_line.card_price_fixed)
        with self.assertRaisesRegex(UserError, "Enter the amount"), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_a_preset_amount(self):
        """AP-57, F4: preset 50.00, an article without price: it costs 50.00, and not nothing."""
        program = self._sold_program("voucher", preset_amount=50.0)
        with self.assertRaisesRegex(UserError, "is fixed"), self.env.cr.savepoint():
            self._sell(self.meier, program)
        self._sell(self.meier, program, price_unit=50.0)
        voucher = self._live(program)
        self.assertEqual((voucher.points, voucher.paid, voucher.bonus), (50, 50, 0))

    def test_paid_is_the_gross_price_of_one_unit(self):
        """AP-59: two for 100.00 each with 19 % tax in the price: 100.00 paid on each voucher."""
        tax = self.env["account.tax"].create(
            {"name": "19 %", "amount": 19.0, "price_include_override": "tax_included"}
        )
        program = self._sold_program("voucher", price=100.0, preset_amount=110.0)
        program.sale_product_id.taxes_id = tax
        self._sell(self.meier, program, quantity=2)
        self.assertEqual(self._live(program).mapped("paid"), [100, 100])

    def test_two_vouchers_two_numbers(self):
        """AP-47: two sales are two vouchers with codes of their own, whatever the options say."""
        self._sell(self.meier, self.free, price_unit=20.0)
        self._sell(self.meier, self.free, price_unit=30.0)
        vouchers = self._live(self.free)
        self.assertEqual(vouchers.mapped("points"), [20, 30])
        self.assertEqual(len(set(vouchers.mapped("code"))), 2)

    def test_stored_value_is_charged_again_and_again(self):
        """AX-18: 50 and 30 on the same card: 80.00 and two entries."""
        program = self._sold_program("stored_value")
        self._sell(self.meier, program, price_unit=50.0)
        self._sell(self.meier, program, price_unit=30.0)
        enrolment = self._live(program).ensure_one()
        self.assertEqual(enrolment.points, 80)
        self.assertEqual(enrolment.entry_ids.sorted("sequence").mapped("delta"), [50, 30])

    def test_sold_on_the_first_and_the_last_day_only(self):
        """AP-33: 01.12. to 24.12.: offered and sold on both; on 30.11. and 25.12. neither."""
        self.free.write({"sale_from": date(2026, 12, 1), "sale_to": date(2026, 12, 24)})
        article = self.free.sale_product_id
        for moment, offered in (
            ("2026-11-30 12:00:00", False),
            ("2026-12-01 12:00:00", True),
            ("2026-12-24 22:30:00", True),
            ("2026-12-24 23:30:00", False),  # past midnight at the shop
            ("2026-12-25 12:00:00", False),
        ):
            with self.subTest(moment), freeze_time(moment):
                self._check_offer(article, offered)

    def _check_offer(self, article, offered):
        lines = self.env["sale.order.line"].with_user(self.seller)
        picker = [*lines._domain_product_id(), ("id", "=", article.id)]
        found = self.env["product.product"].with_user(self.seller).search(picker)
        self.assertEqual(bool(found), offered)
        templates = [*lines._domain_product_id(), ("id", "=", article.product_tmpl_id.id)]
        self.assertEqual(bool(self.env["product.template"].search(templates)), offered)
        article.invalidate_recordset(["card_on_sale"])
        self.assertEqual(article.card_on_sale, offered)
        if offered:
            self._sell(self.meier, self.free, price_unit=10.0)
            return
        with self.assertRaisesRegex(ValidationError, "is sold from"), self.env.cr.savepoint():
            self._sell(self.meier, self.free, confirm=False, price_unit=10.0)

    def test_the_window_is_over_when_the_order_is_confirmed(self):
        """AP-33: quoted on 24.12., confirmed on 25.12.: refused, nothing sold."""
        self.free.write({"sale_from": date(2026, 12, 1), "sale_to": date(2026, 12, 24)})
        with freeze_time("2026-12-24 12:00:00"):
            order = self._sell(self.meier, self.free, confirm=False, price_unit=10.0)
        with freeze_time("2026-12-25 12:00:00"):
            with self.assertRaisesRegex(UserError, "is sold from"), self.env.cr.savepoint():
                order.action_confirm()
            self.assertFalse(self._live(self.free))

    def _give_discount(self, order, kind, **values):
        wizard = self.env["sale.order.discount"].with_user(self.seller)
        wizard.create(
            {"sale_order_id": order.id, "discount_type": kind, **values}
        ).action_apply_discount()

    def test_odoos_discount_dialog_passes_by_fixed_prices(self):
        """AP-60: 10 % on the lines: battery 9.00, program 100.00; on the whole order: refused."""
        order = self._quote(self.meier, self.fixed.sale_product_id, self.battery)
        self._give_discount(order, "sol_discount", discount_percentage=0.1)
        self.assertAlmostEqual(order.amount_total, 109.0)
        for kind, values in (
            ("so_discount", {"discount_percentage": 0.1}),
            ("amount", {"discount_amount": 50}),
        ):
            with self.assertRaisesRegex(UserError, "is fixed"), self.env.cr.savepoint():
                self._give_discount(order, kind, **values)
