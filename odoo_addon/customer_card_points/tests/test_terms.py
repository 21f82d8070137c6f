from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PointsCase


@tagged("post_install", "-at_install")
class TestTerms(PointsCase):
    """Each receipt counts by the terms of its day (BY-02)."""

    def _change(self, day, **values):
        with self._on(day):
            self.loyal.write(values)

    def test_a_new_rate_leaves_the_past_alone(self):
        """TM-05: 5 % to 3 %; the old invoice settled again keeps 200, a new one earns 120."""
        self._settle(40.0)
        self._change("2026-07-01", earn_service_percent=3)
        self._settle(40.0)
        self.assertPoints(200)
        self._settle(self._line(40.0, date="2026-07-02"), document=6)
        self.assertPoints(320)
        self._settle(self._line(40.0, date="2026-06-30"), document=7)
        self.assertPoints(520)

    def test_a_credit_note_takes_what_its_invoice_has_given(self):
        """TM-05: 5 %, then 3 %, then the credit note of the old invoice: net 0."""
        self._settle(40.0)
        self._change("2026-07-01", earn_service_percent=3)
        self._settle(self._refund(-40.0, date="2026-07-05"), document=6)
        self.assertPoints(0)

    def test_a_real_credit_note_names_its_invoice(self):
        """TM-05: through Odoo's own reversal."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.berg.id,
                "invoice_date": "2026-06-10",
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.cut.id, "price_unit": 40, "tax_ids": [(5,)]})
                ],
            }
        )
        invoice.action_post()
        back = invoice._reverse_moves([{"date": "2026-07-05", "invoice_date": "2026-07-05"}])
        back.action_post()
        cards = self.env["loyalty.card"]
        cards._settle_document("account.move", invoice.id, invoice._earning_lines())
        self.assertPoints(200)
        self._change("2026-07-01", earn_service_percent=3)
        cards._settle_document("account.move", back.id, back._earning_lines())
        self.assertPoints(0)

    def test_two_changes_on_one_day(self):
        """TM-05: what was booked in the morning keeps its terms; the later change counts then."""
        self._change("2026-06-10", earn_service_percent=3)
        self._settle(40.0)
        self.assertPoints(120)
        self._change("2026-06-10", earn_service_percent=4)
        self._settle(40.0)
        self.assertPoints(120)
        self._settle(40.0, document=6)
        self.assertPoints(280)

    def test_saving_writes_a_row(self):
        """TM-44: values persist, one row for one saving, none without a change; rows stay."""
        self.assertEqual(len(self.loyal.terms_ids), 1)
        self.loyal.write({"earn_service_percent": 6, "welcome_points": 50})
        self.loyal.write({"earn_service_percent": 6, "name": "Treuekarte Gold"})
        self.env.invalidate_all()
        terms = self.loyal.terms_ids
        self.assertEqual(terms.mapped("earn_service_percent"), [6, 5])
        self.assertEqual(terms[0].welcome_points, 50)
        self.assertEqual(terms[0].create_uid, self.env.user)
        with self.assertRaisesRegex(UserError, "never changed"):
            terms[1].earn_service_percent = 50
        with self.assertRaisesRegex(UserError, "never deleted"):
            terms[1].unlink()

    def test_the_entry_keeps_its_terms(self):
        """TM-05: an entry says by which terms it was booked."""
        self._settle(40.0)
        self.assertEqual(self.account.entry_ids.terms_id, self.loyal.terms_ids)

    def test_rounding_and_parts_that_come_back(self):
        """TM-13: 3 × 3.33 at 10 %: exact 100, legacy 99; each piece back, in any order: 0."""
        pieces = [self._line(3.33, self.battery) for _piece in range(3)]
        for rounding, points in (("exact", 100), ("legacy", 99)):
            self.loyal.rounding = rounding
            self._settle(*[{**one, "date": "2030-01-01"} for one in pieces], document=5)
            self.assertPoints(points)
            for document in (8, 6, 7):
                back = self._refund(-3.33, product=self.battery, date="2030-02-01")
                self._settle(back, document=document)
            self.assertPoints(0)
            self._settle(document=6)
            self.assertPoints(33)
            for document in (7, 8, 5):
                self._settle(document=document)
            self.assertPoints(0)

    def test_segments(self):
        """TM-17 TM-18 I30: article's segment, then the customer's, then the card type's."""
        self.loyal.write({"by_segment": True, "gent_earn_service_percent": 3})
        beard = self._product("Beard", 40.0, type="service", points_segment="gent")
        when = {"date": "2030-01-01"}
        self._settle(self._line(40.0, **when), document=1)
        self.assertPoints(200)
        self._settle(self._line(40.0, beard, **when), document=2)
        self.assertPoints(320)
        self.berg.gender = "male"
        self._settle(self._line(40.0, **when), document=3)
        self.assertPoints(440)
        self.berg.gender = "other"
        self.loyal.default_segment = "gent"
        self._settle(self._line(40.0, **when), document=4)
        self.assertPoints(560)
        self._settle(self._line(20.0, self.battery, **when), document=6)
        self.assertPoints(560)

    def test_two_points_cards(self):
        """TM-02: the presented card's type collects; without a card the oldest; setting "all"."""
        second = self.loyal.create({"name": "Produkte", "collects_points": True, **self.TERMS})
        other = self._points_card(self.berg, card_type_id=second.id)
        other.enrolment_ids.valid_from = "2020-01-01"
        self._settle(40.0)
        self.assertEqual((self.account.points, other.enrolment_ids.points), (200, 0))
        self._settle(self._line(40.0, card=other.id), document=6)
        self.assertEqual((self.account.points, other.enrolment_ids.points), (200, 200))
        self.env.company.points_all_accounts = True
        self._settle(40.0, document=7)
        self.assertEqual((self.account.points, other.enrolment_ids.points), (400, 400))

    def test_bad_terms_get_a_sentence(self):
        """TM-12 TM-16 TM-23: months 0, factor 0, from > to, above 100 %, bad birthday texts."""
        for values in (
            {"validity_months": 0},
            {"validity_months": -1},
            {"points_per_unit": 0},
            {"points_per_unit": -1},
            {"redeem_type": "3", "redeem_factor": 101},
            {"redeem_from": 500, "redeem_to": 100},
            {"earn_service_percent": 101},
            {"welcome_points": -1},
            {"birthday_points": "250,5,10"},
            {"birthday_points": "250;5"},
            {"birthday_points": "-1;5;10"},
            {"birthday_points": "1;200;200"},
            {"birthday_points": "zwei;5;10"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError) as caught:
                self.loyal.write(values)
            self.assertRegex(str(caught.exception), r"[.]$")

    def test_points_are_redeemed_without_tax(self):
        """A tax on the article of the redemption would lower the turnover: refused."""
        tax = self.env["account.tax"].create({"name": "19", "amount": 19})
        taxed = self._product("Points", 0, taxes_id=[(6, 0, tax.ids)])
        with self.assertRaisesRegex(ValidationError, "carries a tax"):
            self.program.redeem_product_id = taxed
