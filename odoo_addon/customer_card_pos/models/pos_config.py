from odoo import models


class PosConfig(models.Model):
    """The point of sale loads gated programs beside the native ones."""

    _inherit = "pos.config"

    def _get_program_ids(self):
        """Add the gated programs: native code leaves them out, since their ``pos_ok`` is off.

        Loading one gives nothing away: each order opens it for itself
        (``PosOrder._programIsApplicable``), by the live enrolments of its customer.
        """
        return super()._get_program_ids() | self._get_gated_programs()

    def _get_gated_programs(self):
        today = self.env["loyalty.card"]._today(self.company_id)
        return self.env["loyalty.program"].search(
            [
                ("kind", "in", ("discount", "points")),
                ("reward_ids", "!=", False),
                ("currency_id", "=", self.currency_id.id),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
                "|",
                ("pricelist_ids", "=", False),
                ("pricelist_ids", "in", self.available_pricelist_ids.ids),
            ]
        )

    def use_coupon_code(self, code, creation_date, partner_id, pricelist_id):
        """Refuse an enrolment's code: a program opens by its holder or card, never by typing."""
        enrolment = (
            self.env["loyalty.card"]
            .sudo()
            .search_count([("code", "=", code), ("is_enrolment", "=", True)], limit=1)
        )
        if enrolment:
            message = self.env._(
                "This number belongs to a customer's program. Choose the customer."
            )
            return {"successful": False, "payload": {"error_message": message}}
        return super().use_coupon_code(code, creation_date, partner_id, pricelist_id)
