from odoo import fields, models
from odoo.addons.customer_card.lib.plain_reference import PlainMany2one

BONUSES = [
    ("visit", "Visit"),
    ("return", "Coming back"),
    ("birth_month", "Birth month"),
    ("birthday", "Birthday"),
    ("welcome", "New customer"),
]


class LoyaltyCardEntry(models.Model):
    """What an entry of points was for, and by which terms: kept with it, outside the seal."""

    _inherit = "loyalty.card.entry"

    terms_id = PlainMany2one("loyalty.points.terms", string="Terms")
    bonus = fields.Selection(BONUSES)
    bonus_day = fields.Date(string="Day of the bonus")

    _bonus_days = models.Index("(card_id, bonus_day) WHERE bonus_day IS NOT NULL")
