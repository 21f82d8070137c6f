from uuid import uuid4

from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_pos.tests.common import PaidOrders
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PIN, Staff


@tagged("post_install", "-at_install")
class TestMeal(Staff, PaidOrders, CardCase):
    """HS-19: who shows a badge eats for nothing, what may be eaten, and payroll hears of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.set_up_staff(cls.config)
        cls.till.pos_config_id = cls.config
        cls.seller.group_ids |= cls.env.ref("point_of_sale.group_pos_user")
        cls.soup, cls.cake = cls.new_product("Suppe", 4.5), cls.new_product("Torte", 6)
        cls.soup.is_staff_meal = True

    def badge(self, number, key="1"):
        """Badge *number* is presented and on the seller's screen."""
        self._own_secret()
        answer = self._present(self.tokens[number], key=key)
        self._claim(answer, page="pos")
        return answer["event_id"]

    def choose_meal(self, event_id, uuid, screen=None, **values):
        events = self.env["customer.card.event"].with_user(self.seller)
        return events.badge_meal(event_id, screen or self._own_secret(), uuid, **values)["status"]

    def ask(self, uuid, number=2, key="1"):
        """Badge *number* is presented (Paul's: he is no cashier) and "Meal" is chosen."""
        return self.choose_meal(self.badge(number, key), uuid)

    def eat(self, *products, uuid=None, badge=2, **values):
        lines = [self.sold(product, discount=100) for product in products]
        return self.pay(
            *lines,
            uuid=uuid or str(uuid4()),
            staff_meal=True,
            customer_card_id=self.badges[badge].id,
            amount_total=0,
            amount_paid=0,
            payment_ids=[],
            **values,
        )

    def closing(self):
        rows = self.config.current_session_id.get_closing_control_data()["card_closing"]
        return {row["key"]: row for row in rows}

    def told(self):
        return [note for summary, note in self.activities() if "Given for nothing" in summary]

    def test_a_meal_is_free_and_known(self):
        """HS-19: 0.00, a line of its own in the closing; employee, day and value for payroll."""
        uuid = str(uuid4())
        self.assertEqual(self.ask(uuid), "login")
        order = self.eat(self.soup, uuid=uuid)
        self.assertEqual((order.state, order.amount_total), ("paid", 0))
        self.assertEqual((order.meal_employee_id, order.meal_value), (self.paul, 4.5))
        self.assertFalse(self.login_rows(), "a meal logs nobody in")
        self.assertFalse(self.told())
        closing = self.closing()
        self.assertIn("1, list value", closing["meals"]["note"])
        self.assertIn("4.50", closing["meals"]["note"])
        self.assertEqual((closing["turnover"]["amount"], closing["payments"]["amount"]), (0, 0))
        exported = order.export_data(["meal_employee_id/name", "date_order", "meal_value"])
        self.assertEqual(exported["datas"][0][0], "Paul Fremd")
        back = {**self.refund(order.lines), "discount": 100}
        refund = self.pay(back, amount_total=0, amount_paid=0, payment_ids=[])
        self.assertEqual((refund.meal_employee_id, refund.meal_value), (self.paul, -4.5))
        again = self.pay(back, amount_total=0, amount_paid=0, payment_ids=[])
        self.assertEqual(again.meal_value, 0, "it came back already")

    def test_only_allowed_articles(self):
        """HS-19: a cake at 100 % is no meal: kept, told with its price, and not for payroll."""
        uuid = str(uuid4())
        self.ask(uuid)
        order = self.eat(self.soup, self.cake, uuid=uuid)
        self.assertEqual(order.meal_value, 4.5)
        (note,) = self.told()
        self.assertIn("Torte", note)
        self.assertIn("6.00", note)

    def test_no_badge_no_meal(self):
        """HS-19: none presented, a colleague's, another order's: paid, and a manager is told."""
        uuid = str(uuid4())
        self.ask(uuid)
        for order in (
            self.eat(self.soup, meal_employee_id=self.paul.id, meal_value=99),
            self.eat(self.soup, uuid=uuid, badge=0),
        ):
            self.assertEqual((order.state, order.meal_value), ("paid", 0))
            self.assertFalse(order.meal_employee_id)
        self.assertEqual(len(self.told()), 2)
        self.assertEqual(self.closing()["meals"]["note"], "")

    def test_who_logged_in_has_not_eaten(self):
        """HS-19: a badge that logged a cashier in stands for no meal that the browser claims."""
        event_id = self.badge(0)
        events = self.env["customer.card.event"].with_user(self.seller)
        login = events.badge_cashier(event_id, self._own_secret(), self.config.id)
        self.assertEqual(login["status"], "login")
        self.assertFalse(self.eat(self.soup, badge=0).meal_employee_id)
        self.assertEqual(self.choose_meal(event_id, str(uuid4())), "refused")

    def test_a_meal_needs_what_a_login_needs(self):
        """HS-19: another screen, an order that is paid, a blocked badge, a PIN that is wrong."""
        uuid = str(uuid4())
        self.ask(uuid)
        self.eat(self.soup, uuid=uuid)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.ask(uuid, key="paid")
        event_id = self.badge(0, "blocked")
        self.assertEqual(self.choose_meal(event_id, str(uuid4()), screen="guess"), "refused")
        self.badges[0].action_block()
        self.assertEqual(self.choose_meal(event_id, str(uuid4())), "refused")
        self.badges[3].medium_ids.sudo().tier = "0"
        self.env.company.badge_uid_allowed = True
        self.berta._set_badge_pin(PIN)
        event_id = self.badge(3, "pin")
        self.assertEqual(self.choose_meal(event_id, uuid2 := str(uuid4())), "pin")
        self.assertEqual(self.choose_meal(event_id, uuid2, pin="1"), "again")
        self.assertEqual(self.choose_meal(event_id, uuid2, pin=PIN), "login")
