from datetime import timedelta

from odoo import fields
from odoo.addons.customer_card_sale.tests.common import CardSaleCase
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestOrders(CardSaleCase):
    """neighbours: modules that stop, copy, lower or confirm orders, with ours in one database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Quotations are others' to see, too: a reviewer, a cron, a role.
        cls.seller.group_ids |= cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.goods = cls._product("Ware", 95.0)
        cls.credit = cls._credit(cls.meier, 80)

    def _redeeming(self, amount=10):
        order = self._quote(self.meier, self.goods)
        order._redeem(self.credit, amount)
        return order

    def _untouched(self, order, held=10):
        self.assertEqual((order.state, self.credit.points), ("draft", 80))
        self.assertEqual(self.credit.held, held)
        self.assertLedger()

    def _confirmed_once(self, order, left=70):
        self.assertEqual((order.state, self.credit.points, self.credit.held), ("sale", left, 0))

    # --- what stops a confirmation (N2) -------------------------------------------------------

    def test_an_exception_stops_and_is_ignored(self):
        """N2, sale_exception: stopped, ignored, confirmed: 70, once."""
        rule = {"name": "No", "description": "No", "model": "sale.order", "code": "failed = True"}
        self.env["exception.rule"].create(rule)
        order = self._redeeming()
        self.assertEqual(order.action_confirm()["res_model"], "sale.exception.confirm")
        self._untouched(order)
        order.ignore_exception = True
        order.action_confirm()
        self._confirmed_once(order)

    def test_stopped_and_cancelled(self):
        """N2, sale_exception: stopped, then cancelled: 80, and free."""
        rule = {"name": "No", "description": "No", "model": "sale.order", "code": "failed = True"}
        self.env["exception.rule"].create(rule)
        order = self._redeeming()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual((self.credit.points, self.credit.held), (80, 0))

    def test_a_customer_at_risk(self):
        """N2, sale_financial_risk: stopped by the risk, confirmed all the same: 70, once."""
        self.meier.write({"risk_sale_order_include": True, "risk_sale_order_limit": 20})
        order = self._redeeming()
        stopped = order.action_confirm()
        self.assertEqual(stopped["res_model"], "partner.risk.exceeded.wiz")
        self._untouched(order)
        order.with_context(bypass_risk=True).action_confirm()
        self._confirmed_once(order)

    def test_a_validation_by_tiers(self):
        """N2, sale_tier_validation: not before the reviewer said yes: 70, once."""
        reviewer = new_test_user(
            self.env, "reviewer", groups="sales_team.group_sale_salesman_all_leads"
        )
        self.env["tier.definition"].create(
            {
                "model_id": self.env.ref("sale.model_sale_order").id,
                "review_type": "individual",
                "reviewer_id": reviewer.id,
                "definition_domain": "[('amount_untaxed', '>', 50)]",
            }
        )
        order = self._redeeming()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            order.action_confirm()
        self._untouched(order)
        order.request_validation()
        self._untouched(order)
        order.invalidate_recordset()
        order.with_user(reviewer).validate_tier()
        order.action_confirm()
        self._confirmed_once(order)

    # --- copies (N1) ----------------------------------------------------------------------------

    def test_a_revision(self):
        """N1, sale_order_revision: the revision redeems nothing, and the credit is free for it."""
        order = self._redeeming(80)
        order.create_revision()
        revision = order.current_revision_id
        self.assertEqual((order.state, revision.state), ("cancel", "draft"))
        self.assertAlmostEqual(revision.amount_total, 95)
        self.assertEqual((self.credit.points, self.credit.held), (80, 0))
        revision._redeem(self.credit, 80)
        revision.action_confirm()
        self._confirmed_once(revision, left=0)

    # --- what lowers an order (N4, N9, N12) ---------------------------------------------------

    def test_a_general_discount(self):
        """N9, sale_order_general_discount: 10 % of 95.00 less 45.00 redeemed: 40.50."""
        order = self._redeeming(45)
        order.general_discount = 10
        self.assertAlmostEqual(order.amount_total, 40.5)
        self.assertEqual(self.credit.held, 45)
        program = self._sold_program("stored_value", price=100.0)
        order.order_line = [Command.create({"product_id": program.sale_product_id.id})]
        self.assertAlmostEqual(order.amount_total, 140.5)

    def test_a_global_discount(self):
        """N12, sale_global_discount: 95.00 less 10 % and 19 % tax are 101.75; less 45.00: 56.75."""
        self.goods.taxes_id = self._tax(19)
        account = self.env["account.account"].create(
            {"name": "Nachlass", "code": "NACHL", "account_type": "income"}
        )
        discount = self.env["global.discount"].create(
            {"name": "10 %", "discount_scope": "sale", "discount": 10, "account_id": account.id}
        )
        order = self._redeeming(45)
        order.global_discount_ids = discount
        self.assertAlmostEqual(order.amount_total, 56.75)
        order.action_confirm()
        self._confirmed_once(order, left=35)

    def test_a_fixed_discount(self):
        """Kind 4, sale_fixed_discount: 1.00 off 10.00, then 10 % of the rest: 8.10."""
        self._give(10, self.battery)
        order = self._quote(self.meier, self.battery)
        self._line(order, self.battery).discount_fixed = 1
        self.assertAlmostEqual(order.amount_total, 8.1)

    def test_rewards_by_themselves(self):
        """N4, sale_loyalty_auto_refresh: discounts come, credit only when asked (AP-30)."""
        self.env.company.auto_refresh_coupon = True
        self._give(10, self.goods)
        order = self._quote(self.meier, self.goods)
        self.assertAlmostEqual(order.amount_total, 85.5)
        self.assertEqual(self.credit.held, 0)
        order._redeem(self.credit, 12.5)
        self._line(order, self.goods).product_uom_qty = 2
        self.assertAlmostEqual(order.amount_total, 171 - 12.5)
        self.assertEqual(len(order._lines_of(self.credit)), 1)
        self.assertEqual(self.credit.held, 12.5)

    def test_a_program_in_a_pack(self):
        """N12, sale_product_pack: a pack with 72 batteries for nothing of their own: 72 pieces."""
        pieces = [Command.create({"product_id": self.battery.id, "quantity": 72})]
        program = self._sold_program("bonus_item", 90.0, line_ids=pieces)
        pack = self._product("Paket", 200.0)
        pack.write(
            {
                "pack_ok": True,
                "pack_type": "detailed",
                "pack_component_price": "ignored",
                "pack_line_ids": [
                    Command.create({"product_id": program.sale_product_id.id, "quantity": 1})
                ],
            }
        )
        order = self._quote(self.meier, pack)
        order.action_confirm()
        self.assertAlmostEqual(order.amount_total, 200)
        self.assertEqual(self._live(program).points, 72)

    # --- what confirms and cancels by itself -------------------------------------------------

    def test_a_workflow_confirms_and_invoices(self):
        """Kind 3, sale_automatic_workflow: confirmed and invoiced by a job: 70, once."""
        order = self._redeeming()
        order.workflow_process_id = self.env["sale.workflow.process"].create(
            {
                "name": "All",
                "validate_order": True,
                "order_filter_domain": "[('state', '=', 'draft')]",
                "create_invoice": True,
                "create_invoice_filter_domain": "[('invoice_status', '=', 'to invoice')]",
                "validate_invoice": True,
                "validate_invoice_filter_domain": "[('state', '=', 'draft')]",
            }
        )
        self.env["automatic.workflow.job"].run()
        self._confirmed_once(order)
        self.assertAlmostEqual(sum(order.invoice_ids.mapped("amount_total")), 85)

    def test_an_expired_quotation_frees_its_credit(self):
        """Kind 2, sale_validity_auto_cancel: cancelled by the cron: 80, and free."""
        self.meier.auto_cancel_expired_so = True
        order = self._redeeming()
        order.validity_date = fields.Date.today() - timedelta(days=400)
        self.env["sale.order"].cron_sale_validity_auto_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual((self.credit.points, self.credit.held), (80, 0))
