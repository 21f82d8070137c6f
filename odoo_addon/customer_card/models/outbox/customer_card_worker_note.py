from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

LONGEST_S = 86400


class CustomerCardWorkerNote(models.Model):
    """Short-lived notes that the workers share: who does what. Nothing of value.

    Only for workers without Redis; with Redis the notes are there.
    """

    _name = "customer.card.worker.note"
    _description = "Note of the workers"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    value = fields.Char(readonly=True)
    until = fields.Datetime(required=True, readonly=True)

    _name_unique = models.UniqueIndex("(name)")

    @api.model
    def claim(self, name, token, seconds, over=False):
        """Note *token* unless another one stands there; with *over*, even then."""
        self.env["customer.card.outbox"]._of_worker()
        self._write_note(
            name,
            token,
            seconds,
            SQL("TRUE")
            if over
            else SQL(
                "note.value = %(token)s OR note.until < %(now)s",
                token=token,
                now=fields.Datetime.now(),
            ),
        )
        return bool(self.env.cr.rowcount)

    @api.model
    def release(self, name, token):
        """Remove the note if it is *token*."""
        notes = self.env["customer.card.outbox"]._of_worker().env[self._name]
        notes.search([("name", "=", name), ("value", "=", token)]).unlink()
        return True

    @api.model
    def put(self, name, value, seconds):
        """Note *value*."""
        self.env["customer.card.outbox"]._of_worker()
        self._write_note(name, value, seconds, SQL("TRUE"))
        return True

    @api.model
    def get(self, name):
        """Return what is noted, or nothing."""
        notes = self.env["customer.card.outbox"]._of_worker().env[self._name]
        now = fields.Datetime.now()
        return notes.search([("name", "=", name), ("until", ">=", now)], limit=1).value or ""

    @api.model
    def _write_note(self, name, value, seconds, allowed):
        until = fields.Datetime.now() + timedelta(seconds=min(int(seconds), LONGEST_S))
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_card_worker_note AS note (name, value, until)
                VALUES (%(name)s, %(value)s, %(until)s)
                ON CONFLICT (name) DO UPDATE SET value = %(value)s, until = %(until)s
                WHERE %(allowed)s
                """,
                name=str(name)[:200],
                value=str(value)[:20000],
                until=until,
                allowed=allowed,
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_notes(self):
        self.search([("until", "<", fields.Datetime.now())]).unlink()
