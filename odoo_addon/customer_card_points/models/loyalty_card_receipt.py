from decimal import Decimal

from odoo import fields, models
from odoo.addons.customer_card.lib.exact import POINTS
from odoo.addons.customer_card.lib.plain_reference import PlainMany2one
from odoo.tools import SQL

from ..rules.points import PaidLine


class LoyaltyCardReceipt(models.Model):
    """What an account knows of a receipt that has earned: visits and returns are judged by it.

    A return stands below what it returns (``root``). A document that returns parts of several
    receipts has a row for each.
    """

    _name = "loyalty.card.receipt"
    _description = "Receipt that earns points"
    _order = "card_id, root_model, root_id, id"
    _log_access = False

    card_id = fields.Many2one("loyalty.card", required=True, ondelete="cascade")
    model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    name = fields.Char()
    root_model = fields.Char(required=True)
    root_id = fields.Integer(required=True)
    day = fields.Date(required=True)
    is_gent = fields.Boolean()
    gross = fields.Float(digits=POINTS, help="What was paid for what earns.")
    lines = fields.Json(help="Gross, service, discounted, gents, of each line.")
    points = fields.Float(digits=POINTS)
    terms_id = PlainMany2one("loyalty.points.terms")

    _document = models.UniqueIndex("(card_id, model, res_id, root_model, root_id)")
    _by_document = models.Index("(model, res_id)")
    _by_root = models.Index("(card_id, root_model, root_id)")

    def _is_root(self):
        return (self.model, self.res_id) == (self.root_model, self.root_id)

    def _paid_lines(self):
        """Return the lines as the rules want them."""
        return [
            PaidLine(Decimal(gross), is_service, is_discounted, is_gent)
            for gross, is_service, is_discounted, is_gent in self.lines or ()
        ]

    def _visits(self, cards):
        """Return ``[(day, is_gent, terms_id)]`` of these accounts' days on which more was bought
        than came back.
        """
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT root.day, bool_and(root.is_gent), min(root.terms_id)
                FROM loyalty_card_receipt root
                JOIN (SELECT root_model, root_id FROM loyalty_card_receipt
                      WHERE card_id IN %(cards)s
                      GROUP BY root_model, root_id HAVING SUM(gross) > 0) bought
                    ON bought.root_model = root.model AND bought.root_id = root.res_id
                WHERE root.card_id IN %(cards)s
                    AND root.model = root.root_model AND root.res_id = root.root_id
                GROUP BY root.day ORDER BY root.day
                """,
                cards=tuple(cards.ids),
            )
        )
