"""A year of a lady and a gent: every bonus, at the till, in quotations, invoices and elsewhere."""

from uuid import uuid4

from odoo.addons.customer_card_pos.tests.common import PaidOrders
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, tagged

TERMS = {
    "by_segment": True,
    "earn_service_percent": 5,
    "gent_earn_service_percent": 3,
    "earn_article_percent": 10,
    "gent_earn_article_percent": 8,
    "welcome_points": 100,
    "birth_month_points": 50,
    "birthday_points": "250;5;10",
    "return_weeks": 6,
    "gent_return_weeks": 4,
    "return_points": 40,
    "gent_return_points": 30,
    "visit_points": 25,
    "gent_visit_points": 15,
    "redeem_factor": 5,
    "redeem_from": 500,
    "gent_redeem_type": "4",
    "gent_redeem_factor": 10,
    "gent_redeem_from": 300,
}


@tagged("post_install", "-at_install")
class TestYearOfTwo(PaidOrders, TransactionCase):
    """#14: after each step the balance is what was worked out by hand, and the sum of entries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.cut = cls.new_product("Schnitt", 40)
        cls.cut.write({"type": "service", "invoice_policy": "order"})
        cls.shampoo = cls.new_product("Shampoo", 20)
        cls.loyal = cls.env["customer.card.type"].create(
            {"name": "Treuekarte", "collects_points": True, **TERMS}
        )
        cls.anna.write({"gender": "female", "birthdate_date": "1980-06-10"})
        cls.hans.write({"gender": "male", "birthdate_date": "2000-02-29"})

    def _account(self, partner):
        card = self.env["customer.card"].create(
            {"partner_id": partner.id, "card_type_id": self.loyal.id}
        )
        card.enrolment_ids.valid_from = "2026-01-01"
        return card.enrolment_ids

    def _has(self, account, points, why):
        self.env.flush_all()
        self.assertEqual(account.points, points, why)
        self.assertEqual(sum(account.entry_ids.mapped("delta")), points, why)
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])

    def _settle(self, document):
        lines = document.sudo()._earning_lines()
        self.env["loyalty.card"]._settle_document(document._name, document.id, lines, document.name)

    def _at_the_till(self, day, partner, *lines, **values):
        """The worker comes by today, however long ago the order was paid."""
        with freeze_time(f"{day} 12:00:00"):
            order = self.pay(*lines, partner=partner, **values)
        self._settle(order)
        return order

    def _quoted(self, partner, account, wish=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": self.cut.id})],
            }
        )
        order._redeem(account, wish)
        order.action_confirm()
        return order

    def _invoiced(self, day, order):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        return self._posted(invoice)

    def _invoice(self, day, partner, product):
        line = {"product_id": product.id, "price_unit": product.lst_price, "tax_ids": [(5,)]}
        return self._posted(
            self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": day,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )

    def _posted(self, move):
        move.action_post()
        self._settle(move)
        return move

    def _credit_note(self, day, invoice, part=1.0):
        back = invoice._reverse_moves([{"date": day, "invoice_date": day}])
        for line in back.invoice_line_ids:
            line.price_unit *= part
        return self._posted(back)

    def _elsewhere(self, day, partner, product, document, gross):
        """A receipt of another ERP, as its worker hands it over."""
        line = {
            "customer": partner.id,
            "product": product.id,
            "date": day,
            "gross": gross,
            "quantity": 1,
            "price": gross,
        }
        lines = [line] if gross else []
        self.env["loyalty.card"]._settle_document("x.foreign", document, lines, f"F{document}")

    def test_the_lady(self):
        """TM-17 to TM-25, TM-29, TM-33, TM-40, TM-41: TM-18 TM-19 TM-20 TM-22 TM-24."""
        account = self._account(self.anna)
        self._has(account, 100, "welcome")
        self._at_the_till("2026-01-05", self.anna, self.sold(self.cut))
        self._has(account, 325, "5 % of 40.00, visit 25")
        self._at_the_till("2026-02-16", self.anna, self.sold(self.shampoo))
        self._has(account, 590, "10 % of 20.00, visit 25, back after 42 days 40")
        order = self._quoted(self.anna, account)
        self._has(account, 90, "5.00 redeemed for 500")
        invoice = self._invoiced("2026-03-31", order)
        self._has(account, 290, "5 % of 35.00, visit 25, 43 days are too late")
        self._invoice("2026-06-05", self.anna, self.cut)
        self._has(account, 815, "200, visit 25, birth month 50, birthday 250")
        receipt = self._at_the_till("2026-06-20", self.anna, self.sold(self.shampoo))
        self._has(account, 1130, "200, visit 25, birth month 50, back after 15 days 40")
        self._at_the_till("2026-06-22", self.anna, self.refund(receipt.lines))
        self._has(account, 815, "all of it came back, and was no visit")
        self._credit_note("2026-07-01", invoice, 0.5)
        self._has(account, 978, "250 redeemed back, 87.5 of 175 gone, rounded once")
        self._elsewhere("2026-12-31", self.anna, self.shampoo, 1, 20.0)
        self._has(account, 1203, "200, visit 25")
        self._elsewhere("2026-12-31", self.anna, self.shampoo, 1, 20.0)
        self._elsewhere("2026-11-20", self.anna, self.cut, 2, 10.0)
        self._has(account, 1318, "50, visit 25, and New Year's Eve is back after 41 days")
        self._elsewhere("2026-11-20", self.anna, self.cut, 2, 0)
        self._has(account, 1203, "the late receipt was deleted again")
        order.action_cancel()
        self._has(account, 1453, "the cut came back at half its price: the other 250, too")

    def test_the_gent(self):
        """TM-37: the gent's own terms all year; TM-22: born 29.02., on 01.03.; TM-32."""
        account = self._account(self.hans)
        self._has(account, 100, "welcome")
        self._at_the_till("2026-02-16", self.hans, self.sold(self.cut))
        self._has(account, 285, "3 % of 40.00, visit 15, birth month 50")
        self._invoice("2026-03-11", self.hans, self.shampoo)
        self._has(account, 740, "8 % of 20.00, visit 15, back after 23 days 30, birthday 250")
        uuid = str(uuid4())
        self.assertFalse(self.prepare(uuid, (account, 450), partner=self.hans)["refusal"])
        receipt = self._at_the_till(
            "2026-04-09",
            self.hans,
            self.sold(self.cut),
            self.redeemed(account, 5, points=450),
            uuid=uuid,
        )
        self._has(account, 410, "450 for 5.00, 3 % of 35.00, visit 15; 29 days are too late")
        order = self._quoted(self.hans, account, 4)
        self._has(account, 50, "360 for 4.00")
        order.action_cancel()
        self._has(account, 410, "cancelled")
        goods, redeemed = receipt.lines.sorted("price_unit", reverse=True)
        self._at_the_till(
            "2026-04-10", self.hans, self.refund(goods), self.refund(redeemed, price=-5)
        )
        self._has(account, 740, "450 back, 105 and the visit gone")
        order = self._quoted(self.hans, account, 4)
        self._invoiced("2026-05-01", order)
        self._has(account, 503, "360 for 4.00, 3 % of 36.00, visit 15")
        self.env["customer.card"].search([("partner_id", "=", self.hans.id)]).action_block()
        self._invoice("2026-05-20", self.hans, self.cut)
        self._has(account, 668, "blocked, it goes on collecting: 120, visit 15, back 30")
        self.assertTrue(account.blocked)
