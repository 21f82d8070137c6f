"""Two transactions at the same moment: real cursors, committed rows, removed at the end."""

from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestTwoSellers(BaseCase):
    """One credit of 30, two quotations over 30 each, in two transactions."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner = env["res.partner"].create({"name": "Zwei Verkäufer"}).id
            product = env["product.product"].create(
                {
                    "name": "Ware zwei Verkäufer",
                    "type": "service",
                    "list_price": 30,
                    "taxes_id": False,
                }
            )
            program = env["loyalty.program"].create(
                {"name": "Guthaben zwei Verkäufer", "kind": "stored_value"}
            )
            holder = env["res.partner"].browse(self.partner)
            self.card = program._enrol(
                holder, amount=30, paid=30, key=f"two sellers {holder.id}"
            ).id
            line = Command.create({"product_id": product.id})
            values = {"partner_id": self.partner, "order_line": [line]}
            self.orders = env["sale.order"].create([values, values]).ids
            self.product, self.program = product.id, program.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('customer_card.ledger', 'open', true)")
            cr.execute("DELETE FROM sale_order WHERE id IN %s", (tuple(self.orders),))
            for table in ("hold", "grant", "entry"):
                cr.execute(f"DELETE FROM loyalty_card_{table} WHERE card_id = %s", (self.card,))
            cr.execute("DELETE FROM loyalty_history WHERE card_id = %s", (self.card,))
            cr.execute("DELETE FROM loyalty_card WHERE id = %s", (self.card,))
            env = api.Environment(cr, SUPERUSER_ID, {})
            program = env["loyalty.program"].browse(self.program)
            program.active = False
            program.unlink()
            env["product.product"].browse(self.product).unlink()
            env["res.partner"].browse(self.partner).unlink()

    def _order(self, cr, number):
        env = api.Environment(cr, SUPERUSER_ID, {})
        order = env["sale.order"].browse(self.orders[number])
        order.read(["amount_total"])  # the snapshot begins here
        return order

    def _credit(self):
        with closing(self.registry.cursor()) as cr:
            cr.execute("SELECT points, held FROM loyalty_card WHERE id = %s", (self.card,))
            return tuple(float(number) for number in cr.fetchone())

    def _meet(self, step):
        """Do *step* on both quotations in overlapping transactions; return the second's cursor.

        The second one fails, and is rolled back to be repeated, as Odoo does with every call.
        """
        first, second = self.registry.cursor(), self.registry.cursor()
        self.addCleanup(second.close)
        with closing(first):
            orders = self._order(first, 0), self._order(second, 1)
            step(orders[0])
            first.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            step(orders[1])
            second.commit()
        second.rollback()
        return second

    def test_both_redeem_at_once(self):
        """Law 5 and 6: the first has the credit; the second, repeated, finds nothing left."""
        second = self._meet(lambda order: order.action_redeem_credit())
        self.assertEqual(self._credit(), (30, 30))
        order = self._order(second, 1)
        self.assertEqual(order.card_credit, 0)
        order.action_redeem_credit()
        self.assertEqual(order.amount_total, 30)
        second.commit()
        self.assertEqual(self._credit(), (30, 30))

    def test_both_confirm_at_once(self):
        """Law 6: lines without a reservation, as of an older version: one order gets the credit."""
        with self.registry.cursor() as cr:
            for number in (0, 1):
                order = self._order(cr, number)
                card = order.env["loyalty.card"].browse(self.card)
                order._redeem(card)
                card._release_hold(order._hold_key(card))
        self.assertEqual(self._credit(), (30, 0))
        second = self._meet(lambda order: order.action_confirm())
        self.assertEqual(self._credit(), (0, 0))
        with self.assertRaises(BalanceTooLow):
            self._order(second, 1).action_confirm()
        second.rollback()
        self.assertEqual(self._credit(), (0, 0))
