"""One settlement for every paid order, whoever says that it is paid, and once."""

import logging

from markupsafe import Markup
from psycopg2 import DataError, IntegrityError

from odoo import fields, models
from odoo.addons.customer_card.lib.quick_repeat import CONFLICTS
from odoo.addons.customer_card.rules.coverage import Funds
from odoo.exceptions import UserError

from ..lib.settlement import Settlement

_logger = logging.getLogger(__name__)

# What a step may stumble over in an order that a till has sent. Conflicts are repeated by Odoo.
STUMBLES = (UserError, ArithmeticError, ValueError, DataError, IntegrityError)
STEPS = (
    "_keep_native_holds",  # of what native cards pay, until the till asks for their booking
    "_book_redemptions",  # captures what was reserved for this order
    "_take_back_programs",  # of returned lines, as far as they are unused
    "_take_back_native_points",  # of returned goods
    "_hand_out_new_card",  # which the programs are for
    "_give_what_is_paid",  # programs, and credit that goes back
    "_check_discounts",
    "_check_paid_out",  # money for what credit had paid
)


class PosOrder(models.Model):
    """Paid orders book what the server works out from its own records, and no word of the till.

    The order itself stays as Odoo booked it, whatever stands in it. What is not granted is neither
    given nor taken, and one activity tells a manager.
    """

    _inherit = "pos.order"

    card_settled = fields.Boolean(
        readonly=True, copy=False, help="Programs and cards of this paid order are booked."
    )
    card_funds = fields.Json(readonly=True, copy=False, help="What paid this order.")
    card_confirmed = fields.Json(
        readonly=True, copy=False, help="Native programs that were booked with this order."
    )
    card_customer_id = fields.Many2one(
        "res.partner",
        string="Customer when it was paid",
        readonly=True,
        copy=False,
        help="Earns the order's points. Who is named later, for the invoice, does not.",
    )

    card_sold_at = fields.Datetime(
        readonly=True, copy=False, help="When it was sold, as the server believed it then."
    )

    def _settle_once(self):
        """Note what the paid order was paid with, and book what it says of cards."""
        if self.card_settled or self.state not in ("paid", "done"):
            return
        uncounted = not self.session_id._takes_money()
        self.sudo().write(
            {
                "card_settled": True,
                "card_customer_id": self.partner_id.id,
                "card_uncounted": uncounted,
                "card_sold_at": self._get_sold_at(),
            }
        )
        if uncounted and self.payment_ids:
            self._tell_uncounted()
        if self._concerns_cards():
            self._settle_cards()

    def _get_card_customer(self):
        """Return who earns what this order earns: its customer when it was paid."""
        order = self.sudo()
        return order.card_customer_id if order.card_settled else order.partner_id

    def _concerns_cards(self):
        """Tell whether a line or the till asked for something that a card gives or takes."""
        return bool(
            self.new_card
            or self.lines.reward_id
            or self.lines.coupon_id
            or self.lines.refunded_orderline_id
            or any(self.lines.product_id.mapped("is_card_program"))
        )

    def _settle_cards(self):
        found = Settlement()
        for step in STEPS:
            self._never_refuse(found, getattr(self, step))
        if found.told:
            self._tell_settlement(found.told)

    def _never_refuse(self, found, step, *arguments):
        """Run *step*; what it stumbles over is left out as a whole, and a manager is told.

        :return: whether the step went through
        """
        try:
            with self.env.cr.savepoint():
                step(found, *arguments)
        except CONFLICTS:
            raise
        except STUMBLES as stumble:
            _logger.warning(
                "pos.order %s, %s: %s", self.id, getattr(step, "__name__", step), stumble
            )
            sentence = str(stumble) if isinstance(stumble, UserError) else ""
            found.told.append(
                (
                    self.env._("Not booked"),
                    sentence or self.env._("A number of this order is out of bounds."),
                )
            )
            return False
        return True

    def _tell_settlement(self, told):
        """Open one activity for all that was not granted."""
        for summary, note in told:
            _logger.warning("pos.order %s of user %s: %s: %s", self.id, self.env.uid, summary, note)
        summaries = list(dict.fromkeys(summary for summary, _note in told))
        self._tell_managers(
            ", ".join(summaries),
            Markup("<br/>").join(dict.fromkeys(note for _summary, note in told)),
        )

    def _keep_funds(self, funds):
        self.sudo().card_funds = {name: str(getattr(funds, name)) for name in Funds.__slots__}
