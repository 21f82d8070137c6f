from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class LoyaltyCardEnd(models.TransientModel):
    """A manager changes the last day of one customer's program, and says why (EX-11)."""

    _name = "loyalty.card.end"
    _description = "Change end"

    card_id = fields.Many2one("loyalty.card", string="Program", required=True, readonly=True)
    old_end = fields.Date(related="card_id.expiration_date", string="Valid until")
    new_end = fields.Date(string="New last day", required=True)
    note = fields.Char(string="Reason", required=True)

    def action_change(self):
        """Set the new end and note the old one, the new one and the reason in the history.

        :raises UserError: no reason, no change, or an end before the begin
        """
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may change an end date."))
        self.card_id.check_access("read")
        if not (self.note or "").strip():
            raise UserError(self.env._("Say why: the reason stays in the history."))
        self.card_id.sudo()._change_end(self.new_end, f"end:{self.id}", self.note.strip())
        return {"type": "ir.actions.act_window_close"}


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def action_change_end(self):
        """Ask for the new end and its reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change end"),
            "res_model": "loyalty.card.end",
            "view_mode": "form",
            "target": "new",
            "context": {"default_card_id": self.id, "default_new_end": self.expiration_date},
        }

    def _change_end(self, new_end, key, note):
        """Move the end of this enrolment, and the periods that are not over by as much.

        :raises UserError: nothing changes, or the end lies before the begin
        """
        self.ensure_one()
        if self.env["loyalty.card.entry"].search_count([("key", "=", key)]):
            return
        self._lock()
        old_end = self.expiration_date
        if not self.is_enrolment or new_end == old_end:
            raise UserError(self.env._("This is the last day already. Nothing was changed."))
        if self.valid_from and new_end < self.valid_from:
            raise UserError(
                self.env._(
                    "The program begins on %s: it cannot end before.",
                    format_date(self.env, self.valid_from),
                )
            )
        if old_end:
            self._move_periods(old_end, new_end)
        self.expiration_date = new_end
        self._post(
            0,
            key=key,
            reason="term",
            note=self.env._(
                "%(old)s → %(new)s: %(reason)s",
                old=format_date(self.env, old_end) if old_end else self.env._("no end"),
                new=format_date(self.env, new_end),
                reason=note,
            ),
        )

    def _move_periods(self, old_end, new_end):
        """Move the bounds of the periods that are not over, without a gap between them.

        :raises UserError: the running period would be over
        """
        today = min(self._today(self.company_id), old_end)
        shift, day = relativedelta(new_end, old_end), timedelta(days=1)
        for counter in self.allowance_ids.filtered(
            lambda one: not one.date_to or one.date_to >= today
        ):
            if counter.date_to:
                last = new_end if counter.date_to == old_end else counter.date_to + shift
                if last < min(today, new_end):
                    raise UserError(
                        self.env._(
                            "The period that runs until %s would be over already. Choose a later"
                            " day.",
                            format_date(self.env, counter.date_to),
                        )
                    )
                counter.date_to = last
            if counter.date_from and counter.date_from > today:
                counter.date_from = counter.date_from - day + shift + day
