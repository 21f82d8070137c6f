import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

PAGE = 2000
ERROR = 2000
PULLED = ("id", "stream", "model", "res_id", "event")
RETRY = (10, 60, 300, 1800, 7200)
# A day and a half of trying; then somebody has to look and to press the button.
LAST_ATTEMPT = 20


class CustomerCardOutbox(models.Model):
    """What the worker still has to do. A row disappears in the call that books its result."""

    _name = "customer.card.outbox"
    _description = "Outbox"
    _order = "id"

    stream = fields.Selection(
        [
            ("issue", "Issue → stock move"),
            ("push", "Issue → stock of another ERP"),
            ("sale", "Sale → points"),
        ],
        required=True,
        readonly=True,
    )
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    event = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("pending", "Waiting"), ("failed", "Failed"), ("dead", "Given up")],
        default="pending",
        required=True,
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    error = fields.Text(readonly=True)
    retry_at = fields.Datetime(readonly=True)
    document = fields.Char(compute="_compute_document")

    _due = models.Index("(stream, id)")

    @api.depends("model", "res_id")
    def _compute_document(self):
        for row in self:
            record = (
                self.env[row.model].sudo().browse(row.res_id).exists()
                if row.model in self.env
                else None
            )
            row.document = record.display_name if record else f"{row.model},{row.res_id}"

    @api.model
    def _add(self, stream, records, event):
        """Note *records* for the worker, in the transaction that changed them."""
        return self.sudo().create(
            [
                {
                    "stream": stream,
                    "model": records._name,
                    "res_id": record.id,
                    "event": event,
                    "company_id": (record.company_id or self.env.company).id,
                }
                for record in records
            ]
        )

    def action_retry(self):
        """Let the worker try again at once."""
        self.env["customer.till"]._check_seller()
        self.check_access("read")  # of one's own companies only
        self.sudo().write({"state": "pending", "retry_at": False})

    # --- worker -----------------------------------------------------------------------

    @api.model
    def _of_worker(self):
        """Return the outbox for the calling worker; what fails is noted in the user's language.

        :raises AccessError: no worker user, or companies that this user may not act for
        """
        outbox = self.with_context(lang=self.env.user.lang)
        if not self.env.su and not self.env.user.has_group("customer_card.group_worker"):
            raise AccessError(
                outbox.env._("This user is not a worker user. Ask your administrator.")
            )
        # Asked before sudo, which would believe the companies that a client names.
        companies = self.env.companies.ids
        return outbox.sudo().with_context(allowed_company_ids=companies)

    @api.model
    def pull(self, streams, limit=500, worker="", version=""):
        """Return ``{"now", "backlog", "lag_s", "rows"}``: rows that are due. Claims nothing.

        Also the worker's sign of life.

        :return: ``lag_s`` is the age of the oldest of these rows
        """
        outbox = self._of_worker()
        now = fields.Datetime.now()
        outbox.env["customer.card.worker"]._beat(str(worker)[:80] or "worker", str(version)[:40])
        due = [
            ("stream", "in", [str(stream) for stream in streams]),
            ("company_id", "in", outbox.env.companies.ids),
            ("state", "!=", "dead"),
            "|",
            ("retry_at", "=", False),
            ("retry_at", "<=", now),
        ]
        # Straight from the table: a worker that is behind asks for thousands, and needs no records.
        wanted = [outbox._field_to_sql(outbox._table, name) for name in (*PULLED, "create_date")]
        limit = max(1, min(int(limit), PAGE))
        query = outbox._search(due, order="stream, id", limit=limit)
        found = self.env.execute_query(query.select(*wanted))
        rows = [dict(zip(PULLED, row[:-1], strict=True)) for row in found]
        backlog = len(rows) if len(rows) < limit else outbox.search_count(due, limit=100000)
        return {
            "now": fields.Datetime.to_string(now),
            "backlog": backlog,
            "lag_s": (now - min([row[-1] for row in found], default=now)).total_seconds(),
            "rows": rows,
        }

    def book_issues(self):
        """Book the goods issues of these rows and delete the rows, in one transaction.

        :return: ``{"done": [ids], "failed": [{"id", "error"}], "busy": [ids]}``; safe to repeat
        """
        return self._of_worker()._settle(lambda row: row._checked("issue")._book_issue())

    def settle_sales(self, documents=(), rejects=()):
        """Book the points of the documents these rows name and delete the rows, in one transaction.

        The worker says which documents; what they are worth the server reads itself. A document
        that is gone or does not count any more takes back what was earned.

        :param documents: not read; workers of earlier versions send lines here
        :param rejects: ``[{"id", "error"}]`` rows of any stream the worker could not handle
        :return: as :meth:`book_issues`; safe to repeat
        """
        refused = {
            reject.get("id"): str(reject.get("error"))[:ERROR]
            for reject in rejects
            if isinstance(reject, dict)
        }

        def settle(row):
            if row.id in refused:
                raise UserError(refused[row.id])
            return row._book_issue() if row.stream == "issue" else row._checked("sale")._book_sale()

        return self._of_worker()._settle(settle)

    def _settle(self, book):
        """Lock the rows that are free, book each in its own savepoint, delete the booked ones."""
        ids = self.ids
        if not ids:
            return {"done": [], "failed": [], "busy": []}
        locked = self.env.execute_query(
            SQL(
                "SELECT id FROM customer_card_outbox WHERE id IN %s"
                " ORDER BY id FOR UPDATE SKIP LOCKED",
                tuple(ids),
            )
        )
        rows = self.browse(row[0] for row in locked)
        busy = set(self.search([("id", "in", ids)]).ids) - set(rows.ids)
        failed = []
        for row in rows:
            if refusal := row._refusal():
                _logger.warning("Outbox row %s: user %s: %s", row.id, self.env.uid, refusal)
                failed.append({"id": row.id, "error": refusal})
        rows -= rows.browse(failure["id"] for failure in failed)
        for row in rows:
            try:
                with self.env.cr.savepoint():
                    book(row)
            except OperationalError:
                raise  # a conflict with another transaction: Odoo repeats the whole call
            except Exception as error:  # noqa: BLE001 one bad row must not stop the others
                row._note_failure(str(error))
                failed.append({"id": row.id, "error": str(error)})
        kept = {failure["id"] for failure in failed} | busy
        (rows.browse(row.id for row in rows if row.id not in kept)).unlink()
        return {
            "done": [one for one in ids if one not in kept],
            "failed": failed,
            "busy": sorted(busy),
        }

    def _refusal(self):
        """Return the sentence why the calling worker may not settle this row at all, or ""."""
        if self.company_id not in self.env.companies:
            return self.env._("This row belongs to a company that this user does not act for.")
        if self.state == "dead":
            return self.env._("This row was given up. Somebody has to press 'Retry' first.")
        return ""

    def _checked(self, stream):
        if self.stream != stream:
            raise UserError(self.env._("This row is not one of those that this call settles."))
        return self

    def _book_sale(self):
        """Let the points of this row's document be what the document is worth now.

        :raises UserError: the document cannot be read, or belongs to another company
        """
        if self.model not in self.env:
            raise UserError(self.env._("The app that %s belongs to is not installed.", self.model))
        company = self.company_id
        record = self.env[self.model].with_company(company).browse(self.res_id).exists()
        lines = []
        if record and hasattr(record, "_earning_lines"):
            if record.company_id != company:
                raise UserError(
                    self.env._("%s belongs to another company than this row.", self.document)
                )
            lines = record._earning_lines()
        cards = self.env["loyalty.card"].with_company(company)
        return cards._settle_document(
            self.model, self.res_id, lines, record.display_name if record else ""
        )

    def _book_issue(self):
        """Book the goods issue this row stands for; a module that keeps the stock can.

        :raises UserError: that module was removed before it moved these goods
        """
        raise UserError(
            self.env._(
                "No stock move came of this issue: the module that makes them was removed. Book the"
                " stock by hand."
            )
        )

    def _note_failure(self, error):
        self.ensure_one()
        attempts = self.attempts + 1
        delay = RETRY[min(attempts, len(RETRY)) - 1]
        _logger.warning("Outbox row %s (%s,%s): %s", self.id, self.model, self.res_id, error)
        self.write(
            {
                "state": "dead" if attempts % LAST_ATTEMPT == 0 else "failed",
                "attempts": attempts,
                "error": error,
                "retry_at": fields.Datetime.now() + timedelta(seconds=delay),
            }
        )
