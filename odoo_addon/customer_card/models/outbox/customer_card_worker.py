from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

SILENT_AFTER = timedelta(minutes=1)
BEAT = timedelta(seconds=10)


class CustomerCardWorker(models.Model):
    """The worker processes that report here; the newest sign of life is what counts."""

    _name = "customer.card.worker"
    _description = "Worker"
    _order = "last_seen_at desc"

    name = fields.Char(required=True, readonly=True)
    version = fields.Char(readonly=True)
    last_seen_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("silent", "Silent")], compute="_compute_state"
    )

    _name_unique = models.UniqueIndex("(name)")

    def _compute_state(self):
        now = fields.Datetime.now()
        for worker in self:
            seen = worker.last_seen_at
            worker.state = "running" if seen and seen > now - SILENT_AFTER else "silent"

    @api.model
    def _is_silent(self):
        """Return whether no worker has asked for work within the last minute."""
        newest = self.sudo().search([], limit=1)
        return newest.state != "running"

    @api.model
    def _beat(self, name, version):
        """Note a sign of life, at most every ten seconds: polling must stay cheap."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_card_worker (name, version, last_seen_at)
                VALUES (%(name)s, %(version)s, %(now)s)
                ON CONFLICT (name) DO UPDATE SET version = %(version)s, last_seen_at = %(now)s
                WHERE customer_card_worker.last_seen_at < %(before)s
                """,
                name=name,
                version=version,
                now=now,
                before=now - BEAT,
            )
        )

    @api.autovacuum
    def _gc_silent(self):
        self.search([("last_seen_at", "<", fields.Datetime.now() - timedelta(days=1))]).unlink()
