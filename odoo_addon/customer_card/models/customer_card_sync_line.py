import json

from odoo import fields, models
from odoo.tools import SQL


class CustomerCardSyncLine(models.Model):
    """A row of a foreign ERP as it was last read. Written by SQL: there are millions."""

    _name = "customer.card.sync.line"
    _description = "Row of a foreign ERP"
    _log_access = False

    stream_id = fields.Many2one("customer.card.sync.stream", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    foreign_id = fields.Integer(required=True)
    document = fields.Char(required=True)
    changed = fields.Char(help="The foreign ERP's time stamp, in seconds.")
    weight = fields.Float(digits=(20, 6), help="Its part of the sums that both sides compare.")
    gone = fields.Boolean(help="It was deleted there.")
    hash = fields.Char()
    data = fields.Json()

    _key_unique = models.UniqueIndex("(stream_id, key)")
    _by_foreign_id = models.Index("(stream_id, foreign_id)")
    _by_document = models.Index("(stream_id, document)")

    def _upsert(self, stream, rows):
        """Keep *rows*; return those whose content is new or differs, each once."""
        if not rows:
            return []
        query = SQL(
            """
            WITH given AS (
                SELECT DISTINCT ON (key) *, md5(data::text) AS hash
                FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(
                    key text, id integer, document text, changed text, weight numeric, data jsonb
                )
            ), old AS (
                SELECT line.key, line.hash, line.gone
                FROM customer_card_sync_line line JOIN given USING (key)
                WHERE line.stream_id = %(stream)s
            ), kept AS (
                INSERT INTO customer_card_sync_line AS line
                    (stream_id, key, foreign_id, document, changed, weight, gone, hash, data)
                SELECT %(stream)s, key, id, document, changed, weight, false, hash, data
                FROM given ORDER BY key
                ON CONFLICT (stream_id, key) DO UPDATE SET
                    document = excluded.document, changed = excluded.changed,
                    weight = excluded.weight, gone = false, hash = excluded.hash,
                    data = excluded.data
                WHERE line.hash <> excluded.hash OR line.changed <> excluded.changed
                    OR line.weight <> excluded.weight OR line.gone
            )
            SELECT given.key, given.document, given.changed, old.key IS NULL
            FROM given LEFT JOIN old USING (key)
            WHERE old.key IS NULL OR old.gone OR old.hash <> given.hash
            """,
            rows=json.dumps(rows),
            stream=stream.id,
        )
        by_key = {row["key"]: row for row in rows}
        found = self.env.execute_query(query)
        self.invalidate_model()
        return [
            {
                "document": document,
                "changed": changed,
                "is_new": is_new,
                "data": by_key[key]["data"],
            }
            for key, document, changed, is_new in found
        ]

    def _drop_missing(self, stream, page):
        """Mark what the page speaks for and does not name; return the documents concerned."""
        named = [row["key"] for row in [*page["rows"], *page["rejects"]]]
        if page.get("ids"):
            low, high = page["ids"]
            scope = SQL("foreign_id > %s AND foreign_id <= %s", low, high)
        elif page.get("documents"):
            scope = SQL("document = ANY(%s)", list(page["documents"]))
        else:
            return set()
        query = SQL(
            """
            UPDATE customer_card_sync_line SET gone = true
            WHERE stream_id = %s AND NOT gone AND %s AND NOT (key = ANY(%s))
            RETURNING document
            """,
            stream.id,
            scope,
            named,
        )
        found = self.env.execute_query(query)
        self.invalidate_model()
        return {document for (document,) in found}
