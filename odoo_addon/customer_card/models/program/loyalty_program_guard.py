import logging

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...rules.kinds import LEDGER_TYPES

_logger = logging.getLogger(__name__)
# In which money, whose, and what sort of balance its cards are.
FROZEN = {"program_type", "currency_id", "company_id"}


class LoyaltyProgram(models.Model):
    """What would turn cards that people have into something else, and who gives value away."""

    _inherit = "loyalty.program"

    def _frozen_values(self, vals):
        """Return ``{id: {name: value}}`` of what *vals* would change and balances stand on."""
        asked = vals.keys() & FROZEN if not self.env.su else ()
        return {one.id: {name: one[name] for name in asked} for one in self.sudo() if asked}

    def _check_frozen(self, before):
        """:raises UserError: something has changed on which balances stand"""
        if before:
            changed = self.sudo().filtered(
                lambda one: any(one[name] != value for name, value in before[one.id].items())
            )
            changed._check_has_no_balances()
            self.check_access("write")

    def _check_has_no_balances(self):
        """Refuse the change where cards have, or would now have, a balance in the ledger."""
        cards = self.env["loyalty.card"].with_context(active_test=False)
        ledgered = [("entry_seq", ">", 0)]
        becoming = self.filtered(lambda one: one.program_type in LEDGER_TYPES)
        domain = ["|", *ledgered, ("program_id", "in", becoming.ids)]
        if found := cards.search([("program_id", "in", self.ids), *domain], limit=1):
            raise UserError(
                self.env._(
                    "%s has cards already: its type, currency and company stay. Make a new"
                    " program instead.",
                    found.program_id.name,
                )
            )

    def _is_worth_money(self):
        """Tell whether giving this program without a sale is a present of the shop's.

        An empty account for credit is none.
        """
        self.ensure_one()
        program = self.sudo()
        return program.kind == "coupon" or bool(program.sale_price or program.preset_amount)

    def _check_may_give(self):
        """Ask before something is given without a sale.

        :raises AccessError: it is worth money, and the user is no manager of customer cards
        """
        worth = self.filtered(lambda one: one._is_worth_money())
        manager = self.env.user.has_group("customer_card.group_manager")
        if worth:
            does = "gives" if manager else "may not give"
            _logger.info("%s %s %s without a sale", self.env.user.login, does, worth.ids)
        if worth and not manager:
            raise AccessError(
                self.env._(
                    "%s is worth money: sell it, or let a manager of customer cards give it.",
                    worth[0].sudo().name,
                )
            )
