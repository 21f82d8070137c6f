from odoo import models


class PosOrder(models.Model):
    """What a paid order did against the rules is for managers, never for the customer who waits."""

    _inherit = "pos.order"

    def _tell_managers(self, summary, note):
        """Open an activity on the order's session; the order itself stays booked."""
        self.ensure_one()
        manager = self.env["loyalty.card"].with_company(self.company_id)._responsible_manager()
        session = self.sudo().session_id or self.sudo().config_id.session_ids[:1]
        session.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=f"{self.pos_reference or self.name}: {summary}",
            note=note,
            user_id=manager.id,
        )
