from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

EARNING = ("invoice_line", "pos_line")
LINKED = ("customer", "product")
MOVES = "stock_move"
DOCUMENTS = (*EARNING, MOVES)
LANES = {"live": "position", "history": "history"}


class CustomerCardSyncStream(models.Model):
    """One kind of rows of a foreign ERP: how far it was read, and what is kept of it."""

    _name = "customer.card.sync.stream"
    _description = "Rows of a foreign ERP"
    _order = "id"

    source_id = fields.Many2one("customer.card.sync.source", required=True, ondelete="cascade")
    name = fields.Selection(
        [
            ("customer", "Customers"),
            ("product", "Articles"),
            ("invoice_line", "Invoice lines"),
            ("pos_line", "Counter sales"),
            ("stock_move", "Stock moves"),
        ],
        required=True,
    )
    position = fields.Char()
    history = fields.Char()
    scanned_until = fields.Datetime(string="Read until")
    lag_seconds = fields.Integer(compute="_compute_lag", string="Lag (s)")
    progress = fields.Float(string="History read (%)")
    lines = fields.Integer(string="Rows booked")
    rate = fields.Float(string="Rows per second", help="Of the last page that brought something.")
    lateness = fields.Integer(
        string="Latest commit (s)",
        help="How long after its time stamp a change became visible, at most. The worker's window"
        " must be longer.",
    )
    reject_count = fields.Integer(compute="_compute_reject_count", string="Rejected rows")
    turn = fields.Integer(readonly=True)

    _name_unique = models.UniqueIndex("(source_id, name)")

    @api.depends("scanned_until")
    def _compute_lag(self):
        now = fields.Datetime.now()
        for stream in self:
            stream.lag_seconds = (
                (now - stream.scanned_until).total_seconds() if stream.scanned_until else 0
            )

    def _compute_reject_count(self):
        rejects = self.env["customer.card.sync.reject"].sudo()
        for stream in self:
            stream.reject_count = rejects.search_count([("stream_id", "=", stream.id)])

    def _lock_position(self, lane):
        """Return the lane's position; who waits for it here sees the winner's, or is repeated."""
        self.flush_recordset()
        column = SQL.identifier(LANES[lane])
        query = SQL(
            "SELECT %s FROM customer_card_sync_stream WHERE id = %s FOR UPDATE", column, self.id
        )
        return self.env.execute_query(query)[0][0] or ""

    def _take_turn(self):
        """Let those who learn who is who and those who bring documents follow each other.

        At the same moment the one would settle documents as they were, the other new ones without
        the new counterpart, and neither would see what the other did. So all of them change the
        same row: the second fails and is repeated (law 5).
        """
        if not self:
            return
        ids = tuple(self.ids)
        lock = "SELECT id FROM customer_card_sync_stream WHERE id IN %s ORDER BY id FOR UPDATE"
        count = "UPDATE customer_card_sync_stream SET turn = COALESCE(turn, 0) + 1 WHERE id IN %s"
        self.env.cr.execute(SQL(lock, ids), log_exceptions=False)
        self.env.cr.execute(SQL(count, ids), log_exceptions=False)

    def _move(self, lane, position, status, counts):
        values = {LANES[lane]: position, "lines": self.lines + counts["new"] + counts["changed"]}
        if status.get("scanned"):
            values["scanned_until"] = status["scanned"]
        if "progress" in status:
            values["progress"] = status["progress"]
        if counts["new"] + counts["changed"] and status.get("seconds"):
            values["rate"] = (counts["new"] + counts["changed"]) / status["seconds"]
        if counts["lateness"] > self.lateness:
            values["lateness"] = counts["lateness"]
        self.write(values)

    def _keep(self, page, since):
        """Keep rows, rejects and disappearances; settle the documents that they change."""
        lines = self.env["customer.card.sync.line"]
        kept = lines._upsert(self, page["rows"], compared=bool(page.get("ids")))
        gone, missing = lines._drop_missing(self, page)
        if self.name in DOCUMENTS and page["rejects"]:
            self._take_turn()
        rejected = self.env["customer.card.sync.reject"]._replace(self, page)
        documents = kept["documents"] | gone.keys() | rejected
        # Their other rows may have come with an earlier page.
        documents |= {reject["document"] for reject in page["rejects"]}
        if self.name in LINKED:
            links = self.env["customer.card.sync.link"]
            links._learn(self, kept["records"])
            links._forget(self, gone)
        self._is_read_again(page.get("documents"))
        outcome = {"settled": 0, "failed": 0}
        if self.name in EARNING:
            outcome = self.env["customer.card.sync.document"]._refresh(self, documents)
        elif self.name == MOVES:
            moves = self.env["customer.card.sync.document"]
            issues = {one["document"] for one in kept["records"] if moves._concerns_issues(one)}
            outcome = moves._refresh_issues(self, documents, issues)
        # Only a row that the scans before could not see yet tells how late a commit was.
        late = since and kept["earliest"] and _time(since) - _time(kept["earliest"])
        return {
            "new": kept["new"],
            "changed": kept["changed"],
            "gone": len(gone) + missing,
            "lateness": max(0, late.total_seconds()) if late else 0,
            **outcome,
        }

    def _sums(self, low, high):
        query = SQL(
            """
            SELECT count(*), COALESCE(sum(weight), 0), COALESCE(max(changed), '')
            FROM customer_card_sync_line
            WHERE stream_id = %s AND foreign_id > %s AND foreign_id <= %s
                AND NOT gone AND missing IS NOT TRUE
            """,
            self.id,
            low,
            high,
        )
        count, weight, changed = self.env.execute_query(query)[0]
        return [count, float(weight), changed]

    def _digests(self, low, high):
        # A row that was kept before there were digests differs, and is read again.
        query = SQL(
            """
            SELECT count(*), COALESCE(sum(COALESCE(digest, -1)), 0) FROM customer_card_sync_line
            WHERE stream_id = %s AND foreign_id > %s AND foreign_id <= %s
                AND NOT gone AND missing IS NOT TRUE
            """,
            self.id,
            low,
            high,
        )
        count, digest = self.env.execute_query(query)[0]
        return [count, int(digest)]


def _time(stamp):
    return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S")
