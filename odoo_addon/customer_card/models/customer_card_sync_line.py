import hashlib
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

    def _upsert(self, stream, rows, *, compared=False):
        """Keep *rows*; return those whose content is new or differs, each once.

        :param compared: they were read to repair a difference; else one that was read before what
            is kept, and came later, is left out
        """
        rows = list({row["key"]: row for row in rows}.values())
        known = self._known(stream, [row["key"] for row in rows])
        written, changed = [], []
        for row in rows:
            content = json.dumps(row["data"], sort_keys=True)
            row = {**row, "hash": hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()}
            old = known.get(row["key"])
            if old and not old["gone"] and not compared and row["changed"] < old["changed"]:
                continue
            if old is None or old["gone"] or old["hash"] != row["hash"]:
                was_in = old["document"] if old else row["document"]
                changed.append({**row, "is_new": old is None, "was_in": was_in})
            elif old["changed"] == row["changed"] and abs(old["weight"] - row["weight"]) < 1e-6:
                continue
            written.append(row)
        self._write_rows(stream, written)
        return changed

    def _known(self, stream, keys):
        """Return what is kept of these keys. Looked up by the list of keys, not by a join: a new
        table has no statistics, and PostgreSQL would compare every row with every row."""
        query = SQL(
            """
            SELECT key, hash, gone, changed, weight, document FROM customer_card_sync_line
            WHERE stream_id = %s AND key = ANY(%s)
            """,
            stream.id,
            keys,
        )
        names = ("hash", "gone", "changed", "weight", "document")
        known = {
            key: dict(zip(names, values, strict=True))
            for key, *values in self.env.execute_query(query)
        }
        for one in known.values():
            one["weight"] = float(one["weight"] or 0)
        return known

    def _write_rows(self, stream, rows):
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_card_sync_line
                    (stream_id, key, foreign_id, document, changed, weight, gone, hash, data)
                SELECT %s, key, id, document, changed, weight, false, hash, data
                FROM jsonb_to_recordset(%s::jsonb) AS row(
                    key text, id integer, document text, changed text, weight numeric,
                    hash text, data jsonb
                ) ORDER BY key
                ON CONFLICT (stream_id, key) DO UPDATE SET
                    document = excluded.document, changed = excluded.changed,
                    weight = excluded.weight, gone = false, hash = excluded.hash,
                    data = excluded.data
                """,
                stream.id,
                json.dumps(rows),
            )
        )
        self.invalidate_model()

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
