import logging

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    """A customer may be shared by companies; the cards and balances there are not."""

    _inherit = "res.partner"

    def _card_companies(self):
        """Return the companies in which these customers have cards, programs or a history."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id FROM customer_card WHERE partner_id IN %(partners)s
                 UNION SELECT company_id FROM loyalty_card WHERE partner_id IN %(partners)s
                 UNION SELECT entry.company_id
                         FROM loyalty_card card
                         JOIN loyalty_card_entry entry ON entry.card_id = card.id
                        WHERE card.partner_id IN %(partners)s
                """,
                partners=tuple(self.ids) or (0,),
            )
        )
        return self.env["res.company"].sudo().browse(row[0] for row in rows if row[0])

    def _may_all_card_companies(self):
        return self.env.uid == SUPERUSER_ID or self._card_companies() <= self.env.user.company_ids

    def _check_card_companies(self):
        """Ask before everything a customer has is erased, merged or shown at once.

        :raises AccessError: some of it is in a company that the user may not work for
        """
        if self._may_all_card_companies():
            return
        _logger.warning(
            "%s has no right to all companies of the cards of %s", self.env.user.login, self
        )
        raise AccessError(
            self.env._(
                "This customer has cards or programs in another company, too. Ask somebody who may"
                " work for all these companies."
            )
        )

    # --- what an erasure asks ---------------------------------------------------------

    def _erase_card_traces(self, enrolments, cards):
        """Remove what else names the person; safe to repeat. Each module removes its own.

        :raises UserError: something that names the person is at work just now
        """
        self.ensure_one()

    @api.model
    def _models_of_set_up(self):
        """Return the models of ours whose texts name no customer; other modules add theirs."""
        return ["customer.card.type"]
