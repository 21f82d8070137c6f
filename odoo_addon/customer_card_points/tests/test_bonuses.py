from odoo.tests import tagged

from .common import PointsCase


@tagged("post_install", "-at_install")
class TestBonuses(PointsCase):
    """Points for coming, which follow from the receipts that there are."""

    TERMS = {}

    def _terms(self, **values):
        """Terms that hold for all the days of these tests; the newest row counts."""
        with self._on("2020-01-01"):
            self.loyal.write(values)

    def test_each_visit(self):
        """TM-40 TM-41, I20: 25 for a visit, alone and with percents: 200 + 25; once a day."""
        self._terms(visit_points=25)
        self._visit("2026-06-10", 5)
        self.assertPoints(25)
        self._visit("2026-06-10", 6, product=self.battery)
        self.assertPoints(25)
        self._terms(visit_points=25, earn_service_percent=5)
        self._visit("2026-06-11", 7)
        self.assertPoints(250)

    def test_each_visit_of_gents(self):
        """TM-40: gents have their own points."""
        self._terms(by_segment=True, visit_points=25, gent_visit_points=7)
        self.berg.gender = "male"
        self._visit("2026-06-10", 5)
        self.assertPoints(7)

    def test_what_is_no_visit(self):
        """TM-40: a credit note, a receipt that came back whole, one that was cancelled."""
        self._terms(visit_points=25)
        self._visit("2026-06-10", 5)
        self._settle(self._refund(-40.0, date="2026-06-12"), document=6)
        self.assertPoints(0)
        self._settle(document=6)
        self.assertPoints(25)
        self._settle(self._refund(-10.0, date="2026-06-12"), document=6)
        self.assertPoints(25)
        self._settle(document=5)
        self.assertPoints(0)

    def test_the_birth_month(self):
        """TM-20 TM-21: 3 visits of 50, the next month none; without a birth date none."""
        self._terms(birth_month_points=50)
        self._visit("2026-06-01", 4)
        self.assertPoints(0)
        self.berg.birthdate_date = "1980-06-10"
        for day in (10, 20, 30):
            self._visit(f"2026-06-{day}", day)
        self.assertPoints(150)
        self._visit("2026-07-01", 31)
        self.assertPoints(150)

    def test_the_birthday(self):
        """TM-22 TM-23: 04.06. none, 05.06. 250, 20.06. and 21.06. none; the earlier one wins."""
        self._terms(birthday_points="250;5;10")
        self.berg.birthdate_date = "1980-06-10"
        self._visit("2026-06-20", 20)
        self.assertPoints(250)
        for day in ("04", "21", "05"):
            self._visit(f"2026-06-{day}", int(day))
            self.assertPoints(250)
        given = self.account.entry_ids.filtered(lambda one: one.delta > 0).mapped("bonus_day")
        self.assertEqual([str(day) for day in given], ["2026-06-05", "2026-06-20"])
        self._settle(document=5)
        self.assertPoints(250)

    def test_a_birthday_at_the_turn_of_the_year(self):
        """TM-22: born 28.12., 23.12. to 07.01., once; born 29.02. on 01.03."""
        self._terms(birthday_points="250;5;10")
        self.berg.birthdate_date = "1990-12-28"
        self._visit("2026-12-24", 1)
        self._visit("2027-01-07", 2)
        self.assertPoints(250)
        self.berg.birthdate_date = "2000-02-29"
        self._visit("2027-03-11", 3)
        self._visit("2028-02-24", 4)
        self.assertPoints(750)

    def test_coming_back(self):
        """TM-24 TM-25: day 42 counts, day 43 does not; the middle one of three goes."""
        self._terms(return_weeks=6, return_points=40)
        self._visit("2026-01-05", 1)
        self._visit("2026-02-16", 2)
        self.assertPoints(40)
        self._visit("2026-03-31", 3)
        self.assertPoints(40)
        self._visit("2026-03-20", 4)
        self.assertPoints(120)
        self._settle(document=2)
        self.assertPoints(40)
        self._settle(document=2)
        self.assertPoints(40)

    def test_gents_coming_back(self):
        """TM-24 TM-25: gents have their own weeks and points."""
        self._terms(by_segment=True, return_weeks=1, gent_return_weeks=6, gent_return_points=11)
        self.berg.gender = "male"
        self._visit("2026-01-05", 1)
        self._visit("2026-02-16", 2)
        self.assertPoints(11)

    def test_a_new_birth_date_does_not_reach_back(self):
        """TM-21: visits of before stay as they are; nothing is given or taken for them."""
        self._terms(birth_month_points=50)
        self._visit("2026-06-01", 1)
        self.berg.birthdate_date = "1980-06-10"
        self._visit("2026-08-01", 2)
        self.assertPoints(0)

    def test_a_document_that_moves_to_another_day(self):
        """TM-20: its visit moves along."""
        self._terms(birth_month_points=50)
        self.berg.birthdate_date = "1980-06-10"
        self._visit("2026-06-01", 1)
        self._visit("2026-07-01", 1)
        self.assertPoints(0)

    def test_a_year_in_any_order(self):
        """TM-20 TM-22 TM-24 TM-40: every bonus; order of arrival and repeating change nothing."""
        self._terms(
            earn_service_percent=5,
            visit_points=25,
            return_weeks=6,
            return_points=40,
            birth_month_points=50,
            birthday_points="250;5;10",
        )
        self.berg.birthdate_date = "1980-06-10"
        days = ["2026-01-05", "2026-02-16", "2026-05-04", "2026-06-05", "2026-06-20", "2026-12-31"]
        expected = 6 * (200 + 25) + 3 * 40 + 2 * 50 + 250
        for order in ((3, 0, 5, 1, 4, 2), (5, 4, 3, 2, 1, 0), (0, 1, 2, 3, 4, 5)):
            for document in order:
                self._visit(days[document], document + 1)
            self.assertPoints(expected)
        for document in order:
            self._settle(document=document + 1)
        self.assertPoints(0)

    def test_the_new_customer(self):
        """TM-19: the first card 100 once; a second card, a re-issue and another type none."""
        self.loyal.welcome_points = 100
        new = self.env["res.partner"].create({"name": "New"})
        card = self._points_card(new)
        account = card.enrolment_ids
        self.assertEqual(account.points, 100)
        self._points_card(new)
        card._replace_by(False)
        self.assertEqual(account.points, 100)
        self._points_card(self.berg)
        self.assertPoints(0)

    def test_a_bearer_who_gets_a_name(self):
        """TM-19: a card that nobody held brings its welcome when it gets its holder."""
        self.loyal.write({"welcome_points": 100, "holder_type": "bearer"})
        card = self.env["customer.card"].create({"card_type_id": self.loyal.id})
        new = self.env["res.partner"].create({"name": "New"})
        card.partner_id = new
        self.assertEqual(card.enrolment_ids.points, 100)
