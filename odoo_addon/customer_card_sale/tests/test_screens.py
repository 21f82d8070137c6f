from odoo.addons.customer_card.tests.common import PatientBrowser, play_reader
from odoo.tests import tagged

from .common import CardSaleMixin


@tagged("post_install", "-at_install")
class TestScreens(CardSaleMixin, PatientBrowser):
    """A real browser, paired with a till; only reader and bus are replaced by the tour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.env["customer.till"].search([]).active = False
        cls.till = cls.env["customer.till"].create({"name": "Theke 1"})
        play_reader(cls.seller, cls.till)

    def _tap(self, card, uid):
        self.env["customer.card.medium"]._assign(card, "uid", "rfid", uid)

    def _orders(self):
        return self.env["sale.order"].search([("partner_id", "in", (self.meier | self.schulz).ids)])

    def test_a_card_opens_the_quotation_and_the_discount_needs_no_click(self):
        """AP-29, AP-30: one unsaved quotation opens; 9.00, 27.00 and 37.00 show by themselves."""
        program = self._program(self._discount(10, self.battery), card_required=True)
        self._tap(self._card(self.meier, program), "04MEIER")
        self.start_tour("/odoo/sales", "customer_card_sale_quotation", login="card_seller")
        self.assertEqual(self._orders().mapped("amount_total"), [37.0])

    def test_a_card_is_attached_to_its_customers_open_quotation(self):
        """AP-17: the card brings 9.00 into the open quotation; another card loses no edits."""
        program = self._program(self._discount(10, self.battery), card_required=True)
        self._tap(self._card(self.meier, program), "04MEIER")
        self._tap(self._card(self.schulz, program), "04SCHULZ")
        quote = self._quote(self.meier, self.battery)
        self.start_tour(f"/odoo/sales/{quote.id}", "customer_card_sale_attach", login="card_seller")
        self.assertEqual(self._orders(), quote)
        self.assertAlmostEqual(quote.amount_total, 45.0)

    def test_a_program_is_sold_and_credit_redeemed(self):
        """AP-42, AP-56, AP-60: side in the line, price fixed, one click redeems 30.00 of 109.00."""
        line = {"product_id": self.battery.id, "quantity": 30}
        sold = self._sold_program(
            "bonus_item",
            name="Batteriekarte",
            price=99.0,
            per_fitting=True,
            insert_action="decrease",
            line_ids=[(0, 0, line)],
        )
        credit = self._credit(self.meier, 30, self._sold_program("stored_value", name="Guthaben"))
        quote = self._quote(self.meier, self.battery)
        self.start_tour(f"/odoo/sales/{quote.id}", "customer_card_sale_redeem", login="card_seller")
        self.assertEqual(quote.state, "sale")
        self.assertAlmostEqual(quote.amount_total, 96.5)
        self.assertEqual((credit.points, credit.held), (17.5, 0))
        enrolment = sold.coupon_ids.filtered("is_enrolment")
        self.assertEqual((enrolment.side, enrolment.points), ("right", 30))

    def test_the_issue_dialog_books_once(self):
        """AP-25, AP-26, AP-24: 31 of 30 refused; 3 confirmed twice book 3; Esc books nothing."""
        counter = self.env["loyalty.program"].create(
            {
                "name": "Batterieprogramm",
                "kind": "bonus_item",
                "insert_action": "decrease",
                "line_ids": [(0, 0, {"product_id": self.battery.id, "quantity": 30})],
            }
        )
        passive = counter.copy({"name": "Stammkunde", "insert_action": "none"})
        self._tap(self._card(self.berg, counter), "04ISSUE")
        nadine = self.env["res.partner"].create({"name": "Nadine Nichts"})
        self._tap(self._card(nadine, passive), "04NOTHING")
        self.start_tour("/odoo/sales", "customer_card_issue", login="card_seller")
        enrolment = counter.coupon_ids.filtered("is_enrolment")
        self.assertEqual(enrolment.allowance_ids.remaining, 27)
        issues = enrolment.entry_ids.filtered(lambda entry: entry.reason == "issue")
        self.assertEqual(issues.mapped("quantity"), [3])
        self.assertFalse(
            passive.coupon_ids.entry_ids.filtered(lambda entry: entry.reason == "issue")
        )
