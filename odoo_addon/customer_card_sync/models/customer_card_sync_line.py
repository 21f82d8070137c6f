import json
from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from .customer_card_sync_stream import EARNING


def fitting(page):
    """Return the keys of the rows of a page that fit its mapping."""
    return [row["data"]["key"] for row in json.loads(page["rows"])]


def named(stream, documents):
    """Return a table ``named`` of stream_id and document, to join with.

    The stream is a column of it, as in all of these statements. Of a constant that is not in its
    statistics yet PostgreSQL would think that it has few rows, and read all of them for each page.
    """
    return SQL(
        "(SELECT %s AS stream_id, jsonb_array_elements_text(%s) AS document) named",
        stream.id,
        json.dumps(sorted(documents)),
    )


def by_document(rows):
    """Return ``{document: ids}`` of rows ``(document, id)``."""
    found = defaultdict(list)
    for document, number in rows:
        found[document].append(number)
    return dict(found)


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
    digest = fields.Integer(help="A number made of what counts; it sees what sums do not.")
    gone = fields.Boolean(help="It was deleted there.")
    missing = fields.Boolean(help="The last comparison did not see it; it counts all the same.")
    data = fields.Json()

    _key_unique = models.UniqueIndex("(stream_id, key)")
    _by_foreign_id = models.Index("(stream_id, foreign_id)")
    _by_document = models.Index("(stream_id, document)")
    _missing = models.Index("(stream_id, document) WHERE missing")

    def _upsert(self, stream, rows, *, compared=False):
        """Keep *rows*; say what is new in them or differs. One statement, without a row in Python.

        :param rows: JSON text ``[{"id", "changed", "weight", "digest", "data"}]``, as it was sent
        :param compared: they were read to repair a difference; else one that was read before what
            is kept, and came later, is left out
        :return: ``{"new", "changed"}`` how many rows, ``"documents"`` these are in or were in,
            ``"earliest"`` of their time stamps, ``"records"`` what they hold now
        """
        query = SQL(
            """
            WITH page AS MATERIALIZED (
                SELECT DISTINCT ON (id) %(stream)s AS stream_id, (row->>'id')::integer AS id,
                    row->>'changed' AS changed, (row->>'weight')::numeric AS weight,
                    (row->>'digest')::integer AS digest,
                    row->'data' AS data, row->'data'->>'key' AS key,
                    row->'data'->>'document' AS document
                FROM jsonb_array_elements(%(rows)s::jsonb) WITH ORDINALITY AS sent(row, place)
                ORDER BY id, place DESC
            ), judged AS MATERIALIZED (
                SELECT page.*, old.key IS NULL AS is_new,
                    COALESCE(old.document, page.document) AS was_in,
                    old.data IS DISTINCT FROM page.data OR old.gone AS differs,
                    old.changed IS DISTINCT FROM page.changed OR old.missing
                        OR old.digest IS DISTINCT FROM page.digest
                        OR abs(COALESCE(old.weight, 0) - page.weight) >= 1e-6 AS moved
                FROM page LEFT JOIN customer_card_sync_line old
                    ON old.stream_id = page.stream_id AND old.key = page.key
                WHERE old.key IS NULL OR old.gone OR %(compared)s
                    OR page.changed COLLATE "C" >= old.changed
            ), written AS (
                INSERT INTO customer_card_sync_line
                    (stream_id, key, foreign_id, document, changed, weight, digest, gone, data)
                SELECT stream_id, key, id, document, changed, weight, digest, false, data
                FROM judged WHERE differs OR moved ORDER BY id
                ON CONFLICT (stream_id, key) DO UPDATE SET
                    document = excluded.document, changed = excluded.changed,
                    weight = excluded.weight, digest = excluded.digest, gone = false,
                    missing = false, data = excluded.data
            )
            SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
                array_agg(DISTINCT document COLLATE "C") || array_agg(DISTINCT was_in COLLATE "C"),
                min(NULLIF(changed, '') COLLATE "C"), jsonb_agg(data) FILTER (WHERE %(records)s)
            FROM judged WHERE differs
            """,
            rows=rows,
            stream=stream.id,
            compared=compared,
            records=stream.name not in EARNING,
        )
        ((new, changed, documents, earliest, records),) = self.env.execute_query(query)
        self.invalidate_model()
        return {
            "new": new,
            "changed": changed,
            "documents": set(documents or ()),
            "earliest": earliest,
            "records": records or [],
        }

    def _drop_missing(self, stream, page):
        """Mark what the page speaks for and does not name.

        What a comparison does not find is missing, until all of it is known, see
        ``customer_card_sync_missing``; what a document that was read again does not have is gone.

        :return: ids of the rows that are gone, by document, and of how many documents some miss
        """
        if page.get("ids"):
            known = SQL("(SELECT %s AS stream_id) named", stream.id)
            scope = SQL("line.foreign_id > %s AND line.foreign_id <= %s", *page["ids"])
            mark = SQL("missing")
        elif page.get("documents"):
            known = named(stream, page["documents"])
            scope = SQL("line.document = named.document")
            mark = SQL("gone")
        else:
            return {}, 0
        query = SQL(
            """
            UPDATE customer_card_sync_line line SET %(mark)s = true FROM %(known)s
            WHERE line.stream_id = named.stream_id AND %(scope)s AND NOT line.gone
                AND line.%(mark)s IS NOT TRUE AND NOT (line.key = ANY(%(named)s))
            RETURNING line.document, line.foreign_id
            """,
            mark=mark,
            known=known,
            scope=scope,
            named=[*fitting(page), *(row["key"] for row in page["rejects"])],
        )
        found = self.env.execute_query(query)
        self.invalidate_model()
        if page.get("ids"):
            return {}, len(by_document(found))
        return by_document(found), 0
