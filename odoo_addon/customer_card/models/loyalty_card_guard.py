from odoo import api, models
from odoo.exceptions import AccessError

from .ledger import opening

# What only bookings change, and what only managers do.
BOOKED = {"held", "paid", "bonus", "entry_seq", "single_account", "is_enrolment", "program_id"}
GUARDED = {
    *("partner_id", "customer_card_id", "company_id", "code", "side", "term_total"),
    *("valid_from", "expiration_date", "blocked", "active"),
}


class LoyaltyCard(models.Model):
    """Law 8: who may change what on a balance, whatever native rights say."""

    _inherit = "loyalty.card"

    @api.model
    def _check_may_create(self, vals):
        """An enrolment comes from a sale or an assignment; native cards have no such fields."""
        if self.env.su or opening() is not None:
            return
        if refused := {name for name in BOOKED - {"program_id"} if vals.get(name)}:
            raise AccessError(self._guarded_sentence(refused))

    def _guarded_sentence(self, names):
        return self.env._(
            "You may not change this on a balance: %s.",
            ", ".join(sorted(self._fields[name].string for name in names)),
        )

    def _check_may_write(self, vals):
        """Whose balance it is, until when and how much: native rights let sellers change that."""
        if self.env.su or opening() is not None:
            return
        manager = self.env.user.has_group("customer_card.group_manager")
        refused = vals.keys() & (BOOKED if manager else BOOKED | GUARDED)
        if refused and self.sudo().filtered(lambda card: card._is_ledgered()):
            raise AccessError(self._guarded_sentence(refused))

    def _check_may_book(self):
        """Points are booked by steps that check rights, never by a client (law 8)."""
        if not self.env.su and opening() is None:
            raise AccessError(
                self.env._("Balances are changed by bookings only. Use the correction of the card.")
            )
