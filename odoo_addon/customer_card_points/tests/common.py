from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.addons.customer_card.tests.common import CardCase


class PointsCase(CardCase):
    """A lady with a points card: services 5 %, articles 10 %, 100 points for one euro."""

    TERMS = {"earn_service_percent": 5, "earn_article_percent": 10}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls._product("Haircut", 40.0, type="service")
        cls.loyal = cls.env["customer.card.type"].create(
            {
                "name": "Treuekarte",
                "number": "7",
                "collects_points": True,
                "by_segment": False,
                "birthday_points": False,
                **cls.TERMS,
            }
        )
        cls.program = cls.loyal.points_program_id
        cls.card = cls._points_card(cls.berg)
        cls.account = cls.card.enrolment_ids
        cls.account.valid_from = "2020-01-01"

    @classmethod
    def _points_card(cls, partner, **values):
        return cls.env["customer.card"].create(
            {"partner_id": partner.id, "card_type_id": cls.loyal.id, **values}
        )

    def _line(self, gross, product=None, **values):
        return {
            "customer": self.berg.id,
            "product": (product or self.cut).id,
            "date": "2026-06-10",
            "gross": gross,
            **values,
        }

    def _settle(self, *lines, document=5):
        """Lines of a document: amounts, or dicts of ``_line``."""
        lines = [line if isinstance(line, dict) else self._line(line) for line in lines]
        self.env["loyalty.card"]._settle_document("account.move", document, lines)
        self.assertLedger()

    def _visit(self, day, document, gross=40.0, **values):
        self._settle(self._line(gross, date=day, **values), document=document)

    def _refund(self, gross, of=5, **values):
        return self._line(gross, reverses=("account.move", of), **values)

    def assertPoints(self, points):  # noqa: N802  (named as unittest names its own)
        self.assertEqual(self.account.points, points)

    @contextmanager
    def _on(self, day):
        """Let it be noon of *day* in the shop."""
        now = fields.Datetime.to_datetime(f"{day} 12:00:00")
        with patch.object(fields.Datetime, "now", return_value=now):
            yield
