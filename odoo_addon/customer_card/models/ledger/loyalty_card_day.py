from odoo import fields, models


class LoyaltyCardDay(models.Model):
    """Once per day: the row is the right to issue; a reversal on the same day frees it (law 7)."""

    _name = "loyalty.card.day"
    _description = "Day used"
    _log_access = False

    card_id = fields.Many2one("loyalty.card", required=True, ondelete="cascade")
    day = fields.Date(required=True, help="In the company's time zone.")
    entry_id = fields.Integer(help="The issue that took the day.")

    _once = models.UniqueIndex("(card_id, day)", "This program was used today already.")
