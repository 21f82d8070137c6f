from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import PointsCase


@tagged("post_install", "-at_install")
class TestCardType(PointsCase):
    """The card type's form, and one click on all its cards."""

    def _cards(self, count, **values):
        cards = self.env["customer.card"]
        for number in range(count):
            partner = self.env["res.partner"].create({"name": f"Customer {number}"})
            cards |= self._points_card(partner, **values)
        return cards

    def _five_two_one(self):
        self.card.action_block()
        active = self._cards(5)
        blocked = self._cards(1)
        blocked.action_block()
        expired = self._cards(1, valid_until="2020-01-01")
        return active, blocked | self.card, expired

    def _counts(self):
        self.env.invalidate_all()
        kind = self.loyal
        return (kind.active_count, kind.inactive_count, kind.expired_count)

    def _bulk(self, action):
        bulk = self.env["customer.card.bulk"].browse(
            getattr(self.loyal, f"action_{action}")()["res_id"]
        )
        question = bulk.question
        bulk.action_confirm()
        self.assertEqual(bulk.state, "done")
        return question

    def test_a_new_points_card(self):
        """TM-01 TM-10 TM-12 TM-23: the form begins with TiM's values and saves all of them."""
        manager = new_test_user(self.env, "points_boss", groups="customer_card.group_manager")
        kind = self.env["customer.card.type"].with_user(manager)
        with Form(kind.with_context(default_collects_points=True)) as form:
            self.assertEqual((form.validity_months, form.birthday_points), (24, "250;5;10"))
            form.name, form.number = "Mitgliedskarte", "12"
            form.earn_service_percent = 5
            form.earn_article_percent = 10
            self.assertIn("400", form.example)
            self.assertIn("4.00", form.example)
            form.gent_earn_service_percent = 3
            form.redeem_type = "4"
            form.notice_text = "Bald ein Schnitt gratis"
        made = form.record
        program = made.points_program_id
        self.assertEqual((program.name, program.kind), ("Mitgliedskarte", "points"))
        self.assertEqual((program.gent_earn_service_percent, program.redeem_type), (3, "4"))
        self.assertEqual(program.notice_text, "Bald ein Schnitt gratis")
        self.assertEqual(len(program.terms_ids), 1)
        with Form(made) as form:
            form.earn_service_percent = 6
        self.env.invalidate_all()
        self.assertEqual(made.terms_ids.mapped("earn_service_percent"), [6, 5])

    def test_a_card_over_a_program_that_is_there(self):
        """TM-10: the program keeps its terms; the type is a points card by itself."""
        program = self.env["loyalty.program"].create({"name": "Alt", "kind": "points"})
        made = self.loyal.create({"name": "Alte Karte", "program_ids": [(6, 0, program.ids)]})
        self.assertTrue(made.collects_points)
        self.assertFalse(made.birthday_points)
        self.assertEqual(len(program.terms_ids), 1)

    def test_found_by_number(self):
        """TM-14: by its number, as an article; a taken number is refused."""
        found = self.loyal.name_search("7")
        self.assertIn(self.loyal.id, [one for one, _name in found])
        with self.assertRaisesRegex(ValidationError, "belongs to card type Treuekarte"):
            self.loyal.create({"name": "Other", "number": "7"})

    def test_not_issuable(self):
        """TM-11: no new card; those that are there go on collecting."""
        self.loyal.issuable = False
        with self.assertRaisesRegex(UserError, "No new cards of type Treuekarte"):
            self._cards(1)
        self._settle(40.0)
        self.assertPoints(200)

    def test_counts_and_numbers(self):
        """TM-04 TM-06 TM-45: 5 active, 2 inactive, 1 expired; smallest and largest number."""
        active, inactive, expired = self._five_two_one()
        self.assertEqual(self._counts(), (5, 2, 1))
        numbers = sorted((active | inactive | expired).mapped("number"), key=lambda n: (len(n), n))
        self.assertEqual(self.loyal.smallest_number, numbers[0])
        self.assertEqual(self.loyal.largest_number, numbers[-1])

    def test_deactivate_and_the_paper_plane(self):
        """TM-07 TM-08: 5 → 0 with one question; then exactly those 5; lost and expired stay."""
        active, inactive, _expired = self._five_two_one()
        active[0].enrolment_ids._post(12340, key="k", reason="correction")
        question = self._bulk("deactivate_all")
        self.assertIn("5 cards", question)
        self.assertIn("12340 points", question)
        self.assertEqual(self._counts(), (0, 7, 1))
        self.assertEqual(set(active.mapped("block_reason")), {"bulk"})
        self.assertTrue(active[0].enrolment_ids.blocked)
        self._bulk("reactivate_all")
        self.assertEqual(self._counts(), (5, 2, 1))
        self.assertEqual(set(active.mapped("state")), {"active"})
        self.assertEqual(set(inactive.mapped("state")), {"blocked"})
        self.assertEqual(active[0].enrolment_ids.points, 12340)
        self.assertFalse(active[0].enrolment_ids.blocked)

    def test_renew_expired(self):
        """TM-09, I17: 24 months from today: 15.03.2026 → 15.03.2028; blocked ones stay."""
        expired = self._cards(1, valid_until="2020-01-01")
        blocked = self._cards(1, valid_until="2020-01-01")
        blocked.action_block()
        with self._on("2026-03-15"):
            self._bulk("renew_expired")
        self.assertEqual(str(expired.valid_until), "2028-03-15")
        self.assertEqual(str(blocked.valid_until), "2020-01-01")

    def test_nothing_to_do_and_no_right(self):
        """TM-07: without such cards a sentence; sellers may not."""
        with self.assertRaisesRegex(UserError, "no such card"):
            self.loyal.action_renew_expired()
        with self.assertRaisesRegex(UserError, "Only a manager"):
            self.loyal.with_user(self.seller).action_deactivate_all()

    def test_many_cards_in_batches(self):
        """TM-07: an interrupted job goes on with the cards that are left."""
        self._cards(4)
        bulk = self.env["customer.card.bulk"].browse(self.loyal.action_deactivate_all()["res_id"])
        path = "odoo.addons.customer_card_points.models.customer_card_bulk"
        with patch.multiple(path, BATCH=2, AT_ONCE=1):
            bulk.action_confirm()
            self.assertEqual((bulk.state, bulk.done_count), ("running", 0))
            self.loyal.invalidate_recordset()
            self.assertEqual(self.loyal.running_bulk_id, bulk)
            self.assertTrue(bulk._run_batch())
            self.assertEqual((bulk.progress, self._counts()[0]), (40, 3))
            while bulk._run_batch():
                pass
        self.assertEqual((bulk.state, self._counts()[0]), ("done", 0))

    def test_a_type_in_use_stays(self):
        """A type with cards cannot be deleted, and the sentence says what to do."""
        with self.assertRaisesRegex(UserError, "There are cards of type Treuekarte"):
            self.loyal.unlink()
