import random

from odoo.tests import tagged

from .common import PointsCase


@tagged("post_install", "-at_install")
class TestPreview(PointsCase):
    """What the till promises is what is booked."""

    def _preview(self, *lines):
        return self.env["loyalty.card"]._preview_points(list(lines))[0]

    def _terms(self, **values):
        with self._on("2020-01-01"):
            self.loyal.write(values)

    def test_what_a_receipt_brings(self):
        """TM-41: "earns 225 (of it visit 25), balance after 1,240"."""
        self._terms(visit_points=25)
        self.account._post(1015, key="begin", reason="correction")
        said = self._preview(self._line(40.0))
        self.assertEqual((said["earned"], said["bonuses"]), (200, {"visit": 25}))
        self.assertEqual((said["balance"], said["after"]), (1015, 1240))
        self.assertFalse(self.account.entry_ids.filtered(lambda one: one.reason == "earn"))

    def test_preview_is_what_is_booked(self):
        """TM-17 to TM-26, TM-40: 100 random receipts, on days in any order, with refunds."""
        self._terms(
            earn_on_discounted=False,
            visit_points=25,
            return_weeks=6,
            return_points=40,
            birth_month_points=50,
            birthday_points="250;5;10",
        )
        self.berg.birthdate_date = "1980-06-10"
        dice = random.Random(14)
        days = sorted(
            dice.choices([f"2026-{m:02}-{d:02}" for m in (5, 6, 7) for d in range(1, 31)], k=100)
        )
        for document, day in enumerate(days, 1):
            lines = [
                self._line(
                    dice.randint(1, 9999) / 100,
                    dice.choice(self.cut | self.battery),
                    date=day,
                    discount=dice.choice([0, 0, 10]),
                )
                for _line in range(dice.randint(1, 4))
            ]
            before = self.account.points
            said = self._preview(*lines)
            self.env["loyalty.card"]._settle_document("pos.order", document, lines)
            gained = self.account.points - before
            self.assertEqual(said["earned"] + sum(said["bonuses"].values()), gained)
            self.assertEqual(said["after"], self.account.points)

    def test_the_prompt(self):
        """TM-35: from the minimum on, with what it is worth; below it none."""
        self._terms(redeem_from=500)
        self.account._post(499, key="begin", reason="correction")
        self.assertFalse(self._preview(self._line(40.0))["prompt"])
        self.account._post(1, key="one", reason="correction")
        prompt = self._preview(self._line(40.0))["prompt"]
        self.assertEqual((prompt["points"], prompt["amount"]), (500, 5))
        self.assertIn("500 points", prompt["text"])

    def test_the_threshold(self):
        """TM-42 TM-43: 990 → 1010 shows the notice once, with its own text per segment."""
        self._terms(
            by_segment=True,
            notice_points=1000,
            notice_text="Ein Schnitt gratis",
            gent_notice_points=1005,
            gent_notice_text="Ein Bart gratis",
            gent_earn_service_percent=5,
        )
        self.account._post(990, key="begin", reason="correction")
        self.assertEqual(self._preview(self._line(4.0))["notices"], ["Ein Schnitt gratis"])
        self.berg.gender = "male"
        self.assertEqual(self._preview(self._line(4.0))["notices"], ["Ein Bart gratis"])
        self._settle(4.0)
        self.assertPoints(1010)
        self.assertEqual(self._preview(self._line(4.0))["notices"], [])

    def test_the_missing_birth_date(self):
        """TM-21: a hint at the till while points for it are offered."""
        self.assertEqual(self._preview(self._line(4.0))["notices"], [])
        self._terms(birth_month_points=50)
        self.assertIn("No birth date", self._preview(self._line(4.0))["notices"][0])
        self.berg.birthdate_date = "1980-06-10"
        self.assertEqual(self._preview(self._line(4.0))["notices"], [])
