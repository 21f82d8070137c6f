import psycopg2

from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.addons.customer_card.lib.opening import open_ledger
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CardCase


@tagged("post_install", "-at_install")
class TestLedger(CardCase):
    def setUp(self):
        super().setUp()
        self.enrolment = self._counter_program()._enrol(customer_card=self.card)
        self.enrolment._issue(self.enrolment.allowance_ids, self.battery, 1, key="one")

    @mute_logger("odoo.sql_db")
    def test_database_refuses_to_change_the_past(self):
        """Law 3: neither UPDATE nor DELETE nor TRUNCATE nor the ORM."""
        for statement in (
            "UPDATE loyalty_card_entry SET delta = 5",
            "DELETE FROM loyalty_card_entry",
            "TRUNCATE loyalty_card_entry CASCADE",
        ):
            with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
                self.env.cr.execute(statement)
        with self.assertRaises(UserError):
            self.enrolment.entry_ids[0].write({"note": "x"})
        with self.assertRaises(UserError):
            self.enrolment.entry_ids[0].unlink()

    def test_deleting_what_an_entry_names_leaves_the_entry(self):
        """Law 3: users, articles and tills may go, the row stays as it was."""
        till = self.env["customer.till"].create({"name": "Old"})
        entry = self.enrolment._issue(
            self.enrolment.allowance_ids, self.battery, 1, key="two", till_id=till.id
        )
        till_id = till.id
        till.unlink()
        self.env.cr.execute("SELECT till_id FROM loyalty_card_entry WHERE id = %s", [entry.id])
        self.assertEqual(self.env.cr.fetchone()[0], till_id)
        self.assertTrue(
            self.enrolment.entry_ids.web_read({"till_id": {"fields": {"display_name": {}}}})
        )

    def test_a_card_with_history_is_archived_not_deleted(self):
        self.enrolment.unlink()
        self.assertTrue(self.enrolment.exists())
        self.assertFalse(self.enrolment.active)

    def test_native_writes_are_booked(self):
        """Law 1: whatever native code writes to a gift card stands in the history."""
        program = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["gift_card"]
        )
        gift = self.env["loyalty.card"].create({"program_id": program.id, "points": 50})
        gift.points -= 20.1
        gift.points += 0.1
        self.assertEqual(gift.entry_ids.sorted("sequence").mapped("delta"), [50, -20.1, 0.1])
        self.assertEqual(gift.points, 30)

    def test_a_dime_a_thousand_times_is_exact(self):
        """Law 2: points do not drift as floats do."""
        program = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["ewallet"]
        )
        card = self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.berg.id}
        )
        for number in range(1000):
            card._post("0.1", key=f"dime-{number}", reason="correction")
        self.assertEqual(card.points, 100)
        with self.assertRaises(BalanceTooLow):
            card._post("-100.000001", key="too much", reason="correction")

    def test_throw_away_cards_have_no_entries(self):
        program = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["promotion"]
        )
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 1})
        self.assertFalse(card.entry_ids)

    def test_partner_merge_keeps_the_laws(self):
        """Law 1 and 3 through a native partner merge: counter and rows follow the customer."""
        other = self.env["res.partner"].create({"name": "Karl Berg again"})
        points = self.env["loyalty.program"].create({"name": "Points", "kind": "points"})
        for partner, amount in ((self.berg, 100), (other, 50)):
            points._enrol(partner)._post(amount, key=f"points-{partner.id}", reason="earn")
        rows = self.enrolment.entry_ids
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.berg | other).ids, other)
        self.assertEqual(self.enrolment.partner_id, other)
        self.assertEqual(self.enrolment.entry_ids, rows)
        live = self.env["loyalty.card"].search([("program_id", "=", points.id)])
        self.assertEqual((live.partner_id, live.points), (other, 150))

    def test_holds_keep_what_is_reserved(self):
        """Law 5 and 6: held equals the open holds, and nobody spends what is reserved."""
        program = self.env["loyalty.program"].create({"name": "Points", "kind": "points"})
        card = program._enrol(self.berg)
        card._post(50, key="start", reason="earn")
        card._reserve(30, kind="pos", key="order-1")
        card._reserve(30, kind="pos", key="order-1")
        self.assertEqual(card.held, 30)
        with self.assertRaises(BalanceTooLow):
            card._reserve(30, kind="pos", key="order-2")
        with self.assertRaises(BalanceTooLow):
            card._post(-21, key="spend", reason="sale")

    def test_entry_describes_its_flow(self):
        program = self.env["loyalty.program"].create({"name": "Points", "kind": "points"})
        card = program._enrol(self.berg)
        with open_ledger(reason="correction", note="counted"):
            card.write({"points": 5})
        self.assertEqual((card.entry_ids.reason, card.entry_ids.note), ("correction", "counted"))
