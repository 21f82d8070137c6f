import logging

from odoo import api, models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)
# What a card is and whether it works: sellers change it by the buttons, which leave a trace.
MANAGED = {"number", "valid_until", "state", "card_type_id", "company_id", "active"}
GIVEN = {"valid_until", "state", "active"}


class CustomerCard(models.Model):
    """Who may change a card: sellers make, name and block cards; managers all the rest."""

    _inherit = "customer.card"

    @api.model
    def _check_may_make(self, vals_list):
        """:raises AccessError: a seller says what a manager says of a new card"""
        if self._may_manage():
            return
        usual = {"state": "active", "active": True}
        for vals in vals_list:
            self._refuse_managed(
                name for name in GIVEN & vals.keys() if (vals[name] or None) != usual.get(name)
            )

    def _check_may_change(self, vals):
        """:raises AccessError: a seller changes what is a manager's to change"""
        if not self._may_manage():
            self._refuse_managed(MANAGED & vals.keys())

    def action_block(self):
        """Anybody at the till may block a card; it stops working everywhere at once."""
        self.env["customer.till"]._check_seller()
        self.check_access("write")
        self.sudo().state = "blocked"

    def action_unblock(self):
        if not self._may_manage():
            raise AccessError(self.env._("Only a manager can unblock a card."))
        self.state = "active"

    def _check_may_hand_out(self):
        """Ask before somebody makes a card, or another chip or code that opens it.

        With an on-account card its bearer buys on a firm's bill; glue adds the employees' badges.
        The server's own steps ask too: it counts who asked for them.

        :raises AccessError: such cards are a manager's to give
        """
        self.card_type_id._check_may_hand_out()

    def _brought_programs(self):
        """Return what a new card brings along.

        What is worth money a seller's new card brings to each customer once, as a manager has set
        it up; a hundred new cards are not a hundred presents.
        """
        self.ensure_one()
        programs = self.card_type_id.sudo().program_ids
        worth = programs.filtered(lambda one: one._is_worth_money())
        if not worth or self.env.user.has_group("customer_card.group_manager"):
            return programs
        kept = worth
        if holder := self.order_partner_id:
            cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
            domain = [("partner_id", "=", holder.id), ("program_id", "in", worth.ids)]
            kept = cards.search(domain).program_id
        if kept:
            _logger.info("%s made card %s without %s", self.env.user.login, self.id, kept.ids)
            self.sudo().message_post(
                body=self.env._(
                    "Not given again with this card: %s. A manager can assign it.",
                    ", ".join(kept.mapped("name")),
                )
            )
        return programs - kept

    def _may_manage(self):
        return self.env.su or self.env.user.has_group("customer_card.group_manager")

    def _refuse_managed(self, names):
        labels = [self._fields[name]._description_string(self.env) for name in sorted(names)]
        if labels:
            raise AccessError(
                self.env._("Only a manager can change this of a card: %s.", ", ".join(labels))
            )


class CustomerCardType(models.Model):
    _inherit = "customer.card.type"

    def _check_may_hand_out(self):
        """:raises AccessError: cards of this type are a manager's to give"""
        if self.env.user.has_group("customer_card.group_manager"):
            return
        if firm := self.sudo().filtered("on_account")[:1]:
            raise AccessError(
                self.env._(
                    "Cards of type %s buy on account: only a manager of customer cards makes them,"
                    " replaces them or writes a chip or code for them.",
                    firm.name,
                )
            )
