from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.addons.customer_card.rules.kinds import DISCOUNT_KINDS
from odoo.exceptions import AccessError, UserError

# The other half of a transfer stands on another enrolment; a reversal is undone by its like.
NEVER_REVERSED = ("reversal", "transfer", "term")


class LoyaltyCardCorrection(models.TransientModel):
    """A manager puts a balance right, or takes an entry back. The past stays: law 3."""

    _name = "loyalty.card.correction"
    _description = "Correction"

    card_id = fields.Many2one("loyalty.card", string="Program", required=True, readonly=True)
    kind = fields.Selection(related="card_id.kind")
    currency_id = fields.Many2one(related="card_id.currency_id")
    entry_id = fields.Many2one("loyalty.card.entry", string="Entry to take back", readonly=True)
    entry_delta = fields.Float(related="entry_id.delta", digits=(16, 2))
    entry_quantity = fields.Float(related="entry_id.quantity")
    allowance_id = fields.Many2one(
        "loyalty.card.allowance",
        string="Counter",
        domain="[('card_id', '=', card_id), ('unlimited', '=', False)]",
    )
    seen_balance = fields.Float(
        string="Balance now",
        compute="_compute_seen_balance",
        store=True,
        readonly=False,
        digits=(16, 2),
        help="What the manager saw. If it changed meanwhile, the correction is not booked.",
    )
    new_balance = fields.Float(
        string="Correct balance",
        compute="_compute_new_balance",
        store=True,
        readonly=False,
        digits=(16, 2),
    )
    bucket = fields.Selection(
        [("paid", "Paid money"), ("bonus", "Bonus")], default="paid", string="The difference is"
    )
    holds_money = fields.Boolean(compute="_compute_holds_money")
    note = fields.Char(string="Reason", required=True)

    @api.depends("card_id")
    def _compute_holds_money(self):
        for one in self:
            one.holds_money = one.card_id._holds_money()

    @api.depends("card_id", "allowance_id")
    def _compute_seen_balance(self):
        for one in self:
            one.seen_balance = one._current()

    @api.depends("card_id", "allowance_id")
    def _compute_new_balance(self):
        for one in self:
            one.new_balance = one._current()

    def _current(self):
        if self.kind == "bonus_item":
            return self.allowance_id.remaining
        return self.card_id.points

    @api.onchange("card_id")
    def _onchange_card_id(self):
        counters = self.card_id.allowance_ids.filtered(lambda one: not one.unlimited)
        if len(counters) == 1:
            self.allowance_id = counters

    def action_apply(self):
        """Book the correction once; the note stays on its entry.

        :raises UserError: no reason given, or the balance changed since it was shown
        """
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may correct a balance."))
        self.card_id.check_access("read")
        if not (self.note or "").strip():
            raise UserError(self.env._("Say why: the reason stays in the history."))
        if self.entry_id:
            self.entry_id.sudo()._take_back(self.card_id.sudo(), self.note.strip())
        else:
            self.sudo()._correct()
        return {"type": "ir.actions.act_window_close"}

    def _correct(self):
        key = f"correction:{self.id}"
        if self.env["loyalty.card.entry"].search_count([("key", "=", key)]):
            return
        card = self.card_id
        card._lock()
        card.invalidate_recordset(["points", "paid", "bonus"])
        self._check()
        delta = exact(self.new_balance) - exact(self._current())
        values = {"note": self.note.strip()}
        if self.kind == "bonus_item":
            counter = self.allowance_id
            counter.quantity = float(exact(counter.quantity) + delta)
            values.update(allowance_id=counter.id, remaining=counter.remaining)
        elif self.holds_money:
            values.update(self._parts(delta))
        card._post(delta, key=key, reason="correction", **values)

    def _check(self):
        card, counter = self.card_id, self.allowance_id
        if self.kind in DISCOUNT_KINDS:
            raise UserError(self.env._("%s has no balance to correct.", card.program_id.name))
        if self.kind == "bonus_item":
            counter.invalidate_recordset(["used", "quantity", "remaining"])
            if not counter or counter.card_id != card or counter.unlimited:
                raise UserError(self.env._("Choose the counter that is wrong."))
            card._check_pieces(exact(self.new_balance))
        if self.new_balance < 0:
            raise UserError(self.env._("A balance cannot be below zero. Enter what is left."))
        current = exact(self._current())
        if exact(self.seen_balance) != current:
            raise UserError(
                self.env._(
                    "The balance changed to %s meanwhile. Open the correction again.",
                    shown(self.env, current),
                )
            )
        if exact(self.new_balance) == current:
            raise UserError(self.env._("This is the balance already. Nothing was booked."))

    def _parts(self, delta):
        """Return the change of the chosen bucket, which cannot fall below zero."""
        left = exact(self.card_id[self.bucket])
        if delta < 0 and left + delta < 0:
            raise UserError(
                self.env._(
                    "Only %(left)s of the balance are %(bucket)s. Correct each part by itself.",
                    left=shown(self.env, left),
                    bucket=dict(self._fields["bucket"]._description_selection(self.env))[
                        self.bucket
                    ],
                )
            )
        other = "bonus" if self.bucket == "paid" else "paid"
        return {f"{self.bucket}_delta": float(delta), f"{other}_delta": 0.0}


class LoyaltyCardEntry(models.Model):
    """Taking an entry back: the opposite is booked, and says which entry it reverses."""

    _inherit = "loyalty.card.entry"

    can_take_back = fields.Boolean(compute="_compute_can_take_back")

    def _compute_can_take_back(self):
        reversed_ids = set(self.search([("reversal_of_id", "in", self.ids)]).reversal_of_id.ids)
        for entry in self:
            entry.can_take_back = entry.reason not in NEVER_REVERSED and (
                entry.id not in reversed_ids
            )

    def action_take_back(self):
        """Ask the manager for the reason."""
        self.ensure_one()
        return self.card_id._open_correction(self.env._("Take back"), default_entry_id=self.id)

    def _take_back(self, card, note):
        """Book the opposite of this entry of *card*.

        :raises UserError: it is not an entry that can be taken back, or was taken back before
        :raises BalanceTooLow: what it gave is spent already
        """
        self.ensure_one()
        if self.card_id != card or self.reason in NEVER_REVERSED:
            raise UserError(self.env._("This entry cannot be taken back. Correct the balance."))
        if self.reason == "issue":
            left = self._not_returned()
            card._reverse_issue(self, key=f"reversal:{self.id}:{left}", note=note)
            return
        card._lock()
        if self.search_count([("reversal_of_id", "=", self.id)]):
            raise UserError(self.env._("This entry was taken back before."))
        grant = card.grant_ids.filtered(lambda one: one.entry_id == self)[:1]
        if grant.origin_id:
            raise UserError(
                self.env._(
                    "This was sold with %s. Cancel or refund it there: the program follows.",
                    grant.origin_name or self.env._("another document"),
                )
            )
        if grant:
            grant._undo(note=note)
            return
        self._post_opposite(card, note)

    def _post_opposite(self, card, note):
        values = {}
        if counter := self.allowance_id:
            counter.invalidate_recordset(["used", "quantity"])
            quantity = exact(self.quantity)
            counter.used = float(exact(counter.used) - quantity)
            if not counter.unlimited:
                granted = exact(self.delta) + quantity
                counter.quantity = float(exact(counter.quantity) - granted)
            values = {
                "allowance_id": counter.id,
                "product_id": self.product_id.id,
                "quantity": float(-quantity),
                "remaining": counter.remaining,
                "unlimited": self.unlimited,
            }
        if card._holds_money():
            values.update(paid_delta=-self.paid_delta, bonus_delta=-self.bonus_delta)
        card._post(
            -exact(self.delta),
            key=f"reversal:{self.id}",
            reason="reversal",
            reversal_of_id=self.id,
            note=note,
            origin_model=self.origin_model,
            origin_id=self.origin_id,
            origin_name=self.origin_name,
            **values,
        )


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _open_correction(self, name, **defaults):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "loyalty.card.correction",
            "view_mode": "form",
            "target": "new",
            "context": {"default_card_id": self.id, **defaults},
        }
