from odoo import models
from odoo.addons.customer_card.lib.exact import exact


class CustomerCard(models.Model):
    """Points for a new customer: once, with the first card (TM-19)."""

    _inherit = "customer.card"

    def _bring_programs(self):
        res = super()._bring_programs()
        self._welcome()
        return res

    def _welcome(self):
        """Give the account that this card brought its points, unless its holder had a card."""
        holder = self.partner_id
        key = f"welcome:{holder.id}"
        entries = self.env["loyalty.card.entry"].sudo()
        if not holder or entries.search_count([("key", "=", key)], limit=1):
            return
        if (
            self.with_context(active_test=False)
            .sudo()
            .search_count([("partner_id", "=", holder.id), ("id", "!=", self.id)], limit=1)
        ):
            return
        programs = self.card_type_id.sudo().program_ids.filtered(
            lambda one: one.kind == "points" and one.welcome_points
        )
        accounts = self.env["loyalty.card"].sudo()
        for account in accounts.search(
            [
                ("program_id", "in", programs.ids),
                ("is_enrolment", "=", True),
                "|",
                ("customer_card_id", "=", self.id),
                ("partner_id", "=", holder.id),
            ],
            limit=1,
        ):
            account._post(
                exact(account.program_id.welcome_points),
                key=key,
                reason="earn",
                bonus="welcome",
                terms_id=account.program_id._terms_on(accounts._today(self.company_id)).id,
            )
