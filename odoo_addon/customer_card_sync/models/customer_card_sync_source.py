from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.customer_card.lib.quick_repeat import repeated
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

SILENT_AFTER = timedelta(minutes=10)
RECONCILE_AFTER = timedelta(hours=20)
RETRIES = 200
# What the worker reads first: customers and articles have to be known before their documents.
STREAMS = ("customer", "product", "invoice_line", "pos_line", "stock_move")


class CustomerCardSyncSource(models.Model):
    """A foreign ERP whose documents the worker brings here; it needs no app of ours."""

    _name = "customer.card.sync.source"
    _inherit = ["mail.thread", "mail.activity.mixin", "customer.card.server.fields"]
    _description = "Foreign ERP"
    _order = "name"

    name = fields.Char(
        required=True, help="As the worker's settings call it, under 'sources'.", index=True
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    article_id = fields.Many2one(
        "product.product",
        string="Unknown articles count as",
        help="Earns the points of articles that nobody has here. Empty: they earn nothing.",
    )
    service_id = fields.Many2one(
        "product.product",
        string="Unknown services count as",
        domain=[("type", "=", "service")],
        help="Earns the points of services that nobody has here. Empty: they earn nothing.",
    )
    max_points_document = fields.Integer(
        string="Points per receipt, at most",
        default=1_000_000,
        help="A receipt over more waits as not booked, and a manager is told. 0: any number.",
    )
    max_points_day = fields.Integer(
        string="Points per day, at most",
        default=10_000_000,
        help="Of all receipts of one date. What is beyond waits as not booked. 0: any number.",
    )
    max_points_booked = fields.Integer(
        string="Points booked in one day, at most",
        default=100_000_000,
        help="Of receipts of any date, by this server's clock: also while the past is read. What is"
        " beyond waits as not booked. 0: any number.",
    )
    stream_ids = fields.One2many("customer.card.sync.stream", "source_id", readonly=True)
    link_ids = fields.One2many("customer.card.sync.link", "source_id")
    last_seen_at = fields.Datetime(readonly=True)
    troubles = fields.Json(readonly=True)  # what goes wrong, by the worker's part of it
    last_error = fields.Text(readonly=True)
    reconciled_at = fields.Datetime(readonly=True, string="Compared at")
    repaired = fields.Integer(
        readonly=True,
        string="Documents put right",
        help="By the last comparison: their points did not match their lines. Please report it.",
    )
    state = fields.Selection(
        [
            ("waiting", "Never connected"),
            ("running", "Running"),
            ("silent", "Silent"),
            ("asks", "Waits for an answer"),
            ("failed", "Trouble"),
        ],
        compute="_compute_state",
    )
    reject_count = fields.Integer(compute="_compute_counts", string="Rejected rows")
    failed_count = fields.Integer(compute="_compute_counts", string="Documents not booked")
    unknown_count = fields.Integer(compute="_compute_counts", string="Unknown customers")

    _limits_positive = models.Constraint(
        "CHECK (max_points_document >= 0 AND max_points_day >= 0 AND max_points_booked >= 0)",
        "A limit cannot be negative.",
    )
    _name_unique = models.UniqueIndex("(name)", "There is a foreign ERP of this name already.")

    @api.depends("last_seen_at", "last_error", "vanished")
    def _compute_state(self):
        now = fields.Datetime.now()
        for source in self:
            if not source.last_seen_at:
                source.state = "waiting"
            elif source.last_seen_at < now - SILENT_AFTER:
                source.state = "silent"
            else:
                asks = "asks" if source.vanished else "running"
                source.state = "failed" if source.last_error else asks

    def _compute_counts(self):
        for source in self:
            of = [("source_id", "=", source.id)]
            counts = {
                "reject_count": ("customer.card.sync.reject", []),
                "failed_count": ("customer.card.sync.document", [("state", "=", "failed")]),
                "unknown_count": (
                    "customer.card.sync.link",
                    [
                        ("kind", "=", "customer"),
                        ("partner_id", "=", False),
                        ("gone", "=", False),
                    ],
                ),
            }
            for name, (model, domain) in counts.items():
                source[name] = self.env[model].sudo().search_count(of + domain)

    def action_rejects(self):
        return self._open("customer.card.sync.reject", self.env._("Rejected rows"))

    def action_failed(self):
        action = self._open("customer.card.sync.document", self.env._("Documents not booked"))
        return {**action, "domain": [*action["domain"], ("state", "=", "failed")]}

    def action_links(self):
        return self._open("customer.card.sync.link", self.env._("Counterparts"))

    def action_match(self):
        """Look again who is who, after numbers were corrected here."""
        for source in self:
            source._check_manager()
            source.check_access("write")
            source.sudo().link_ids._match()

    def action_compare(self):
        """Let the worker compare everything at its next visit, not only at night."""
        self._check_manager()
        self.check_access("write")
        self.sudo().reconciled_at = False

    def _open(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("source_id", "=", self.id)],
        }

    def _check_manager(self):
        self.check_access("read")  # of one's own companies only
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only managers of customer cards do this."))

    # --- worker -----------------------------------------------------------------------

    @api.model
    def _of_worker(self, name):
        """Return the source the worker names, or refuse with what to do."""
        if not self.env.su and not self.env.user.has_group("customer_card.group_worker"):
            raise AccessError(self.env._("This user is not a worker user. Ask your administrator."))
        found = self.sudo().search([("name", "=", name)])
        if not found:
            raise UserError(
                self.env._(
                    "No foreign ERP is called '%s' here. Add it under Customer Cards,"
                    " Configuration, Foreign ERPs.",
                    name,
                )
            )
        if found.company_id not in self.env.companies:
            raise AccessError(
                self.env._("This user does not act for the company of '%s'.", found.name)
            )
        return found.with_company(found.company_id)

    @api.model
    def is_known(self, source):
        """Return True, or refuse with what to do; no sign of life."""
        return bool(self._of_worker(source))

    @api.model
    def open_source(self, source, streams, worker="", version=""):
        """Return where reading goes on; also the worker's sign of life.

        :return: ``{"streams": {name: {"live", "history"}}, "retry": [{"stream", "document"}],
            "compare": bool, "asked": bool, "due": number, "troubles": {part: text}}``: the last
            comparison was long ago, or a person wants one (the first one is wanted, too); documents
            that ``settle_due`` settles; what the form shows as wrong, "vanished" if it asks
        """
        found = self._of_worker(source)
        now = fields.Datetime.now()
        found.env["customer.card.worker"]._beat(str(worker)[:80] or "worker", str(version)[:40])
        if not found.last_seen_at or found.last_seen_at < now - timedelta(seconds=10):
            found.last_seen_at = now
        known = {stream.name: stream for stream in found.stream_ids}
        names = [name for name in STREAMS if name in streams]
        if missing := [name for name in names if name not in known]:
            known |= {stream.name: stream for stream in found._add_streams(missing)}
        rejects = found.env["customer.card.sync.reject"].search(
            [("source_id", "=", found.id), ("state", "=", "retry")], limit=RETRIES
        )
        before = now - RECONCILE_AFTER
        return {
            "streams": {
                name: {"live": known[name].position or "", "history": known[name].history or ""}
                for name in names
            },
            "retry": [
                {"stream": reject.stream_id.name, "document": reject.document} for reject in rejects
            ]
            + found.stream_ids._to_read_again(),
            "compare": bool(found.reconciled_at and found.reconciled_at < before),
            "asked": not found.reconciled_at,
            "due": found.due_count,
            "troubles": found._troubles(),
        }

    @api.model
    @repeated
    def keep_page(self, source, stream, page, lane="", expected="", position="", status=None):
        """Keep one page and move on to *position*, in one transaction, if nobody else did.

        :param lane: "live" or "history", whose position moves; empty for a page out of turn
        :param expected: the position the worker read from
        :param page: ``{"rows", "rejects", "documents", "ids"}`` as in
            ``connector.foreign.changes.Page``; the rows are JSON text, as PostgreSQL takes it
        :param status: ``{"since", "scanned", "done", "total"}``, shown to people
        :return: ``{"stale": True, "position"}`` when another worker is ahead; else how many rows
            were ``new, changed, gone`` and how many documents ``settled, failed``
        """
        found = self._of_worker(source)._stream(stream)
        if lane:
            current = found._lock_position(lane)
            if current != expected:
                return {"stale": True, "position": current}
        counts = found._keep(page, (status or {}).get("since") or "")
        if lane:
            found._move(lane, position, status or {}, counts)
        return {"stale": False, **counts}

    @api.model
    def sums(self, source, stream, ranges):
        """Return ``[count, sum of weights, latest change]`` for each ``[low, high]`` of ids."""
        found = self._of_worker(source)._stream(stream)
        return [found._sums(low, high) for low, high in ranges]

    @api.model
    def digests(self, source, stream, ranges):
        """Return ``[count, sum of digests]`` for each ``[low, high]`` of ids."""
        found = self._of_worker(source)._stream(stream)
        return [found._digests(low, high) for low, high in ranges]

    def _troubles(self):
        known = dict(self.troubles or {})
        return {**known, "vanished": self.vanished} if self.vanished else known

    @api.model
    def note(self, source, error="", compared=False, repaired=0, part=""):
        """Keep what went wrong, for people; without error it is over.

        :param part: of the worker: what one of them notes the others do not take away
        :param compared: both sides are the same now
        :param repaired: documents whose points did not match their lines, see ``check_points``
        """
        found = self._of_worker(source)
        troubles = {name: text for name, text in (found.troubles or {}).items() if name != part}
        if error:
            troubles[part] = error
        if troubles != (found.troubles or {}):
            found.troubles = troubles
        text = "\n".join(dict.fromkeys(troubles.values()))
        if (found.last_error or "") != text:
            found.last_error = text
        if compared:
            found.write({"reconciled_at": fields.Datetime.now(), "repaired": repaired})
            found._judge_missing()
        return True

    def _stream(self, name):
        if name not in STREAMS:
            raise UserError(self.env._("There are no rows of the kind '%s'.", name))
        found = self.stream_ids.filtered(lambda stream: stream.name == name)
        return found or self._add_streams([name])

    def _add_streams(self, names):
        """Add streams; whoever adds the same at this moment fails on ours, and is repeated."""
        query = SQL(
            "INSERT INTO customer_card_sync_stream (source_id, name) SELECT %s, unnest(%s)"
            " ON CONFLICT DO NOTHING RETURNING id",
            self.id,
            names,
        )
        self.env.flush_all()
        ids = [one for (one,) in self.env.execute_query(query)]
        self.invalidate_recordset(["stream_ids"])
        return self.env["customer.card.sync.stream"].browse(ids)
