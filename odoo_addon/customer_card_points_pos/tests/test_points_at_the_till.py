from uuid import uuid4

from odoo.addons.customer_card_pos.tests.doors import Doors
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged


@tagged("post_install", "-at_install")
class TestPointsAtTheTill(Doors, TransactionCase):
    """Points at the point of sale, as the server books them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_doors()
        cls.program = cls.env["loyalty.program"].create(
            {"name": "Treuekarte", "kind": "points", "earn_article_percent": 10}
        )
        cls.account = cls.program._enrol(cls.hans)
        cls.cut = cls.new_product("Haarschnitt", 50)
        cls.cut.type = "service"

    def given_points(self, points):
        self.account._post(points - self.account.points, key=str(uuid4()), reason="correction")

    def redeem(self, points, amount, partner=None):
        """Reserve *points*, pay a bill of 50.00 less *amount*; return what was taken."""
        uuid, before = str(uuid4()), self.account.points
        answer = self.prepare(uuid, (self.account, points), partner=self.hans)
        if answer["refusal"]:
            return answer["refusal"]
        line = self.redeemed(self.account, amount, points=points)
        self.order = self.send(self.sold(self.cut, 1), line, uuid=uuid, paid=50 - amount)
        return before - self.account.points

    def test_the_four_kinds(self):
        """TM-29 TM-30 TM-31 TM-32: 5.00 for 500, 500, 500 and 450 points; nobody is told."""
        told = len(self.activities())
        for kind, factor, points in (
            ("1", 5, 500),
            ("2", 500, 500),
            ("3", 10, 500),
            ("4", 10, 450),
        ):
            with self.subTest(kind=kind):
                self.given_points(2000)
                self.program.write({"redeem_type": kind, "redeem_factor": factor})
                self.assertEqual(self.redeem(points, 5), points)
        self.assertEqual(len(self.activities()), told)

    def test_more_than_the_terms_give(self):
        """TM-29: a till that takes 20.00 off where 5.00 may be: 500 points, the rest is told."""
        self.given_points(2000)
        self.program.write({"redeem_factor": 5})
        self.assertEqual(self.redeem(2000, 20), 500)
        self.told("15.00")
        self.assertEqual(self.account.held, 0)

    def test_from_and_to(self):
        """TM-33 TM-34: 499 refused with a sentence, 500 allowed; up to 300 only 3.00."""
        self.program.redeem_from = 500
        self.given_points(499)
        self.assertIn("from 500 points on", self.redeem(400, 4))
        self.given_points(500)
        self.assertEqual(self.redeem(500, 5), 500)
        self.program.write({"redeem_from": 0, "redeem_to": 300})
        self.given_points(1500)
        self.assertEqual(self.redeem(500, 5), 300)

    def test_kind_3_that_costs_no_points(self):
        """TM-31, I24: 10 % of 50.00 for a balance of 500, which stays; 499 and strangers: none."""
        self.program.write(
            {"redeem_type": "3", "redeem_factor": 10, "redeem_free": True, "redeem_from": 500}
        )
        self.given_points(499)
        self.assertIn("from 500 points on", self.redeem(0, 5))
        self.given_points(500)
        told = len(self.activities())
        self.assertEqual(self.redeem(0, 5), 0)
        self.assertEqual((self.account.points, self.account.held), (500, 0))
        self.assertEqual(len(self.activities()), told)
        self.send(*[self.refund(line) for line in self.order.lines], paid=-45)
        self.assertEqual((self.account.points, len(self.activities())), (500, told))
        line = self.redeemed(self.account, 5, points=0)
        self.send(self.sold(self.cut, 1), line, paid=45, partner=self.anna)
        self.told("5.00")

    def test_gents(self):
        """TM-37: gents by their own factor, kind, limits and prices; ladies as before."""
        self.program.write(
            {
                "by_segment": True,
                "redeem_factor": 5,
                "gent_redeem_type": "4",
                "gent_redeem_factor": 10,
                "gent_redeem_from": 600,
                "gent_redeem_to": 900,
                "gent_redeem_service_percent": 20,
            }
        )
        self.given_points(599)
        self.assertEqual(self.redeem(599, 20), 500)
        self.hans.gender = "male"
        self.given_points(599)
        self.assertIn("from 600 points on", self.redeem(400, 5))
        self.given_points(2000)
        self.assertEqual(self.redeem(800, 10), 800)
        self.given_points(2000)
        self.assertEqual(self.redeem(2000, 20), 900)
        self.told("8.75")

    def test_credit_beside_points(self):
        """TM-31: 10 % of 50.00 for 500 points, credit pays 45.00: nobody owes anything."""
        self.program.write({"redeem_type": "3", "redeem_factor": 10})
        self.given_points(2000)
        credit, uuid, told = self.given(45), str(uuid4()), len(self.activities())
        self.prepare(uuid, (self.account, 500), (credit, 45), partner=self.hans)
        lines = [self.redeemed(self.account, 5, points=500), self.redeemed(credit, 45)]
        self.send(self.sold(self.cut, 1), *lines, uuid=uuid)
        self.assertEqual((self.account.points, credit.points), (1500, 0))
        self.assertEqual(len(self.activities()), told)

    def test_two_taxes(self):
        """TM-38: 10 % of 33.35 is 3.34 for each of two taxes, as the till says it."""
        taxes = self.env["account.tax"].create(
            [
                {"name": f"{amount} %", "amount": amount, "price_include_override": "tax_included"}
                for amount in (19, 7)
            ]
        )
        self.program.write({"redeem_factor": 5, "direct_service_percent": 10})
        self.given_points(2000)
        uuid, told, lines = str(uuid4()), len(self.activities()), []
        self.prepare(uuid, (self.account, 500), partner=self.hans)
        for tax, points in zip(taxes, (500, 0), strict=True):
            values = {"tax_ids": [(6, 0, tax.ids)]}
            lines.append({**self.sold(self.cut, 1, 33.35), **values})
            lines.append({**self.redeemed(self.account, 5.84, points=points), **values})
        self.send(*lines, uuid=uuid, paid=55.02)
        self.assertEqual(self.account.points, 1500)
        self.assertEqual(len(self.activities()), told)

    def test_a_factor_of_300(self):
        """50.00 at 300 points: exactly 15,000, and 15,000 come back."""
        self.program.points_per_unit = 300
        self.given_points(15000)
        self.assertEqual(self.redeem(15000, 50), 15000)
        self.assertEqual(self.account.points, 0)
        back = [self.refund(line, price=line.price_unit) for line in self.order.lines]
        self.send(*back)
        self.assertEqual(self.account.points, 15000)

    def test_the_preview_at_pay(self):
        """TM-35 TM-41: said with the reservation, in one call."""
        self.program.write({"redeem_from": 500, "visit_points": 25})
        self.given_points(1000)
        values = {
            "partner_id": self.hans.id,
            "lines": [{"product_id": self.case.id, "gross": 20}],
        }
        (said,) = self.orders.prepare_card_payment(str(uuid4()), values)["preview"]
        self.assertEqual((said["earned"], said["bonuses"]), (200, {"visit": 25}))
        self.assertEqual(said["after"], 1225)
        self.assertEqual(said["prompt"]["points"], 1000)
        for lines in ([{"gross": 20}], [{"product_id": self.case.id, "gross": "x"}], [7]):
            with self.assertRaises(UserError):
                self.orders.prepare_card_payment(str(uuid4()), {**values, "lines": lines})

    def test_the_receipt_says_what_is_booked(self):
        """TM-41 TM-42: with the paid order, the same after the worker; a client cannot write it."""
        self.program.visit_points = 25
        order = self.send(self.sold(self.case, 2), paid=20)
        (said,) = order.points_said
        self.assertEqual((said["earned"], said["after"]), (200, 225))
        cards = self.env["loyalty.card"]
        cards._settle_document("pos.order", order.id, order.sudo()._earning_lines(), order.name)
        self.assertEqual(self.account.points, 225)
        order.with_user(self.cashier).write({"points_said": [{"after": 9}]})
        self.assertEqual(order.points_said, [said])

    def test_the_day_of_the_shop(self):
        """TM-20 TM-22 TM-40: nights of summer and winter time, the last night of the year: each
        receipt is a visit of the shop's day, not of UTC's."""
        self.hans.birthdate_date = "1980-06-10"
        with freeze_time("2026-01-01"):
            self.program.write({"visit_points": 25, "birthday_points": "250;0;10"})
        self.account.valid_from = "2026-01-01"
        days = {
            "2026-03-28 23:30:00": "2026-03-29",  # 00:30, an hour and a half before the change
            "2026-03-29 01:00:00": "2026-03-29",  # 03:00 summer time
            "2026-03-29 22:30:00": "2026-03-30",
            "2026-06-09 21:59:59": "2026-06-09",  # one second before the birthday
            "2026-06-09 22:30:00": "2026-06-10",
            "2026-10-24 22:30:00": "2026-10-25",
            "2026-10-25 00:30:00": "2026-10-25",  # 02:30, twice this night
            "2026-10-25 01:30:00": "2026-10-25",
            "2026-10-25 23:30:00": "2026-10-26",
            "2026-12-31 22:30:00": "2026-12-31",
            "2026-12-31 23:30:00": "2027-01-01",
        }
        for moment in days:
            with freeze_time(moment):
                order = self.send(self.sold(self.report), paid=20)
            lines = order.sudo()._earning_lines()
            self.assertEqual({str(line["date"]) for line in lines}, {days[moment]}, moment)
            self.account._settle_document("pos.order", order.id, lines)
        given = self.account.entry_ids.filtered("bonus")
        visits = given.filtered(lambda one: one.bonus == "visit").mapped("bonus_day")
        self.assertEqual(sorted(map(str, visits)), sorted(set(days.values())))
        birthday = given.filtered(lambda one: one.bonus == "birthday")
        self.assertEqual(str(birthday.bonus_day), "2026-06-10")

    def test_a_refund_by_the_terms_of_its_receipt(self):
        """TM-05: sold at 10 %, refunded at 3 %: net 0, and the visit goes."""
        self.program.visit_points = 25
        order = self.send(self.sold(self.case, 2), paid=20)
        cards = self.env["loyalty.card"]
        cards._settle_document("pos.order", order.id, order.sudo()._earning_lines())
        self.program.earn_article_percent = 3
        back = self.send(self.refund(order.lines, 2), paid=-20)
        cards._settle_document("pos.order", back.id, back.sudo()._earning_lines())
        self.assertEqual(self.account.points, 0)
