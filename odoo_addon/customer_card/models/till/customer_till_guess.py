from datetime import timedelta

from odoo import fields, models

WITHIN = timedelta(minutes=1)
UNKNOWN_LIMIT = 20


class CustomerTill(models.Model):
    """Who has a till's key can try card numbers; after twenty unknown ones it has to wait.

    A seller with a queue does not meet twenty unknown cards within a minute.
    """

    _inherit = "customer.till"

    locked_until = fields.Datetime(readonly=True, copy=False, groups="base.group_system")

    def _locked_refusal(self):
        """Return the refusal while the till has to wait, else None."""
        locked_until = self.sudo().locked_until
        if not locked_until or locked_until <= fields.Datetime.now():
            return None
        return self._refused(
            "locked",
            self.env._("Too many unknown cards came from this till. Wait a minute, then go on."),
        )

    def _count_guess(self):
        now = fields.Datetime.now()
        lately = self.env["customer.card.event"].sudo()
        unknown = [
            ("till_id", "=", self.id),
            ("status", "=", "unknown"),
            ("create_date", ">", now - WITHIN),  # the till's own clock could make room for more
        ]
        if lately.search_count(unknown, limit=UNKNOWN_LIMIT) >= UNKNOWN_LIMIT:
            self.sudo().locked_until = now + WITHIN
