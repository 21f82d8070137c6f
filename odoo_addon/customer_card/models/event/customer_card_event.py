from datetime import timedelta

from odoo import api, fields, models

KEEP = timedelta(days=90)


class CustomerCardEvent(models.Model):
    """A card was presented at a till. A screen claims the event, and books what is booked."""

    _name = "customer.card.event"
    _description = "Presented card"
    _order = "id desc"

    key = fields.Char(required=True, readonly=True)
    till_id = fields.Many2one(
        "customer.till", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="till_id.company_id", store=True)
    customer_card_id = fields.Many2one(
        "customer.card", string="Card", readonly=True, ondelete="cascade"
    )
    medium_id = fields.Many2one("customer.card.medium", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(related="customer_card_id.partner_id", string="Customer")
    reader = fields.Char(readonly=True)
    origin = fields.Selection(
        [("insert", "Presented"), ("found", "Already in the reader")], required=True, readonly=True
    )
    status = fields.Char(readonly=True)
    action = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("claimed", "On a screen"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("stale", "Too late"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True)
    partner_number = fields.Char(
        readonly=True, help="Number of a partner group's card that nobody has yet."
    )
    presented_at = fields.Datetime(required=True, readonly=True, index=True)
    claimed_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    claimed_at = fields.Datetime(readonly=True)
    screen_id = fields.Many2one(
        "customer.till.screen", readonly=True, ondelete="set null", index="btree_not_null"
    )
    closed = fields.Boolean(
        readonly=True, help="The screen has let go of the card: nothing more is issued with it."
    )
    issued = fields.Json(readonly=True, help="Key of the issue that was booked, by counter.")
    used_by = fields.Char(
        readonly=True, help="The order for which the card was presented: model,id or model,uuid."
    )

    _key_unique = models.UniqueIndex("(till_id, key)", "This card event exists already.")
    _unknown_lately = models.Index("(till_id, create_date) WHERE status = 'unknown'")
    _presented_card = models.Index("(customer_card_id, claimed_by_id) WHERE claimed_at IS NOT NULL")

    def _answer(self, duplicate=False):
        answer = {
            "key": self.key,
            "status": self.status,
            "action": self.action or "",
            "message": self.message or "",
            "event_id": self.id,
            "duplicate": duplicate,
        }
        return {**answer, **self._encode_answer()} if self.status == "encode" else answer

    def _removed(self):
        """The card was taken out of the reader; what that ends is for those who asked to hear."""

    def _mark_stale(self):
        """An event no screen took in time will not be taken any more."""
        late = self.filtered(
            lambda event: (
                event.state == "new"
                and event.presented_at < fields.Datetime.now() - timedelta(seconds=2)
            )
        )
        late.write(
            {
                "state": "stale",
                "message": self.env._(
                    "No screen took the card: nothing was booked. Open Odoo and insert it again."
                ),
            }
        )

    @api.autovacuum
    def _gc_events(self):
        self.search([("presented_at", "<", fields.Datetime.now() - KEEP)], limit=10000).unlink()
