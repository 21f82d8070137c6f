from decimal import Decimal

from odoo import api, models

from ..rules.periods import term_end
from .ledger import exact


class LoyaltyCard(models.Model):
    """A new enrolment: its term, its counters, its first entry."""

    _inherit = "loyalty.card"

    @api.model
    def _create_enrolment(self, program, partner, customer_card, day, key):
        card = self.create(
            {
                "is_enrolment": True,
                "single_account": program.kind == "points",
                "program_id": program.id,
                "partner_id": partner.id,
                "customer_card_id": customer_card.id if customer_card else False,
                "valid_from": day,
                "expiration_date": term_end(day, program.term_months),
                "points": 0,
            }
        )
        granted = card._create_allowances()
        if program.kind == "bonus_item":
            card._post(granted, key=key or f"grant:{card.id}", reason="grant")
        return card

    @api.model
    def _account_of(self, program, partner, day):
        """Return the holder's only account, renewed from *day* when it is over; points stay (I17).

        :raises CardNotUsable: the account is blocked
        """
        account = self.search(
            [
                ("program_id", "=", program.id),
                ("partner_id", "=", partner.id),
                ("single_account", "=", True),
            ]
        )
        if account.blocked:
            raise account._refusal(day)
        if account.expiration_date and account.expiration_date < day:
            account.expiration_date = term_end(day, program.term_months)
        return account

    def _create_allowances(self):
        """Create the counters of the program's lines and return the pieces granted in all."""
        self.ensure_one()
        granted = Decimal(0)
        for line in self.program_id.line_ids:
            if self.program_id.kind != "bonus_item":
                continue
            self.env["loyalty.card.allowance"].create(
                {
                    "card_id": self.id,
                    "program_line_id": line.id,
                    "product_id": line.product_id.id,
                    "date_from": self.valid_from,
                    "date_to": self.expiration_date,
                    "unlimited": not line.quantity,
                    "quantity": line.quantity,
                }
            )
            granted += exact(line.quantity)
        return granted
