import json

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_card_sync_line import fitting


class CustomerCardSyncReject(models.Model):
    """A row of a foreign ERP that does not fit the mapping. It stops nobody and waits here."""

    _name = "customer.card.sync.reject"
    _description = "Rejected row"
    _order = "id desc"
    _rec_name = "key"

    stream_id = fields.Many2one(
        "customer.card.sync.stream", required=True, readonly=True, ondelete="cascade"
    )
    source_id = fields.Many2one(related="stream_id.source_id", store=True, index=True)
    key = fields.Char(required=True, readonly=True, string="Row")
    document = fields.Char(required=True, readonly=True)
    raw = fields.Text(readonly=True, string="As it was read")
    reasons = fields.Text(readonly=True)
    attempts = fields.Integer(readonly=True, default=1)
    state = fields.Selection(
        [("open", "Waiting for a correction"), ("retry", "Is tried again")],
        default="open",
        required=True,
        readonly=True,
    )

    _key_unique = models.UniqueIndex("(stream_id, key)")
    _by_document = models.Index("(stream_id, document)")

    def action_retry(self):
        """Let the worker read the row again at its next visit."""
        self.env["customer.till"]._check_seller()
        self.check_access("read")  # of one's own companies only
        self.sudo().write({"state": "retry"})

    @api.model
    def _try_kept_again(self, source):
        """Let the worker read rejected rows again of which an older version is kept here.

        A comparison takes them for equal; those that were never kept it reads again by itself.
        """
        query = SQL(
            """
            UPDATE customer_card_sync_reject reject SET state = 'retry'
            FROM customer_card_sync_line line
            WHERE reject.source_id = %s AND line.stream_id = reject.stream_id
                AND line.key = reject.key AND NOT line.gone
            """,
            source.id,
        )
        self.env.flush_all()
        self.env.cr.execute(query)
        self.invalidate_model(["state"])

    @api.model
    def _within(self, stream, ids):
        """Return the rejects of a range of ids: rows that were deleted there hold nothing back."""
        if not ids:
            return self
        query = SQL(
            """
            SELECT id FROM customer_card_sync_reject
            WHERE stream_id = %s AND split_part(key, ':', 2)::bigint > %s
                AND split_part(key, ':', 2)::bigint <= %s
            """,
            stream.id,
            *ids,
        )
        return self.browse(one for (one,) in self.env.execute_query(query))

    @api.model
    def _replace(self, stream, page):
        """Note the page's rejects, forget those that fit now; return the documents set free."""
        if not page["rejects"] and not self.search_count([("stream_id", "=", stream.id)], limit=1):
            return set()
        keys = [reject["key"] for reject in page["rejects"]]
        documents = list(page.get("documents") or ())
        domain = [("stream_id", "=", stream.id)]
        mine = self.search(
            [*domain, "|", ("key", "in", [*keys, *fitting(page)]), ("document", "in", documents)]
        )
        mine |= self._within(stream, page.get("ids"))
        known = {reject.key: reject for reject in mine}
        for row in page["rejects"]:
            values = {
                "document": row["document"],
                "raw": json.dumps(row["raw"], indent=1, sort_keys=True, default=str),
                "reasons": "\n".join(
                    f"{name}: {' '.join(why)}" for name, why in sorted(row["reasons"].items())
                ),
                "state": "open",
            }
            if old := known.get(row["key"]):
                old.write({**values, "attempts": old.attempts + 1})
            else:
                self.create({**values, "stream_id": stream.id, "key": row["key"]})
        over = mine.filtered(lambda reject: reject.key not in keys)
        freed = set(over.mapped("document"))
        over.unlink()
        return freed
