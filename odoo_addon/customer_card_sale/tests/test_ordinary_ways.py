from datetime import datetime

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import CardSaleCase


class OrdinaryCase(CardSaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls._product("Ware", 50.0)

    def _spending(self, credit=30):
        """A quotation over 50.00 that redeems all credit."""
        account = self._credit(self.meier, credit)
        order = self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        self.assertEqual((order.amount_total, account.held), (50 - credit, credit))
        return account, order

    def _office(self, records):
        """The same records for the office, which invoices and delivers."""
        return records.with_user(self.env.user)

    def _paid(self, invoice):
        invoice.action_post()
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment.create({})._create_payments()

    def _reversal(self, invoice):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({"journal_id": invoice.journal_id.id})

    def _francs(self, rate=2):
        """A pricelist in another currency, of which the shop's unit buys *rate*."""
        francs = self.env.ref("base.CHF")
        francs.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": francs.id, "rate": rate, "name": "2020-01-01"}
        )
        return self.env["product.pricelist"].create({"name": "CHF", "currency_id": francs.id})


@tagged("post_install", "-at_install")
class TestOrdinaryOrders(OrdinaryCase):
    """odoo-as-used, siblings of kinds 1 and 4: whatever changes an order, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give(10, cls.battery)

    def _stocked(self, *products):
        warehouse = self.env["stock.warehouse"]
        place = warehouse.search([("company_id", "=", self.env.company.id)], limit=1).lot_stock_id
        for product in products:
            product.write({"is_storable": True, "invoice_policy": "delivery"})
            self.env["stock.quant"]._update_available_quantity(product, place, 50)

    def _delivered(self, picking, quantity):
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.button_validate()

    def test_a_repair(self):
        """Kind 1: the quotation that a repair makes: 2 x 10.00 less 10 %."""
        part = {"repair_line_type": "add", "product_id": self.battery.id, "product_uom_qty": 2}
        repair = self.env["repair.order"].create(
            {
                "partner_id": self.meier.id,
                "product_id": self.cloth.id,
                "move_ids": [Command.create(part)],
            }
        )
        repair.action_create_sale_order()
        self.assertAlmostEqual(repair.sale_order_id.amount_total, 18)

    def test_more_delivered_than_ordered(self):
        """Kind 1: 12 of 10 delivered: 108.00; then 3 come back: 27.00 credited."""
        self._stocked(self.battery)
        order = self._quote(self.meier, self.battery)
        self._line(order, self.battery).product_uom_qty = 10
        order.action_confirm()
        picking = self._office(order).picking_ids
        self._delivered(picking, 12)
        invoice = self._office(order)._create_invoices()
        self.assertAlmostEqual(invoice.amount_total, 108)
        invoice.action_post()
        back = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking"
        )
        back = back.create({})
        back.product_return_moves.quantity = 3
        self._delivered(picking.browse(back.action_create_returns()["res_id"]), 3)
        note = self._office(order)._create_invoices(final=True)
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 27))

    def test_delivered_without_being_ordered(self):
        """Kind 1: a battery goes along with an ordered cloth: 10.00 + 9.00."""
        self._stocked(self.battery, self.cloth)
        order = self._quote(self.meier, self.cloth)
        order.action_confirm()
        picking = self._office(order).picking_ids
        places = {"location_id": picking.location_id.id}
        places["location_dest_id"] = picking.location_dest_id.id
        self.env["stock.move"].create(
            {"product_id": self.battery.id, "picking_id": picking.id, **places}
        )
        self._delivered(picking, 1)
        self.assertEqual(len(order.picking_ids), 1, "nothing is delivered once more")
        self.assertAlmostEqual(self._office(order)._create_invoices().amount_total, 19)

    def test_a_locked_order(self):
        """Kind 1: locked at once, then 2 of 10 delivered: 18.00."""
        self.battery.invoice_policy = "delivery"
        self.env.ref("base.group_user").implied_ids |= self.env.ref("sale.group_auto_done_setting")
        order = self._quote(self.meier, self.battery)
        self._line(order, self.battery).product_uom_qty = 10
        order.action_confirm()
        self.assertTrue(order.locked)
        self._line(order, self.battery).qty_delivered = 2
        self.assertAlmostEqual(self._office(order)._create_invoices().amount_total, 18)

    def test_a_template(self):
        """Kind 1: the lines of a template; optional ones count when they are ordered."""
        self.env.user.group_ids |= self.env.ref("sale_management.group_sale_order_template")
        line = {"product_id": self.battery.id, "product_uom_qty": 3}
        template = self.env["sale.order.template"].create(
            {"name": "Starter", "sale_order_template_line_ids": [Command.create(line)]}
        )
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.meier
            form.sale_order_template_id = template
        order = form.record
        self.assertAlmostEqual(order.amount_total, 27)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Dazu", "is_optional": True}),
            Command.create({"product_id": self.battery.id, "product_uom_qty": 0}),
        ]
        self.assertAlmostEqual(order.amount_total, 27)
        self._line(order, self.battery)[-1:].product_uom_qty = 1
        self.assertAlmostEqual(order.amount_total, 36)

    def test_an_import(self):
        """Kind 1: a quotation from a file: 4 x 10.00 less 10 %."""
        found = self.env["sale.order"].load(
            ["partner_id/.id", "order_line/product_id/.id", "order_line/product_uom_qty"],
            [[str(self.meier.id), str(self.battery.id), "4"]],
        )
        self.assertAlmostEqual(self.env["sale.order"].browse(found["ids"]).amount_total, 36)

    def test_customer_unit_and_archived_article(self):
        """Kind 1: another customer and back; a pack of six; the article is archived."""
        order = self._quote(self.schulz, self.battery)
        for partner, total in ((self.meier, 9), (self.schulz, 10), (self.meier, 9)):
            order.partner_id = partner
            self.assertAlmostEqual(order.amount_total, total)
        line = self._line(order, self.battery)
        unit = {"relative_factor": 6, "relative_uom_id": self.battery.uom_id.id}
        line.product_uom_id = self.env["uom.uom"].create({"name": "Six", **unit})
        self.assertAlmostEqual(order.amount_total, 54)
        self.battery.active = False
        line.product_uom_qty = 2
        self.assertAlmostEqual(order.amount_total, 108)

    def _odoos_discount(self, order, kind, **values):
        wizard = self.env["sale.order.discount"]
        values.update(sale_order_id=order.id, discount_type=kind)
        wizard.create(values).action_apply_discount()

    def test_odoos_discount_button(self):
        """Kind 4: 10 % on all lines, on the order, and 5.00 beside 100 %."""
        self._give(10, self.cloth)
        order = self._quote(self.meier, self.battery, self.cloth)
        self._odoos_discount(order, "sol_discount", discount_percentage=0.1)
        self.assertAlmostEqual(order.amount_total, 16.2)
        order = self._quote(self.schulz, self.battery, self.cloth)
        self._odoos_discount(order, "so_discount", discount_percentage=0.1)
        self.assertAlmostEqual(order.amount_total, 18)
        order.partner_id = self.meier
        self.assertAlmostEqual(order.amount_total, 16)
        self._give(100)
        order = self._quote(self.meier, self.goods)
        self._odoos_discount(order, "amount", discount_amount=5)
        self.assertAlmostEqual(order.amount_total, 0)

    def test_odd_amounts(self):
        """Kind 4: 100 % of 0.333 kg, of a group of taxes; 10 % of 997 yen are 100."""
        self._give(100)
        included = self._tax(19, price_include_override="tax_included")
        children = [Command.set((self._tax(7.7) | self._tax(1.3)).ids)]
        group = {"amount_type": "group", "type_tax_use": "sale", "children_tax_ids": children}
        groups = self.env["account.tax"].create({"name": "Group", **group})
        for price, quantity, tax in ((13.37, 0.333, included), (9.99, 1, groups)):
            order = self._quote(self.meier, self._product("Teil", price, taxes_id=tax.ids))
            order.order_line.filtered(lambda line: not line.reward_id).product_uom_qty = quantity
            amounts = (order.amount_untaxed, order.amount_tax, order.amount_total)
            self.assertEqual(amounts, (0, 0, 0))
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": yen.id, "rate": 160, "name": "2020-01-01"}
        )
        prices = self.env["product.pricelist"].create({"name": "JPY", "currency_id": yen.id})
        self._give(10, partner=self.schulz)
        order = self._quote(self.schulz, self._product("Teil", 6.23), pricelist_id=prices.id)
        self.assertAlmostEqual(order.amount_total, 897)


@tagged("post_install", "-at_install")
class TestOrdinaryDocuments(OrdinaryCase):
    """odoo-as-used, siblings of kinds 2 and 3: passing states, several documents; what held."""

    def test_looked_at(self):
        """Kind 2: printed, previewed, edited without saving, deleted, sent: nothing is taken."""
        account, order = self._spending()
        self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)
        order.action_preview_sale_order()
        form = Form(order)
        with form.order_line.edit(0) as line:
            line.product_uom_qty = 0
        self.env.invalidate_all()
        self.assertEqual((account.points, account.held, order.amount_total), (30, 30, 20))
        self._office(order).unlink()
        self.assertEqual((account.points, account.held), (30, 0))
        order = self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        order.action_quotation_sent()
        self.assertEqual((account.points, account.held), (30, 30))

    def test_locked_and_invoiced_again(self):
        """Kind 2: locked, unlocked, the draft invoice deleted and made anew: taken once."""
        account, order = self._spending()
        order.action_confirm()
        order.action_lock()
        order.action_unlock()
        self._office(order)._create_invoices().unlink()
        invoice = self._office(order)._create_invoices()
        self.assertAlmostEqual(invoice.amount_total, 20)
        self._paid(invoice)
        self.assertEqual((account.points, account.held), (0, 0))

    def test_paid_in_two_steps(self):
        """Kind 3: half of 100.00 for 115 in advance: nothing; the rest: 115, once."""
        self.env.company.card_value_given = "paid"
        program = self._sold_program("stored_value", 100.0, preset_amount=115)
        order = self._office(self._sell(self.meier, program))
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": 50})
        self._paid(wizard._create_invoices(order))
        self.assertFalse(sum(program.coupon_ids.mapped("points")))
        self._paid(order._create_invoices(final=True))
        self.assertEqual(program.coupon_ids.points, 115)

    def test_an_invoice_is_corrected(self):
        """Kind 3: credited and made anew: taken back, and given once when it is paid."""
        self.env.company.card_value_given = "paid"
        program = self._sold_program("stored_value", 100.0, preset_amount=115)
        order = self._office(self._sell(self.meier, program))
        invoice = order._create_invoices()
        self._paid(invoice)
        self.assertEqual(program.coupon_ids.points, 115)
        again = self._reversal(invoice).modify_moves()["res_id"]
        self.assertEqual(program.coupon_ids.points, 0)
        self._paid(self.env["account.move"].browse(again))
        self.assertEqual(program.coupon_ids.points, 115)

    def test_one_of_three_is_credited(self):
        """Kind 3: 3 x 72 pieces invoiced, one of them credited: 144."""
        pieces = [Command.create({"product_id": self.battery.id, "quantity": 72})]
        program = self._sold_program("bonus_item", 90.0, line_ids=pieces)
        order = self._office(self._sell(self.meier, program, quantity=3))
        invoice = order._create_invoices()
        invoice.action_post()
        note = self.env["account.move"].browse(self._reversal(invoice).refund_moves()["res_id"])
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.assertEqual(sum(self._live(program).mapped("points")), 144)

    def test_a_voucher_goes_to_another_order_and_the_first_comes_back(self):
        """Held (6): in A, A cancelled, used in B, A back to draft and confirmed: taken once."""
        voucher = self._credit(self.meier, 5, self._sold_program("voucher"))
        first, second = (self._quote(self.meier, self.goods) for _order in range(2))
        first._redeem(voucher)
        first._action_cancel()
        second._redeem(voucher)
        second.action_confirm()
        first.action_draft()
        first.action_confirm()
        self.assertEqual((first.amount_total, second.amount_total), (50, 45))
        self.assertEqual((voucher.points, voucher.held), (0, 0))

    def test_a_branch_company_uses_the_heads_programs(self):
        """Held (17): a discount of the head office in a quotation of its branch."""
        program = self._give(10, self.goods)
        program.company_id = self.env.company
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": program.company_id.id}
        )
        self.env.user.company_ids |= branch
        order = (
            self.env["sale.order"]
            .with_company(branch)
            .create(
                {
                    "partner_id": self.meier.id,
                    "company_id": branch.id,
                    "order_line": [Command.create({"product_id": self.goods.id})],
                }
            )
        )
        self.assertAlmostEqual(order.amount_total, 45)

    def test_odoos_discount_earns_no_points(self):
        """Case 10: 100.00 less 10 % by Odoo's button earn 900 at 10 % of articles, not 950.

        Where discounted lines earn nothing: the line itself is discounted, 0.
        """
        points = self.env["loyalty.program"].create(
            {
                "name": "Points",
                "kind": "points",
                "points_per_unit": 100,
                "earn_service_percent": 5,
                "earn_article_percent": 10,
            }
        )
        account = points._enrol(partner=self.meier)
        for on_discounted, kind, earned in (
            (True, "so_discount", 900),
            (True, "sol_discount", 900),
            (False, "sol_discount", 0),
        ):
            points.earn_on_discounted = on_discounted
            order = self._quote(self.meier, self._product("Ware", 100.0))
            wizard = {"sale_order_id": order.id, "discount_type": kind}
            wizard["discount_percentage"] = 0.1
            self.env["sale.order.discount"].create(wizard).action_apply_discount()
            order.action_confirm()
            invoice = self._office(order)._create_invoices()
            invoice.action_post()
            self.assertAlmostEqual(invoice.amount_total, 90)
            before = account.points
            rows = self.env["customer.card.outbox"].search(
                [("model", "=", "account.move"), ("res_id", "=", invoice.id)]
            )
            self.assertFalse(rows.settle_sales()["failed"])
            self.assertEqual(account.points - before, earned, (on_discounted, kind))


@tagged("post_install", "-at_install")
class TestOrdinaryTerms(OrdinaryCase):
    """odoo-as-used, siblings of kinds 5 to 8: prices, days, currencies, who the customer is."""

    def _priced(self, **rule):
        """A program of 72 pieces for 100.00, and a pricelist on which it costs 80.00."""
        pieces = [Command.create({"product_id": self.battery.id, "quantity": 72})]
        program = self._sold_program("bonus_item", 100.0, line_ids=pieces)
        on = {"applied_on": "0_product_variant", "product_id": program.sale_product_id.id}
        item = {"compute_price": "fixed", "fixed_price": 80, **on, **rule}
        prices = self.env["product.pricelist"].create(
            {"name": "Ab drei", "item_ids": [Command.create(item)]}
        )
        return program, prices

    def test_a_price_for_three(self):
        """Kind 5, 9: 3 x 80.00, then 2 x 100.00 of the same quotation; 144 pieces."""
        program, prices = self._priced(min_quantity=3)
        order = self._quote(self.meier, program.sale_product_id, pricelist_id=prices.id)
        for quantity, total in ((3, 240), (2, 200)):
            order.order_line.product_uom_qty = quantity
            self.assertAlmostEqual(order.amount_total, total)
        order.action_confirm()
        self.assertEqual(sum(self._live(program).mapped("points")), 144)

    def test_a_third_off(self):
        """Kind 5: a pricelist that shows 33.33 % off 100.00: 66.67."""
        self.seller.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        program, prices = self._priced(compute_price="percentage", percent_price=33.33)
        order = self._quote(self.meier, program.sale_product_id, pricelist_id=prices.id)
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 66.67)

    def test_taxes_of_a_customer_abroad(self):
        """Kind 5: 119.00 with 19 %: 100.00 abroad, also when the position is chosen later."""
        tax, free = self._tax(19, price_include_override="tax_included"), self._tax(0)
        abroad = self.env["account.fiscal.position"].create({"name": "Ausland"})
        free.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": tax.ids})
        program, _prices = self._priced()
        program.sale_product_id.write({"taxes_id": tax.ids, "lst_price": 119})
        at_once = self._quote(self.meier, program.sale_product_id, fiscal_position_id=abroad.id)
        later = self._quote(self.meier, program.sale_product_id)
        later.fiscal_position_id = abroad
        later.action_update_taxes()
        for order in at_once | later:
            order.action_confirm()
            self.assertAlmostEqual(order.amount_total, 100)

    def test_the_shops_day(self):
        """Kind 6: at 00:30 in Berlin, in the nights of the clock change, a day begins or is over;
        at 20:00 in Los Angeles the last day is not over."""
        for zone, at, total in (
            ("Europe/Berlin", datetime(2026, 3, 28, 22, 30), 50),
            ("Europe/Berlin", datetime(2026, 3, 28, 23, 30), 45),
            ("Europe/Berlin", datetime(2026, 10, 25, 22, 30), 45),
            ("Europe/Berlin", datetime(2026, 10, 25, 23, 30), 50),
            ("America/Los_Angeles", datetime(2026, 10, 26, 3, 0), 45),
        ):
            with self.subTest(zone=zone, at=at), freeze_time(at):
                self.env.company.partner_id.tz = self.seller.tz = zone
                customer = self.meier.copy()
                program = self._give(10, self.goods, customer)
                terms = {"valid_from": "2026-03-29", "expiration_date": "2026-10-25"}
                program.coupon_ids.sudo().write(terms)
                self.assertAlmostEqual(self._quote(customer, self.goods).amount_total, total)

    def test_credit_in_another_currency(self):
        """Kind 7: 30.00 at 1.37 are 41.10 francs; taken, and given back, 30.00."""
        account = self._credit(self.meier, 30)
        order = self._quote(self.meier, self.goods, pricelist_id=self._francs(1.37).id)
        order.action_redeem_credit()
        self.assertAlmostEqual(order.amount_total, 68.5 - 41.1)
        self.assertEqual(account.held, 30)
        order.action_confirm()
        self.assertEqual(account.points, 0)
        order._action_cancel()
        self.assertEqual(account.points, 30)

    def test_the_currency_changes(self):
        """Kind 7: 20.00 of 20.00 redeemed, then in francs: still all of it; chosen: 10.00."""
        account, francs = self._credit(self.meier, 30), self._francs()
        goods = self._product("Klein", 20.0)
        order = self._quote(self.meier, goods)
        order.action_redeem_credit()
        order.pricelist_id = francs
        order.action_update_prices()
        self.assertEqual((order.amount_total, account.held), (0, 20))
        order._action_cancel()
        order = self._quote(self.meier, goods, pricelist_id=francs.id)
        order._redeem(account, 10)
        self.assertEqual((order.amount_total, account.held), (30, 5))

    def test_the_rate_changes(self):
        """Kind 7: 60.00 francs for 30.00, then francs are worth more: 30.00 francs, once."""
        francs = self._francs()
        account = self._credit(self.meier, 30)
        order = self._quote(self.meier, self.goods, pricelist_id=francs.id)
        order.action_redeem_credit()
        self.env["res.currency.rate"].create(
            {"currency_id": francs.currency_id.id, "rate": 1, "name": self._today()}
        )
        order.action_confirm()
        self.assertEqual((order.amount_total, account.points), (70, 0))

    def test_programs_are_sold_in_francs(self):
        """Kind 5, 7: 115 for 100.00, paid with 137 francs: 115 of which 100 paid."""
        program = self._sold_program("stored_value", 100.0, preset_amount=115)
        prices = self._francs(1.37)
        order = self._quote(self.meier, program.sale_product_id, pricelist_id=prices.id)
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 137)
        self.assertEqual((program.coupon_ids.points, program.coupon_ids.paid), (115, 100))

    def test_the_customer_is_archived(self):
        """Kind 8: an open quotation of a customer who was archived keeps its discount."""
        self._give(10, self.goods)
        order = self._quote(self.meier, self.goods)
        self.meier.active = False
        self._line(order, self.goods).product_uom_qty = 2
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 90)

    def test_an_address_has_its_customers_programs(self):
        """Kind 8: assigned to an address, sold to it, earned on its invoice: all the customer's."""
        points = self.env["loyalty.program"].create(
            {"name": "Points", "kind": "points", "points_per_unit": 1, "earn_article_percent": 100}
        )
        account = points._enrol(partner=self.meier)
        address = self.meier.create({"name": "", "type": "other", "parent_id": self.meier.id})
        self.assertEqual(points._enrol(partner=address), account)
        credit = self._sold_program("stored_value")
        given = credit._enrol(partner=address, amount=5, paid=5, key="test:address")
        self.assertEqual(given.partner_id, self.meier)
        for kind in ("invoice", "delivery", "other"):
            address = self.meier.create({"name": kind, "type": kind, "parent_id": self.meier.id})
            invoice = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": address.id,
                    "invoice_line_ids": [
                        Command.create({"product_id": self.battery.id, "tax_ids": False})
                    ],
                }
            )
            invoice.action_post()
            lines = invoice._earning_lines()
            self.env["loyalty.card"]._settle_document("account.move", invoice.id, lines)
        self.assertEqual(account.points, 30)
