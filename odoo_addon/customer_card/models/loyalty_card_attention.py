from odoo import models

from .ledger import shown


class LoyaltyCard(models.Model):
    """What a manager has to look at: an activity on the enrolment."""

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "mail.activity.mixin"]

    def _tell_overdraft(self):
        self._tell_managers(
            self.env._("Overdrawn"),
            self.env._(
                "A paid order spent more than was left on %(program)s. Balance: %(balance)s.",
                program=self.program_id.name,
                balance=shown(self.env, self.points),
            ),
        )

    def _tell_managers(self, summary, note):
        """Open one activity on this enrolment, unless one with the same words is open."""
        self.ensure_one()
        card = self.sudo()
        if card.activity_ids.filtered(lambda one: one.summary == summary):
            return
        card.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=self._responsible_manager().id,
        )

    def _responsible_manager(self):
        """Return who looks after this enrolment's company: its first customer card manager."""
        company = self.company_id or self.env.company
        managers = self.env.ref("customer_card.group_manager").sudo().all_user_ids
        people = managers.filtered(
            lambda user: user.active and company in user.company_ids and not user.share
        )
        return (people - self.env.ref("base.user_root")).sorted("id")[:1] or self.env.user
