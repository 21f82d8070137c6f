import logging

from odoo import api, models
from odoo.exceptions import AccessError

from ...lib.opening import opening

_logger = logging.getLogger(__name__)
# Whose balance it is, by which code, and until when: of a native balance managers change it by
# hand, of an enrolment nobody does.
GUARDED = {
    *("partner_id", "customer_card_id", "code", "expiration_date", "active"),
    *("is_enrolment", "program_id", "company_id"),
}


class LoyaltyCard(models.Model):
    """Law 8: who may change what on a balance, whatever native rights say.

    What a row is now is asked, and what it would be after: a throw-away card of a promotion must
    not become a balance, nor a card of another program or holder.
    """

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "customer.card.server.fields"]
    _server_fields_too = frozenset({"program_id", "company_id"})
    _client_names_at_birth = frozenset({"program_id"})

    @api.model
    def _is_server(self):
        return super()._is_server() or opening() is not None

    @api.model
    def default_get(self, fields):
        """What a balance begins with is never a caller's default."""
        values = super().default_get(fields)
        values.pop("points", None)
        return values

    def _check_may_be_made(self):
        """Balances of our programs are made by sales, assignments and bookings only.

        Native Sales throws cards of discounts away with the order; they begin at 0.
        """
        if self._is_server():
            return
        if ours := self.sudo().filtered(
            lambda card: (
                card.program_id.kind and (card.program_id.kind != "discount" or card.points)
            )
        ):
            self._refuse(
                self.env._("%s is given by a sale or by “Assign program”.", ours[0].program_id.name)
            )

    def _check_may_write(self, vals):
        """Whose balance it is, until when and how much: native rights let sellers change that."""
        if self._is_server():
            return
        names = vals.keys() & GUARDED
        if not self.env.user.has_group("customer_card.group_manager"):
            names |= vals.keys() & {"blocked"}
            ledgered = self.sudo().filtered(lambda card: card._is_ledgered())
        else:
            ledgered = self.sudo().filtered("is_enrolment")
        refused = {
            name for name in names if any(one._differs(name, vals[name]) for one in ledgered)
        }
        if refused:
            self._refuse(
                self.env._(
                    "You may not change this on a balance: %s.",
                    ", ".join(self._fields[name].string for name in sorted(refused)),
                )
            )

    def _check_may_book(self):
        """Points are booked by steps that check rights, never by a client (law 8)."""
        if not self._is_server() and not self._is_natively_sold():
            self._refuse(
                self.env._("Balances are changed by bookings only. Use the correction of the card.")
            )

    def _is_natively_sold(self):
        """Tell whether these are Odoo's own gift cards in Sales without our module for Sales.

        That module opens the ledger for native steps. Where it is not installed, they go on as
        natively.
        """
        return not self._sales_are_guarded() and not any(self.sudo().mapped("program_id.kind"))

    @api.model
    def _sales_are_guarded(self):
        return "sale.order.coupon.points" not in self.env

    def _refuse(self, sentence):
        _logger.warning("%s (%s) on %s: %s", self.env.user.login, self.env.uid, self, sentence)
        raise AccessError(sentence)
