from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestOnAccount(CardSaleCase):
    """HS-10: an on-account card quotes for the firm; order, delivery and invoice are Odoo's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create({"name": "Bau GmbH", "is_company": True})
        cls.max = cls.env["res.partner"].create({"name": "Max Meyer", "parent_id": cls.firm.id})
        cls.account_type = cls.env.ref("customer_card.card_type_on_account")
        cls.card = cls.env["customer.card"].create(
            {"card_type_id": cls.account_type.id, "partner_id": cls.max.id}
        )
        cls.battery.list_price = 40

    def _order(self):
        return self._quote(self.firm, self.battery, customer_card_id=self.card.id)

    def test_card_in_opens_a_quotation_of_the_firm(self):
        """HS-10: the firm is the customer, the holder is named, the form says "on account"."""
        tills = self.env["customer.till"]
        self.assertEqual(tills._action_of(self.card), ("quotation", None))
        event = self._present(self.card)
        claim = event._payload()
        context = {
            "default_partner_id": claim["partner"]["id"],
            "default_customer_card_id": claim["card"]["id"],
        }
        form = Form(self.env["sale.order"].with_user(self.seller).with_context(**context))
        self.assertEqual((form.partner_id, form.card_holder_id), (self.firm, self.max))
        self.assertTrue(form.card_on_account)

    def test_bought_for_40_delivered_now_and_invoiced_later(self):
        """HS-10: 40.00, nothing debited, delivered to the firm, one invoice of 40.00 later."""
        credit = self._credit(self.max, 100)
        order = self._order()
        order.action_confirm()
        self.assertEqual((order.amount_total, order.state), (40, "sale"))
        self.assertEqual((credit.points, order.invoice_ids.ids), (100, []))
        self.assertEqual(order.partner_invoice_id, self.firm)
        if "picking_ids" in order:
            self.assertEqual(order.picking_ids.partner_id, self.firm)
        order.order_line.qty_delivered = 1
        order = order.sudo()
        order.with_env(self.env)._create_invoices().action_post()
        self.assertEqual(order.invoice_ids.partner_id, self.firm)
        self.assertEqual((order.invoice_ids.amount_total, credit.points), (40, 100))

    def test_points_are_earned_once_by_the_firm(self):
        """HS-10, TM-17: 40 points when the invoice comes to the firm's office, none before."""
        points = self.env["loyalty.program"].create(
            {"name": "Punkte", "kind": "points", "earn_article_percent": 100, "points_per_unit": 1}
        )
        account = points._enrol(self.firm)
        office = self.env["res.partner"].create(
            {"name": "Buchhaltung", "parent_id": self.firm.id, "type": "invoice"}
        )
        order = self._order()
        self.assertEqual(order.partner_invoice_id, office)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        self.assertEqual(account.points, 0)
        invoice = order.with_env(self.env)._create_invoices()
        invoice.action_post()
        for _again in range(2):
            account._settle_document("account.move", invoice.id, self._documents(invoice))
        self.assertEqual(account.points, 40)

    def _documents(self, invoice):
        """Return the invoice's lines as the worker reads them (mapping odoo-19)."""
        return [
            {
                "customer": invoice.partner_id.id,
                "date": invoice.date,
                "product": line.product_id.id,
                "quantity": line.quantity,
                "price": line.price_unit,
                "discount": line.discount,
                "net": line.price_subtotal,
                "gross": line.price_total,
            }
            for line in invoice.invoice_line_ids
        ]

    def test_a_discount_of_the_firm_applies(self):
        """HS-10: discounts work on the card; it is the firm's, so the private one stays private."""
        self._program(self._discount(10, self.battery))._enrol(self.firm)
        self._program(self._discount(50, self.battery))._enrol(self.max)
        self.assertAlmostEqual(self._order().amount_total, 36)

    def test_a_blocked_card_buys_nothing(self):
        """HS-10: blocked after the quotation was written: it is not confirmed."""
        order = self._order()
        self.card.state = "blocked"
        with self.assertRaisesRegex(UserError, "No purchase on account"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_the_card_serves_its_firm_only(self):
        """HS-10: on an order of somebody else the card counts for nothing."""
        self._present(self.card)
        order = self._quote(self.berg, self.battery)
        with self.assertRaisesRegex(UserError, "belongs to Bau GmbH"):
            order.customer_card_id = self.card
        order = self._order()
        order.partner_id = self.berg
        self.assertFalse(order.customer_card_id)

    def test_credit_is_not_bought_on_account(self):
        """HS-10: credit bought with the card would be money lent; the sentence says what to do."""
        program = self._sold_program("stored_value", 50)
        order = self._order()
        with self.assertRaisesRegex(UserError, "buys on account"):
            order.order_line = [Command.create({"product_id": program.sale_product_id.id})]
