from decimal import Decimal

from odoo.addons.customer_card.tests.common import CardCase
from odoo.tests import tagged

from ..rules.points import EarningRates, PaidLine, earned_points


@tagged("post_install", "-at_install")
class TestPoints(CardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls._product("Haircut", 40.0, type="service")
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Points",
                "kind": "points",
                "earn_service_percent": 5,
                "earn_article_percent": 10,
            }
        )
        cls.account = cls.program._enrol(cls.berg)

    def _line(self, product, gross, **values):
        return {
            "document": "account.move:5",
            "customer": self.berg.id,
            "product": product.id,
            "date": "2030-01-01",
            "gross": gross,
            "void": False,
            **values,
        }

    def _settle(self, *lines, document=5):
        self.env["loyalty.card"]._settle_document("account.move", document, list(lines))

    def test_services_and_articles_earn_their_percent(self):
        """TM-17 TM-18: services of 40.00 at 5 % → 200 points; articles of 20.00 at 10 % → 200."""
        self._settle(self._line(self.cut, 40.0))
        self.assertEqual(self.account.points, 200)
        self._settle(self._line(self.battery, 20.0), document=6)
        self.assertEqual(self.account.points, 400)

    def test_the_same_document_twice_books_once(self):
        """TM-17: a document that arrives again changes nothing."""
        for _again in range(3):
            self._settle(self._line(self.cut, 40.0))
        self.assertEqual((self.account.points, len(self.account.entry_ids)), (200, 1))

    def test_credit_note_and_cancelling_take_back(self):
        """TM-17: the credit note of 40.00 takes 200 back; an un-posted invoice loses its points."""
        self._settle(self._line(self.cut, 40.0))
        self._settle(self._line(self.cut, -40.0), document=6)
        self.assertEqual(self.account.points, 0)
        self._settle(self._line(self.cut, 40.0), document=7)
        self._settle(self._line(self.cut, 40.0, void=True), document=7)
        self.assertEqual(self.account.points, 0)
        self._settle(document=5)
        self.assertEqual(self.account.points, -200)
        self.assertTrue(self.account.entry_ids[0].overdrawn)

    def test_changed_document_books_the_difference(self):
        self._settle(self._line(self.cut, 40.0))
        self._settle(self._line(self.cut, 30.0))
        self.assertEqual(self.account.points, 150)

    def test_customer_without_program_earns_nothing(self):
        other = self.env["res.partner"].create({"name": "Nobody"})
        self._settle(self._line(self.cut, 40.0, customer=other.id))
        self.assertEqual(self.account.points, 0)

    def test_reward_line_lowers_the_class_it_discounts(self):
        """TM-17: 10 % card discount on articles lowers the points of articles, not of services."""
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": [(6, 0, self.battery.ids)]}
        )
        program = self.env["loyalty.program"].create(
            {"name": "D", "kind": "discount", "line_ids": [(0, 0, {"discount_id": discount.id})]}
        )
        reward_product = program.reward_ids.discount_line_product_id
        self._settle(
            self._line(self.cut, 40.0),
            self._line(self.battery, 20.0),
            self._line(reward_product, -2.0),
        )
        self.assertEqual(self.account.points, 200 + 180)

    def test_discounted_lines_earn_what_was_paid_or_nothing(self):
        """TM-26, I23: 1 is points on the price paid, 0 none, whoever gave the discount.

        Service of 36.00 after 10 % at 5 %; article of 20.00, with 2.00 less by a program, at 10 %.
        """
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": [(6, 0, self.battery.ids)]}
        )
        program = self.env["loyalty.program"].create(
            {"name": "D", "kind": "discount", "line_ids": [(0, 0, {"discount_id": discount.id})]}
        )
        reward_product = program.reward_ids.discount_line_product_id
        kit = self._product("Care kit", 10.0)
        receipt = [
            self._line(self.cut, 36.0, discount=10.0),
            self._line(self.battery, 20.0, discount=0.0),
            self._line(reward_product, -2.0),
        ]
        self.assertTrue(self.program.earn_on_discounted)
        self._settle(*receipt)
        self.assertEqual(self.account.points, 180 + 180)
        self.program.earn_on_discounted = False
        self._settle(*receipt, document=6)
        self.assertEqual(self.account.points, 360)
        self._settle(*receipt, self._line(kit, 10.0), document=7)
        self.assertEqual(self.account.points, 360 + 100)

    def test_paying_with_credit_earns_and_buying_credit_does_not(self):
        """I23, AX-19: 40.00 of services paid by credit earn 200; a top-up earns nothing."""
        article = self._product("Top-up", 50.0, type="service", is_card_program=True)
        credit = self.env["loyalty.program"].create(
            {"name": "Credit", "kind": "stored_value", "sale_product_id": article.id}
        )
        payment = credit.reward_ids.discount_line_product_id
        self._settle(
            self._line(self.cut, 40.0), self._line(payment, -40.0), self._line(article, 50.0)
        )
        self.assertEqual(self.account.points, 200)

    def test_one_rounding_at_the_end(self):
        """I18 (exact): three lines of 3.33 at 10 % are 100 points, not 99."""
        rates = EarningRates(Decimal(0), Decimal(10), Decimal(100))
        lines = [PaidLine(Decimal("3.33"), is_service=False)] * 3
        self.assertEqual(earned_points(lines, rates), 100)

    def test_invoice_leaves_a_row_for_the_worker(self):
        """TM-17: posting adds one outbox row, back to draft another; the sale does not wait."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.berg.id,
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.cut.id, "price_unit": 40, "tax_ids": [(5,)]})
                ],
            }
        )
        invoice.action_post()
        invoice.button_draft()
        rows = self.env["customer.card.outbox"].search(
            [("model", "=", "account.move"), ("res_id", "=", invoice.id)]
        )
        self.assertEqual(rows.mapped("event"), ["posted", "draft"])

    def test_settling_deletes_the_rows_it_booked(self):
        rows = self.env["customer.card.outbox"]._add("sale", self.berg, "posted")
        ids = rows.ids
        self.assertEqual(rows.settle_sales([]), {"done": ids, "failed": [], "busy": []})
        self.assertFalse(rows.exists())

    def test_rejected_row_waits_with_its_error(self):
        rows = self.env["customer.card.outbox"]._add("sale", self.berg, "posted")
        rows.settle_sales([], [{"id": rows.id, "error": "no gross"}])
        self.assertEqual((rows.state, rows.error, rows.attempts), ("failed", "no gross", 1))
        pulled = self.env["customer.card.outbox"].pull(["sale"], worker="w")
        self.assertNotIn(rows.id, [row["id"] for row in pulled["rows"]])
        rows.action_retry()
        pulled = self.env["customer.card.outbox"].pull(["sale"], worker="w")
        self.assertIn(rows.id, [row["id"] for row in pulled["rows"]])
