from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.shop_day import begin_of, shop_day
from odoo.addons.customer_card.rules.periods import add_months
from odoo.fields import Domain
from odoo.tools import SQL

COMPARISONS = ("<", "<=", ">", ">=")
# What a customer does with a program. Discounts leave no entries: nobody knows when they were used.
USES = ("issue", "sale", "earn")


class LoyaltyCard(models.Model):
    """Whom a shop speaks to: what ends within n days, is nearly empty, or sleeps (EX-10)."""

    _inherit = "loyalty.card"

    ends_in_days = fields.Integer(
        compute="_compute_ends_in_days",
        search="_search_ends_in_days",
        help="0: today is the last day. Programs without an end are never found.",
    )
    left = fields.Float(
        compute="_compute_left",
        search="_search_left",
        digits=(16, 2),
        help="Pieces of this and later periods, or points or money that nobody has reserved.",
    )
    unused_months = fields.Integer(
        compute="_compute_unused_months",
        search="_search_unused_months",
        help="Whole months since goods were issued, or credit or points booked.",
    )

    @api.depends("expiration_date")
    def _compute_ends_in_days(self):
        for card in self:
            end, today = card.expiration_date, card._today(card.company_id)
            card.ends_in_days = (end - today).days if end else 0

    @api.model
    def _search_ends_in_days(self, operator, value):
        if operator not in COMPARISONS:
            return NotImplemented
        today = self._today(self.env.company)
        day = today + timedelta(days=int(value))
        return [("expiration_date", ">=", today), ("expiration_date", operator, day)]

    @api.depends("points", "held", "allowance_ids.quantity", "allowance_ids.used")
    def _compute_left(self):
        for card in self:
            if card.kind == "bonus_item":
                rests = [sum(rest) for rest in card._pieces_left().values() if rest]
                card.left = float(sum(rests, exact(0)))
            else:
                card.left = float(exact(card.points) - exact(card.held))

    @api.model
    def _search_left(self, operator, value):
        """A flat rate is never empty, and a discount has nothing that could run out."""
        if operator not in COMPARISONS:
            return NotImplemented
        self.env.flush_all()
        counted = SQL(
            """(
                SELECT card_id FROM loyalty_card_allowance GROUP BY card_id
                HAVING NOT bool_or(unlimited IS TRUE)
                   AND COALESCE(SUM(quantity - COALESCE(used, 0))
                       FILTER (WHERE date_to IS NULL OR date_to >= %s), 0) %s %s
            )""",
            self._today(self.env.company),
            SQL(operator),
            value,
        )
        amounts = SQL(
            "(SELECT id FROM loyalty_card WHERE COALESCE(points, 0) - COALESCE(held, 0) %s %s)",
            SQL(operator),
            value,
        )
        is_counter = Domain("program_id.kind", "=", "bonus_item")
        is_amount = Domain("program_id.kind", "not in", (False, "bonus_item", "discount"))
        of_counters = is_counter & Domain("id", "in", counted)
        return of_counters | (is_amount & Domain("id", "in", amounts))

    def _compute_unused_months(self):
        groups = self.env["loyalty.card.entry"]._read_group(
            [("card_id", "in", self.ids), ("reason", "in", USES)], ["card_id"], ["date:max"]
        )
        used = {card.id: moment for card, moment in groups}
        for card in self:
            moment = used.get(card.id)
            begun = card.valid_from or (card.create_date or datetime.now()).date()
            last = shop_day(card.company_id or self.env.company, moment) if moment else begun
            since = relativedelta(card._today(card.company_id), last)
            card.unused_months = max(since.years * 12 + since.months, 0)

    @api.model
    def _search_unused_months(self, operator, value):
        if operator != ">=":
            return NotImplemented
        company = self.env.company
        day = add_months(self._today(company), -int(value))
        used = [("reason", "in", USES), ("date", ">=", begin_of(company, day + timedelta(days=1)))]
        return (
            Domain("program_id.kind", "not in", (False, "discount"))
            & Domain("valid_from", "<=", day)
            & Domain("entry_ids", "not any", used)
        )
