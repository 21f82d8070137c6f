from odoo import SUPERUSER_ID
from odoo.addons.customer_card_pos.tests.common import CardTours
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSettleTour(CardTours):
    def test_settle_and_refund_a_part(self):
        """odoo-as-used 7 on the screen: credit at the quotation's own price, 30.00 redeemed there;
        the refund of the goods gives the 30.00 back first."""
        self.env.company.card_value_given = "paid"
        self.pos_user.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        credit = self.new_sold_program("stored_value", "Guthaben 115", 100, preset_amount=115)
        account = self.new_sold_program("stored_value", "Guthabenkarte")._enrol(
            self.hans, amount=30, paid=30
        )
        item = {
            "applied_on": "0_product_variant",
            "product_id": credit.sale_product_id.id,
            "compute_price": "fixed",
            "fixed_price": 80,
        }
        pricelist = self.env["product.pricelist"].create(
            {"name": "Nur im Angebot", "item_ids": [Command.create(item)]}
        )
        articles = credit.sale_product_id | self.new_product("Hörbuch", 95)
        order = (
            self.env["sale.order"]
            .with_user(SUPERUSER_ID)
            .create(
                {
                    "company_id": self.env.company.id,
                    "partner_id": self.hans.id,
                    "pricelist_id": pricelist.id,
                    "order_line": [Command.create({"product_id": one.id}) for one in articles],
                }
            )
        )
        order.action_redeem_credit()
        self.assertEqual(order.amount_total, 145)
        self.run_tour("settle")
        self.assertEqual((order.state, credit.coupon_ids.points), ("sale", 115))
        self.assertEqual((account.points, account.paid), (30, 30))
