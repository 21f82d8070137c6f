"""A dishonest cashier, for tests: what he sends over the public methods that his browser calls."""

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import PaidOrders

LOUD = "odoo.addons.customer_card_pos.models"


class Doors(PaidOrders):
    """Mixin: a cashier without any other right, credit of 115 for 100, credit of any amount."""

    @classmethod
    def set_up_doors(cls):
        cls.set_up_shop()
        groups = "point_of_sale.group_pos_user"
        cls.cashier = new_test_user(cls.env, "thief", groups=groups)
        cls.office = cls.orders
        cls.orders = cls.orders.with_user(cls.cashier)
        cls.bonus = cls.new_sold_program("stored_value", "Guthaben 115", 100, preset_amount=115)
        cls.any = cls.new_sold_program("stored_value", "Guthaben")
        cls.article, cls.free = cls.bonus.sale_product_id, cls.any.sale_product_id

    def setUp(self):
        super().setUp()
        for name in ("pos_order_settlement", "pos_order_coupons"):
            self.enterContext(mute_logger(f"{LOUD}.{name}"))

    def cash_in(self, amount):
        payment = {"amount": amount, "payment_method_id": self.cash.id}
        return [Command.create(payment)] if amount else []

    def send(self, *lines, paid=0, total=None, partner=None, **values):
        """Send an order whose totals are the thief's own, and *paid* in cash."""
        total = paid if total is None else total
        sent = {"amount_total": total, "amount_paid": paid, "payment_ids": self.cash_in(paid)}
        return self.pay(
            *lines, partner=self.hans if partner is None else partner, **{**sent, **values}
        )

    def credit_of(self, program, partner=None):
        return sum(self.enrolments(program, partner or self.hans).mapped("points"))

    def given(self, amount, partner=None):
        """Return an account that holds *amount* before the attack."""
        return self.any._enrol(partner or self.hans, amount=amount, paid=amount)

    def told(self, text):
        self.assertTrue(any(text in " ".join(one) for one in self.activities()), self.activities())
