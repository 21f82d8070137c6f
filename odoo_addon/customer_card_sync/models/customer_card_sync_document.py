import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import POINTS, exact
from odoo.tools import SQL

from ..exceptions import TooManyPoints
from .customer_card_sync_line import named
from .customer_card_sync_stream import MOVES

_logger = logging.getLogger(__name__)
# A call settles for so long; what is left is due. Odoo ends requests after 120 s, and workers give
# up earlier, while the documents that one article names may take minutes.
SLICE_S = 5.0
# Half a receipt: a row was rejected that was never kept.
HALF = """EXISTS (
    SELECT FROM customer_card_sync_reject reject
    WHERE reject.stream_id = document.stream_id AND reject.document = document.key
        AND NOT EXISTS (
            SELECT FROM customer_card_sync_line line
            WHERE line.stream_id = reject.stream_id AND line.key = reject.key
                AND line.document = reject.document AND NOT line.gone
        )
)"""
# An issue that no counter takes has to be seen; few moves are issues, and no invoice is one.
ISSUED = """(
    document.stream_id IN (SELECT id FROM customer_card_sync_stream WHERE name = 'stock_move')
    AND EXISTS (
        SELECT FROM customer_card_sync_line line
        WHERE line.stream_id = document.stream_id AND line.document = document.key
            AND NOT line.gone AND line.data->>'purpose' = 'issue'
    )
)"""


class CustomerCardSyncDocument(models.Model):
    """An invoice, counter sale or issue of a foreign ERP: what its points or pieces stand on."""

    _name = "customer.card.sync.document"
    _description = "Document of a foreign ERP"
    _order = "id desc"

    stream_id = fields.Many2one(
        "customer.card.sync.stream", required=True, readonly=True, ondelete="cascade"
    )
    source_id = fields.Many2one(related="stream_id.source_id", store=True, index=True)
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(readonly=True, string="Number")
    date = fields.Date(readonly=True)
    customer = fields.Integer(readonly=True, help="Its id in the foreign ERP.")
    state = fields.Selection(
        [("settled", "Settled"), ("failed", "Failed")], default="settled", readonly=True
    )
    error = fields.Text(readonly=True)
    basis = fields.Char(readonly=True, help="Fingerprint of what its points stand on.")
    earned = fields.Float(digits=POINTS, readonly=True)
    due = fields.Boolean(readonly=True, help="The worker settles it next.")

    _key_unique = models.UniqueIndex("(stream_id, key)")
    _by_customer = models.Index("(source_id, customer)")
    _failed = models.Index("(source_id) WHERE state = 'failed'")
    _due = models.Index("(source_id, id) WHERE due")

    def action_retry(self):
        """Book again what could not be booked."""
        self.env["customer.till"]._check_seller()
        self.check_access("read")  # of one's own companies only
        self.sudo()._settle()

    @api.model
    def _refresh(self, stream, keys):
        """Note the documents whose lines changed and settle them."""
        if not keys:
            return {"settled": 0, "failed": 0}
        left = self._of_gone_customers(stream, keys)
        query = SQL(
            """
            INSERT INTO customer_card_sync_document
                (stream_id, source_id, key, name, date, customer, state, create_date, write_date)
            SELECT DISTINCT ON (document) stream_id, %(source)s, document,
                COALESCE(data->>'number', data->>'origin'), (data->>'date')::date,
                (data->>'customer')::integer, 'settled',
                now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
            FROM %(named)s JOIN customer_card_sync_line line USING (stream_id, document)
            ORDER BY document, gone, foreign_id
            ON CONFLICT (stream_id, key) DO UPDATE SET
                name = excluded.name, date = excluded.date, customer = excluded.customer,
                write_date = excluded.write_date
            RETURNING id
            """,
            source=stream.source_id.id,
            named=named(stream, keys),
        )
        ids = [one for (one,) in self.env.execute_query(query)]
        self.invalidate_model()
        outcome = self.browse(ids)._settle()
        self._tell_merged(stream.source_id, left)
        return outcome

    @api.model
    def _refresh_issues(self, stream, keys, issues):
        """Note the stock moves that are issues or returns, or were, and settle them."""
        known = self.search([("stream_id", "=", stream.id), ("key", "in", list(keys))])
        return self._refresh(stream, issues | set(known.mapped("key")))

    @api.model
    def _naming(self, source, articles):
        """Return the documents with a line over one of these articles."""
        query = SQL(
            """
            SELECT document.id FROM customer_card_sync_document document
            JOIN customer_card_sync_line line
                ON line.stream_id = document.stream_id AND line.document = document.key
            WHERE document.source_id = %s AND (line.data->>'product')::integer = ANY(%s)
            GROUP BY document.id
            """,
            source.id,
            articles,
        )
        return self.browse(one for (one,) in self.env.execute_query(query))

    def _settle_in_turn(self):
        """Let the points of these documents be what their lines are worth now.

        Most documents belong to nobody who collects points: they are left out by one query. What
        a call has no time for is due, see :meth:`_settle_due`.
        """
        self.stream_id._take_turn()
        collecting = self._collecting()
        until = time.monotonic() + SLICE_S
        outcome = {True: [], False: []}
        with self._counting_days():
            for number, document in enumerate(collecting):
                if number and time.monotonic() > until:
                    break
                outcome[document._settle_safely()].append(document.id)
        settled, failed = outcome[True], outcome[False]
        self.browse(settled)._note_basis()
        self._note_due(collecting.ids[len(settled) + len(failed) :])
        return {"settled": len(settled), "failed": len(failed)}

    def _settle_safely(self):
        """Settle one document; return False where it cannot be booked, for a reason of its own."""
        try:
            with self.env.cr.savepoint():
                self._settle_one()
        except OperationalError:
            raise  # a conflict with another transaction: Odoo repeats the whole call
        except Exception as error:  # noqa: BLE001 one bad document must not stop the others
            _logger.warning("%s %s: %s", self.source_id.name, self.key, error)
            self._note_refusal(error)
            return False
        if self.state == "failed":
            self.write({"state": "settled", "error": False})
        return True

    def _note_refusal(self, error):
        self.write({"state": "failed", "error": str(error)})
        if isinstance(error, TooManyPoints):
            self.source_id._tell_unusual(self.name or self.key, str(error))

    def _settle_one(self):
        lines = self.env["customer.card.sync.line"] if self._is_half() else self._lines()
        links = self.env["customer.card.sync.link"]
        documents = [line.data for line in lines]
        ours = links._translate(self.source_id, documents)
        cards = self.env["loyalty.card"].with_company(self.source_id.company_id)
        if self.stream_id.name == MOVES:
            cards._settle_foreign_move(self, ours)
        else:
            more = cards._settle_document(self._name, self.id, ours, self.name or self.key)
            self._check_limits(more or exact(0))

    def _lines(self):
        return self.env["customer.card.sync.line"].search(
            [
                ("stream_id", "=", self.stream_id.id),
                ("document", "=", self.key),
                ("gone", "=", False),
            ]
        )

    def _is_half(self):
        query = "SELECT FROM customer_card_sync_document document WHERE id = %s AND " + HALF
        return bool(self.env.execute_query(SQL(query, self.id)))

    def _of_collectors(self):
        """Return those whose customer collects points, or whose points were booked before.

        A document with a rejected row waits for it: half a receipt earns no points, and loses
        those that its other half has brought, perhaps with an earlier page.
        """
        if not self:
            return self
        self.env.flush_all()
        query = SQL(
            f"""
            SELECT document.id FROM customer_card_sync_document document
            CROSS JOIN LATERAL (SELECT
                EXISTS (
                    SELECT FROM customer_card_sync_reject reject
                    WHERE reject.stream_id = document.stream_id AND reject.document = document.key
                ) AS waits,
                EXISTS (
                    SELECT FROM loyalty_card_entry entry
                    WHERE entry.origin_model = %s AND entry.origin_id = document.id
                ) AS is_booked
            ) known
            WHERE document.id IN %s AND CASE WHEN waits THEN is_booked AND {HALF}
                ELSE is_booked OR document.state = 'failed' OR {ISSUED} OR EXISTS (
                    SELECT FROM customer_card_sync_link link
                    JOIN loyalty_card card ON card.partner_id = link.partner_id
                        AND card.is_enrolment
                    JOIN loyalty_program program ON program.id = card.program_id
                        AND program.kind IN ('points', 'bonus_item')
                    WHERE link.source_id = document.source_id AND link.kind = 'customer'
                        AND link.foreign_id = document.customer
                ) END
            ORDER BY document.id
            """,
            self._name,
            tuple(self.ids),
        )
        return self.browse(one for (one,) in self.env.execute_query(query))
