import time
from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.exceptions import AccessError, UserError

MIXIN = "customer.card.server.fields"
BATCH = 100
# Up to so many the person waits; more are done in the background, with a progress bar.
AT_ONCE = 200


class CustomerCardMass(models.Model):
    """A program for many customers at once, or a new end or a block of many (EX-15).

    Each customer is a line, written together with what was done for him: what was interrupted
    goes on with the lines that are left.
    """

    _name = "customer.card.mass"
    _inherit = [MIXIN]
    _description = "Change of many customers"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, default=lambda self: self.env.user
    )
    of_cards = fields.Boolean(readonly=True, help="Programs were chosen, not customers.")
    action = fields.Selection(
        [("assign", "Assign program"), ("extend", "Extend"), ("block", "Block")], string="Change"
    )
    program_id = fields.Many2one("loyalty.program")
    new_end = fields.Date(string="New last day")
    note = fields.Char(string="Reason")
    state = fields.Selection(
        [("draft", "Preview"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("customer.card.mass.line", "mass_id", readonly=True)
    left_out_ids = fields.One2many(
        "customer.card.mass.line", "mass_id", domain=[("state", "=", "left_out")], readonly=True
    )
    line_count = fields.Integer(string="Chosen", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    left_out_count = fields.Integer(string="Left out", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    preview = fields.Text(compute="_compute_preview")

    @api.depends("action", "company_id")
    def _compute_display_name(self):
        names = dict(self._fields["action"]._description_selection(self.env))
        for mass in self:
            mass.display_name = names.get(mass.action) or self.env._("Change many")

    @api.depends("line_count", "done_count", "left_out_count")
    def _compute_progress(self):
        for mass in self:
            whole = mass.line_count or 1
            mass.progress = 100 * (mass.done_count + mass.left_out_count) / whole

    @api.depends("action", "program_id", "new_end", "line_count")
    def _compute_preview(self):
        for mass in self:
            if mass.state != "draft" or not mass._is_complete():
                mass.preview = False
                continue
            whys = Counter(why for *_, why in mass._plan(mass._origin.sudo().line_ids))
            changed = whys.pop(False, 0)
            text = self.env._(
                "%(changed)s of %(chosen)s are changed, %(left)s are left out.",
                changed=changed,
                chosen=mass.line_count,
                left=whys.total(),
            )
            mass.preview = "\n".join([text, *(f"{n} × {why}" for why, n in whys.most_common())])

    def write(self, vals):
        if not self._is_server() and any(mass.state != "draft" for mass in self):
            raise UserError(self.env._("This is being done or was done: it cannot be changed."))
        return super().write(vals)

    # --- asking --------------------------------------------------------------------------

    @api.model
    def _ask(self, records):
        """Open the dialog for the chosen customers or programs, one line each.

        :param records: ``res.partner`` or ``loyalty.card``, as the user chose them
        """
        self._check_manager()
        records.check_access("read")
        of_cards = records._name == "loyalty.card"
        if of_cards:
            rows = [{"card_id": one.id, "partner_id": one.partner_id.id} for one in records]
        else:
            customers = dict.fromkeys(one._card_customer() for one in records)
            rows = [{"partner_id": one.id} for one in customers]
        mass = self.sudo().create({"of_cards": of_cards, "line_count": len(rows)})
        mass.line_ids.create([{"mass_id": mass.id, **row} for row in rows])
        return mass._open("new")

    def _open(self, target):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change many"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": target,
        }

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may change many at once."))

    def _is_complete(self):
        """Tell whether all is entered that the change needs."""
        program = self.program_id or (self.of_cards and self.action != "assign")
        return bool(self.action and program and (self.action != "extend" or self.new_end))

    def action_confirm(self):
        """Do it, many of them in the background.

        :raises UserError: something is missing, or the program cannot be given to many
        """
        self.ensure_one()
        self._check_manager()
        self.check_access("write")
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Only who chose the customers may confirm it."))
        mass = self.sudo()
        if mass.state != "draft":
            return False
        if not self._is_complete() or self.action == "extend" and not (self.note or "").strip():
            raise UserError(self.env._("Choose the change, and enter what it needs."))
        self.program_id.check_access("read")
        if self.action == "assign":
            self._check_program()
        mass.line_ids.card_id.with_env(self.env).check_access("read")
        mass.state = "running"
        if mass.line_count <= AT_ONCE:
            while mass._run_batch():
                pass
        else:
            self.env.ref("customer_card_office.ir_cron_customer_card_mass").sudo()._trigger()
        return self._open("current")

    def _check_program(self):
        program = self.program_id
        program._check_may_give()
        if not program.kind or program.kind in MONEY_KINDS or program.per_fitting:
            raise UserError(
                self.env._("%s is given one by one: each has its own amount or side.", program.name)
            )

    # --- doing ---------------------------------------------------------------------------

    def _run_batch(self):
        """Change the next lines; return whether there are more."""
        self.ensure_one()
        user = self.user_id
        mass = self.with_company(self.company_id).with_user(user).sudo()
        mass = mass.with_context(lang=user.lang, tz=user.tz)
        todo = [("mass_id", "=", self.id), ("state", "=", "todo")]
        batch = mass.line_ids.search(todo, order="id", limit=BATCH)
        for line, cards, why in mass._plan(batch):
            if not why:
                try:
                    with self.env.cr.savepoint():
                        mass._change(line, cards)
                except UserError as refusal:
                    why = str(refusal)
            line.write({"state": "left_out" if why else "done", "reason": why})
        left_out = len(batch.filtered("reason"))
        mass.left_out_count += left_out
        mass.done_count += len(batch) - left_out
        if len(batch) < BATCH:
            mass.state = "done"
        return mass.state != "done"

    @api.model
    def _cron_run(self):
        """Do what was confirmed, batch by batch, each kept for itself."""
        until = time.monotonic() + 45
        for mass in self.search([("state", "=", "running")], order="id"):
            while mass._run_batch():
                left = self.env["ir.cron"]._commit_progress(BATCH, remaining=1)
                if not left or time.monotonic() > until:
                    self.env.ref("customer_card_office.ir_cron_customer_card_mass")._trigger()
                    return

    def _plan(self, lines):
        """Return for each of *lines* the enrolments concerned, and why it is left out or False."""
        held = defaultdict(self.env["loyalty.card"].sudo().browse)
        if not self.of_cards:
            domain = [("program_id", "=", self.program_id.id), ("is_enrolment", "=", True)]
            domain.append(("partner_id", "in", lines.partner_id.ids))
            for card in held[None].search(domain, order="id"):
                held[card.partner_id.id] |= card
        today = held[None]._today(self.company_id)
        plan = []
        for line in lines:
            cards = line.card_id if self.of_cards else held[line.partner_id.id]
            if self.action == "assign":
                plan.append((line, cards, self._why_not_assigned(line.partner_id, cards, today)))
                continue
            whys = {card: self._why_not(card) for card in cards}
            changed = cards.filtered(lambda card, whys=whys: not whys[card])
            none = self.env._("The customer does not have this program.")
            plan.append((line, changed, not changed and next(iter(whys.values()), none)))
        return plan

    def _why_not_assigned(self, partner, cards, today):
        company = self.program_id.company_id
        if not partner:
            return self.env._("Nobody by name has it.")
        if company and partner.company_id and partner.company_id != company:
            return self.env._("The customer belongs to another company.")
        if any(card.blocked for card in cards):
            return self.env._("The program is blocked for this customer.")
        if any(not card.expiration_date or card.expiration_date >= today for card in cards):
            return self.env._("The customer has it already.")
        return False

    def _why_not(self, card):
        if not card.is_enrolment:
            return self.env._("It is no program of a customer card.")
        if self.action == "block":
            return card.blocked and self.env._("It is blocked already.")
        if not card.expiration_date:
            return self.env._("It has no end.")
        return card.expiration_date >= self.new_end and self.env._(
            "It ends on that day already, or later."
        )

    def _change(self, line, cards):
        key = f"mass:{line.id}"
        if self.action == "assign":
            self.program_id._enrol(line.partner_id, key=key)
        elif self.action == "extend":
            for card in cards:
                card._change_end(self.new_end, f"{key}:{card.id}", self.note.strip())
        else:
            cards.write({"blocked": True})

    @api.autovacuum
    def _forget_drafts(self):
        """Forget what was chosen and never confirmed."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("state", "=", "draft"), ("create_date", "<", yesterday)]).unlink()


class CustomerCardMassLine(models.Model):
    _name = "customer.card.mass.line"
    _inherit = [MIXIN]
    _description = "One customer of a change of many"
    _order = "id"
    _server_rows = True

    mass_id = fields.Many2one("customer.card.mass", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    card_id = fields.Many2one("loyalty.card", string="Program", ondelete="cascade")
    state = fields.Selection(
        [("todo", "Waiting"), ("done", "Done"), ("left_out", "Left out")],
        default="todo",
        required=True,
    )
    reason = fields.Char(string="Why left out")
