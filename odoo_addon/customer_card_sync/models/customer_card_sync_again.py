from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

from .customer_card_sync_stream import DOCUMENTS

# For one visit of the worker, which comes every few seconds.
AT_ONCE = 500


class CustomerCardSyncAgain(models.Model):
    """A document, or a customer, that the worker reads again at its next visit."""

    _name = "customer.card.sync.again"
    _description = "To be read again"
    _log_access = False

    stream_id = fields.Many2one("customer.card.sync.stream", required=True, ondelete="cascade")
    document = fields.Char(required=True)

    _document_unique = models.UniqueIndex("(stream_id, document)")


class CustomerCardSyncStream(models.Model):
    _inherit = "customer.card.sync.stream"

    def _read_again(self, ids):
        """Have the worker read these customers again: two with one number, is one gone?"""
        self.ensure_one()
        query = SQL(
            """
            INSERT INTO customer_card_sync_again (stream_id, document)
            SELECT stream_id, document FROM customer_card_sync_line
            WHERE stream_id = %s AND foreign_id = ANY(%s) AND NOT gone
            ON CONFLICT DO NOTHING
            """,
            self.id,
            list(ids),
        )
        if ids:
            self.env.cr.execute(query)

    def _read_documents_of(self, customers):
        """Have the worker read the documents again that name these customers over there."""
        mine = self.filtered(lambda stream: stream.name in DOCUMENTS)
        if not mine:
            return
        query = SQL(
            """
            INSERT INTO customer_card_sync_again (stream_id, document)
            SELECT document.stream_id, document.key FROM customer_card_sync_document document
            WHERE document.stream_id IN %s AND document.customer = ANY(%s) AND EXISTS (
                SELECT FROM customer_card_sync_line line
                WHERE line.stream_id = document.stream_id AND line.document = document.key
                    AND NOT line.gone
            )
            ON CONFLICT DO NOTHING
            """,
            tuple(mine.ids),
            list(customers),
        )
        self.env.flush_all()
        self.env.cr.execute(query)

    def _to_read_again(self):
        """Return what the worker reads again, as ``open_source`` does."""
        if not self:
            return []
        query = SQL(
            """
            SELECT stream.name, again.document FROM customer_card_sync_again again
            JOIN customer_card_sync_stream stream ON stream.id = again.stream_id
            WHERE stream.id IN %s ORDER BY again.id LIMIT %s
            """,
            tuple(self.ids),
            AT_ONCE,
        )
        rows = self.env.execute_query(query)
        return [{"stream": stream, "document": document} for stream, document in rows]

    def _is_read_again(self, documents):
        """Forget what was read again; customers who still share a number are nobody now."""
        if not documents:
            return
        query = SQL(
            "DELETE FROM customer_card_sync_again WHERE stream_id = %s AND document = ANY(%s)"
            " RETURNING id",
            self.id,
            list(documents),
        )
        done = self.env.execute_query(query)
        again = self.env["customer.card.sync.again"]
        if not done or self.name != "customer" or again.search_count([("stream_id", "=", self.id)]):
            return
        # All of them were read: whoever is not alone with a number now will not be soon.
        rivals = self.env["customer.card.sync.link"]._rivals_of(self.source_id)
        rivals._match(rivals)


class CustomerCardSyncSource(models.Model):
    _inherit = "customer.card.sync.source"

    def _tell(self, title, lines):
        """Write a note with a list to the form."""
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        body = Markup("<p>%s</p><ul>%s</ul>") % (title, items)
        self._message_log(body=body)
