from random import Random
from uuid import uuid4

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import PaidOrders

SALES = "report.point_of_sale.report_saledetails"


@tagged("post_install", "-at_install")
class TestClosing(PaidOrders, TransactionCase):
    """HS-12: the day in lines of its own: turnover, top-ups, paid with cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.top_up = cls.new_sold_program(
            "stored_value",
            "Aufladung",
            tier_ids=[Command.create({"from_amount": 50, "percent": 5})],
        )
        cls.account = cls.top_up._enrol(cls.hans, amount=20, paid=20)
        cls.tax = cls.env["account.tax"].create(
            {"name": "Café 19 %", "amount": 19, "price_include_override": "tax_included"}
        )

    def buy(self, price, by_card=0, **values):
        """Hans buys for *price*, *by_card* of it with his card."""
        lines, uuid = [self.sold(self.case, price=price, **values)], str(uuid4())
        if by_card:
            prepared = self.prepare(uuid, (self.account, by_card), partner=self.hans)
            self.assertFalse(prepared["refusal"])
            lines.append(self.redeemed(self.account, by_card))
        return self.pay(*lines, uuid=uuid, partner=self.hans)

    def load(self, amount):
        return self.pay(self.sold(self.top_up.sale_product_id, price=amount), partner=self.hans)

    def take_back(self, order):
        lines = [self.refund(line, line.qty) for line in order.lines]
        return self.pay(*lines, partner=self.hans)

    def closing(self):
        rows = self.config.current_session_id.get_closing_control_data()["card_closing"]
        self.assertEqual(rows[-1]["key"], "payments")
        self.assertAlmostEqual(sum(row["amount"] for row in rows[:-1]), rows[-1]["amount"], 6)
        return {row["key"]: row["amount"] for row in rows}, rows

    def assert_ledger(self, closing):
        """What the closing says of cards is what the ledger booked for these orders."""
        orders = self.config.current_session_id._get_closed_orders()
        entries = self.env["loyalty.card.entry"].search([])
        spent = entries.filtered(lambda one: one.origin_model == "pos.order")
        loaded = entries.filtered(lambda one: one.origin_model == "pos.order.line")
        said = (closing["card"], closing["top_ups"], float(orders._get_bonus_given()))
        booked = (
            sum(spent.mapped("delta")),
            sum(loaded.mapped("paid_delta")),
            sum(loaded.mapped("bonus_delta")),
        )
        self.assertEqual([f"{one:.2f}" for one in said], [f"{one:.2f}" for one in booked])

    def test_a_day_in_the_cafe(self):
        """HS-12, HS-13: 12.30 by card (20.00 -> 7.70), 50.00 topped up (52.50), 10.00 in cash."""
        self.buy(12.3, by_card=12.3)
        self.assertEqual(self.account.points, 7.7)
        self.load(50)
        self.buy(10)
        closing, rows = self.closing()
        day = {"turnover": 22.3, "top_ups": 50, "card": -12.3, "payments": 60}
        self.assertEqual({name: closing[name] for name in day}, day)
        self.assertNotIn("rounding", closing)
        self.assertIn("2.50", rows[1]["note"])
        self.assert_ledger(closing)

    def test_both_reports_say_the_same(self):
        """HS-12: session report and daily report; cards are no articles without a category."""
        self.buy(12.3, by_card=12.3)
        self.load(50)
        session = self.config.current_session_id
        rows = self.closing()[1]
        for details in (
            self.env[SALES].get_sale_details(session_ids=session.ids),
            self.env[SALES].get_sale_details(config_ids=self.config.ids),
        ):
            (closing,) = details["card_closing"]
            self.assertEqual(closing["rows"], rows)
            sold = {category["name"]: category["total"] for category in details["products"]}
            self.assertEqual((sold["Top-ups"], sold["Paid with customer card"]), (50, -12.3))
        reports = self.env["ir.actions.report"]
        html = reports._render_qweb_html("point_of_sale.sale_details_report", session.ids)[0]
        self.assertIn("Turnover and customer cards", html.decode())

    def test_any_day_adds_up(self):
        """HS-12: random sales, top-ups, refunds, cancelled and late orders: to the cent."""
        draw, orders = Random(19), []
        for _step in range(30):
            cents = draw.randint(1, 9999) / 100
            match draw.choice(("cash", "card", "load", "tax", "back", "cancel")):
                case "cash":
                    orders.append(self.buy(cents))
                case "card" if self.account.paid > 1:
                    orders.append(self.buy(cents, by_card=min(cents, self.account.paid)))
                case "load":
                    orders.append(self.load(cents))
                case "tax":
                    orders.append(self.buy(cents, tax_ids=[Command.set(self.tax.ids)]))
                case "back" if orders:
                    order = orders.pop(draw.randrange(len(orders)))
                    loaded = order.lines.filtered("product_id.is_card_program").price_unit
                    if loaded <= self.account.paid:
                        self.take_back(order)
                case "cancel":
                    values = self.order_values(self.sold(self.case, price=cents), state="draft")
                    self.orders.create({**values, "payment_ids": []}).action_pos_order_cancel()
            self.closing()
        closing, _rows = self.closing()
        self.assertTrue(closing["card"] and closing["top_ups"])
        self.assert_ledger(closing)
