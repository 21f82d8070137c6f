import base64
from datetime import timedelta
from functools import partial
from itertools import islice

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying

from .customer_card_import_plan import Planner
from .customer_card_import_tally import Tally

BATCH = 100
# Files name persons. The bookings stay, the list they came from is not needed any more.
KEEP = timedelta(days=90)
# Up to here the data is taken over while the manager waits; longer files run in the background.
AT_ONCE = 200


class CustomerCardImport(models.Model):
    """Taking over cards, programs and balances from another system, from one CSV file.

    The check books nothing and says what would be refused. Taking over works in batches: each one
    is booked whole or not at all, and every line names its entry by a key. So it can be stopped
    anywhere, continued, and repeated with the same lines, and nothing is booked twice.
    """

    _name = "customer.card.import"
    _inherit = ["customer.card.server.fields"]
    _description = "Take-over of data"
    _order = "id desc"
    _rec_name = "filename"

    file = fields.Binary(string="CSV file", required=True, attachment=True)
    filename = fields.Char(string="File name")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one("res.users", string="Started by", readonly=True)
    decimal_mark = fields.Selection(
        [("comma", "1.234,50"), ("point", "1,234.50")],
        string="Numbers are written",
        required=True,
        default=lambda self: self._default_decimal_mark(),
    )
    state = fields.Selection(
        [("new", "New"), ("checked", "Checked"), ("running", "Running"), ("done", "Done")],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )
    line_count = fields.Integer(string="Lines", readonly=True, copy=False)
    done_count = fields.Integer(string="Lines done", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    total_ids = fields.One2many("customer.card.import.total", "import_id", readonly=True)
    refusal_ids = fields.One2many("customer.card.import.refusal", "import_id", readonly=True)
    refusal_count = fields.Integer(compute="_compute_refusal_count", string="Refused lines")

    @api.model
    def _default_decimal_mark(self):
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return "comma" if lang.decimal_point == "," else "point"

    @api.depends("line_count", "done_count")
    def _compute_progress(self):
        for one in self:
            one.progress = 100 * one.done_count / one.line_count if one.line_count else 0

    @api.depends("refusal_ids")
    def _compute_refusal_count(self):
        counts = dict(
            self.env["customer.card.import.refusal"]._read_group(
                [("import_id", "in", self.ids)], ["import_id"], ["__count"]
            )
        )
        for one in self:
            one.refusal_count = counts.get(one, 0)

    def write(self, vals):  # pylint: disable=method-required-super
        """Another file or another way to write numbers has to be checked again."""
        if vals.keys() & {"file", "decimal_mark", "company_id"}:
            if self.filtered(lambda one: one.state in ("running", "done")):
                raise UserError(
                    self.env._("This file is taken over already. Create a new take-over.")
                )
            self.sudo().state = "new"
        return self._write_file(vals)

    @api.model_create_multi
    def create(self, vals_list):
        imports = super().create(vals_list)
        imports._forget_index()
        return imports

    def _write_file(self, vals):
        """Write without asking whether this file was taken over; no text of it is indexed."""
        res = super().write(vals)
        if "file" in vals:
            self._forget_index()
        return res

    def _forget_index(self):
        """Files name persons: their text is not kept a second time for searching."""
        self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "in", self.ids),
            ]
        ).index_content = False

    def _check_manager(self):
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may take over data."))

    # --- check ------------------------------------------------------------------------

    def action_check(self):
        """Read the whole file, book nothing, and say what would be refused and what booked."""
        self._check_manager()
        if self.state not in ("new", "checked"):
            raise UserError(self.env._("This file is taken over already. Create a new take-over."))
        self = self.sudo()
        self.total_ids.unlink()
        self.refusal_ids.unlink()
        planner, tally, count = self._planner(), Tally(), 0
        table = self._read_table()
        while batch := list(islice(table, BATCH)):
            lines = planner.plan(batch, once=True)
            count += len(lines)
            self._refuse(lines)
            for line in lines:
                tally.add(line)
        if not count:
            raise UserError(self.env._("Below its titles the file is empty. Nothing was read."))
        self.total_ids.create([{"import_id": self.id, **row} for row in tally.totals()])
        self.write({"line_count": count, "done_count": 0, "state": "checked"})
        return True

    def _planner(self):
        return Planner(self.env, self.company_id, self.decimal_mark, self._side_words())

    # --- take over --------------------------------------------------------------------

    def action_take_over(self):
        """Book the file: at once when it is short, else in the background, batch by batch."""
        self._check_manager()
        if self.state != "checked":
            raise UserError(self.env._("Check the file first."))
        self.sudo().write({"state": "running", "user_id": self.env.uid})
        if self.line_count <= AT_ONCE:
            for batch in self.sudo()._batches():
                self.sudo()._book_batch(batch)
            self.sudo()._finish()
        else:
            self.env.ref("customer_card_takeover.cron_import").sudo()._trigger()
        return True

    def action_continue(self):
        """Go on where an interruption stopped it, without waiting for the next planned run."""
        self._check_manager()
        self.env.ref("customer_card_takeover.cron_import").sudo()._trigger()
        return True

    def _batches(self):
        """Yield what is left of the file in batches of ``(line, cells)``."""
        table = islice(self._read_table(), self.done_count, None)
        while batch := list(islice(table, BATCH)):
            yield batch

    @api.model
    def _cron_import(self):
        """Take over batch by batch; each is committed whole, so it may be stopped anywhere."""
        crons = self.env["ir.cron"]
        for one in self.search([("state", "=", "running")], order="id"):
            if not one.try_lock_for_update():
                continue
            for batch in one._batches():
                retrying(partial(one._book_batch, batch), self.env)
                left = crons._commit_progress(len(batch), remaining=one.line_count - one.done_count)
                self.env.invalidate_all()
                if not left or not one.try_lock_for_update():
                    # Else the next run waits until Odoo looks for planned ones, a minute later.
                    self.env.ref("customer_card_takeover.cron_import")._trigger()
                    return
            one._finish()
            crons._commit_progress()

    def _book_batch(self, batch):
        """Book these lines, or refuse them one by one; a refused one leaves nothing behind."""
        self.ensure_one()
        booking = self.with_user(self.user_id).sudo()
        refused = set(booking.refusal_ids.mapped("line"))
        lines = booking._planner().plan([row for row in batch if row[0] not in refused])
        for line in lines:
            if not line.refused:
                booking._try_to_book(line)
        booking._refuse(lines)
        booking._count_refused(lines)
        booking.done_count += len(batch)

    def _try_to_book(self, line):
        try:
            with self.env.cr.savepoint():
                self._book(line)
        except UserError as error:
            line.refuse("", str(error))
        except IntegrityError:
            line.refuse(
                "",
                self.env._("Somebody entered the same at this moment. Take the line over again."),
            )

    def _count_refused(self, lines):
        """Move lines that could not be booked after all to the refused ones of their total."""
        for line in lines:
            total = self.total_ids.filtered(
                lambda one, of=line.program: of and one.program_id == of
            )
            if line.refused and total:
                total.refused_lines += 1
                total.refused_sum += float(line.amount)

    def _finish(self):
        """Close the take-over. What was booked need not stand in the file any longer."""
        self._raise_number_ranges()
        self.state = "done"
        refused = set(self.refusal_ids.mapped("line"))
        rows = [cells for line, cells in self._rows() if line in refused]
        titles = next(self._rows(), (0, []))[1]
        self._write_file({"file": base64.b64encode(self._csv([titles, *rows]))})

    @api.autovacuum
    def _gc_files(self):
        """Forget files and refused lines of old take-overs; their totals stay."""
        old = self.search(
            [("state", "=", "done"), ("write_date", "<", fields.Datetime.now() - KEEP)]
        )
        old.refusal_ids.unlink()
        return old.filtered("filename")._write_file({"file": False, "filename": False})
