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

    def _present(self, event):
        answer = super()._present(event)
        if answer["status"] == "unknown" and not answer["duplicate"]:
            self._count_guess()
        return answer

    def _decide(self, event, medium):
        locked_until = self.sudo().locked_until
        if locked_until and locked_until > fields.Datetime.now():
            return self._refused(
                "locked",
                self.env._(
                    "Too many unknown cards came from this till. Wait a minute, then go on."
                ),
            )
        return super()._decide(event, medium)

    def _count_guess(self):
        now = fields.Datetime.now()
        lately = self.env["customer.card.event"].sudo()
        unknown = [
            ("till_id", "=", self.id),
            ("status", "=", "unknown"),
            ("presented_at", ">", now - WITHIN),
        ]
        if lately.search_count(unknown, limit=UNKNOWN_LIMIT) >= UNKNOWN_LIMIT:
            self.sudo().locked_until = now + WITHIN
