"""Money counts in a session that is open: nobody counts what is put into a closed one."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.server_step import in_server_step

OPEN = ("opening_control", "opened")
# What a client may say of an open session; that it is closed, only Odoo's own closing says.
NEXT = ("opened", "closing_control")


class PosSession(models.Model):
    _inherit = "pos.session"

    @api.model_create_multi
    def create(self, vals_list):
        """Odoo makes sessions with all rights: orders are neither moved nor written with them."""
        return super().create([{**vals, "order_ids": []} for vals in vals_list])

    def write(self, vals):
        if "state" in vals and not (self.env.su or in_server_step()):
            for session in self:
                if not session._may_become(vals["state"]):
                    raise UserError(session._get_closed_sentence())
        return super().write(vals)

    def _takes_money(self):
        """Tell whether what is paid now is counted when this session is closed."""
        return self.sudo().state in OPEN

    def _may_become(self, state):
        return state == self.state or (self._takes_money() and state in NEXT)

    def _get_closed_sentence(self):
        return self.env._("%s is closed: use a session that is open.", self.display_name)


class PosOrder(models.Model):
    _inherit = "pos.order"

    card_uncounted = fields.Boolean(
        readonly=True, copy=False, help="Paid without an open session: this money pays for nothing."
    )

    def _check_session(self):
        """Refuse clients what they put into a session that is closed or being closed.

        What a till sends later, Odoo moves into an open one before it gets here.
        """
        if self.env.su or in_server_step():
            return
        for session in self.session_id:
            if not session._takes_money():
                raise UserError(session._get_closed_sentence())

    def _counted_payments(self):
        """Return the payments that count: what came in without an open session does not."""
        order = self.sudo()
        counts = not order.card_uncounted if order.card_settled else order.session_id._takes_money()
        return order.payment_ids.filtered(lambda payment: counts or payment.amount < 0)

    def _tell_uncounted(self):
        note = self.env._(
            "%(order)s was paid in %(session)s, which was not open: no closing counts this money,"
            " and nothing was given for it.",
            order=self.pos_reference or self.name,
            session=self.session_id.display_name or self.config_id.name,
        )
        self._tell_managers(self.env._("Paid without an open session"), note)
