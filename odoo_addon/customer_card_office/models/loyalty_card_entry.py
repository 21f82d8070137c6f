from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.addons.customer_card.lib.shop_day import shop_day
from odoo.exceptions import UserError


class LoyaltyCardEntry(models.Model):
    """A seller takes his own wrong issue back; every other one is a manager's (EX-07)."""

    _inherit = "loyalty.card.entry"

    may_take_back = fields.Boolean(compute="_compute_may_take_back")

    @api.depends_context("uid")
    def _compute_may_take_back(self):
        manages = self.env.user.has_group("customer_card.group_manager")
        for entry in self:
            entry.may_take_back = not manages and not entry._own_refusal()

    def _own_refusal(self):
        """Return why the caller may not take this entry back as his own issue, or ""."""
        entry = self.sudo()
        company, till = entry.company_id, entry.till_id
        screens = self.env["customer.till.screen"]
        if not (
            entry.reason == "issue"
            and company.card_own_take_back
            and entry.user_id.id == self.env.uid
            and shop_day(company, entry.date) == entry.card_id._today(company)
            and screens._is_at(till)
        ):
            return self.env._(
                "An issue is taken back by whoever booked it, at the same till and on the same day."
                " Ask your manager."
            )
        if entry._not_returned() <= 0:
            return self.env._("Nothing of this issue is left to take back.")
        return ""

    def action_take_back_own(self):
        """Book the caller's own issue back: counter, day and stock; return a notification.

        Books once; repeating it is refused, as nothing is left.

        :raises UserError: it is not his, of another till or day, or came back before
        """
        self.ensure_one()
        self.env["customer.till"]._check_seller()
        self.check_access("read")
        if refusal := self._own_refusal():
            raise UserError(refusal)
        left = self.sudo()._not_returned()
        key = f"reversal:{self.id}:{left}"
        reversal = self.card_id._reverse_issue(self.sudo(), key=key)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(quantity)s × %(product)s taken back.",
                    quantity=shown(self.env, -exact(reversal.quantity)),
                    product=reversal.product_id.display_name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
