from odoo import api, fields, models
from odoo.tools import SQL


class CustomerCardType(models.Model):
    """How many cards of a type there are, and one click on all of them (TM-06 to TM-09, TM-45)."""

    _inherit = "customer.card.type"

    active_count = fields.Integer(string="Active cards", compute="_compute_counts")
    inactive_count = fields.Integer(string="Inactive cards", compute="_compute_counts")
    expired_count = fields.Integer(string="Expired cards", compute="_compute_counts")
    bulk_count = fields.Integer(string="Deactivated together", compute="_compute_counts")
    smallest_number = fields.Char(compute="_compute_counts")
    largest_number = fields.Char(compute="_compute_counts")
    running_bulk_id = fields.Many2one("customer.card.bulk", compute="_compute_running_bulk_id")
    bulk_progress = fields.Float(string="Progress", compute="_compute_running_bulk_id")

    @api.depends_context("company", "allowed_company_ids")
    def _compute_counts(self):
        """Count all types in one statement; a blocked card is inactive, whether over or not."""
        self.env["customer.card"].flush_model()
        today = self.env["loyalty.card"]._today(self.env.company)
        query = SQL(
            """
            SELECT card_type_id,
                count(*) FILTER (WHERE state = 'active' AND NOT over),
                count(*) FILTER (WHERE state = 'blocked'),
                count(*) FILTER (WHERE state = 'active' AND over),
                count(*) FILTER (WHERE state = 'blocked' AND block_reason = 'bulk'),
                (array_agg(number ORDER BY length(number), number))[1],
                (array_agg(number ORDER BY length(number) DESC, number DESC))[1]
            FROM (SELECT *, COALESCE(valid_until < %s, false) AS over FROM customer_card
                  WHERE active AND card_type_id IN %s AND company_id IN %s) card
            GROUP BY card_type_id
            """,
            today,
            tuple(self._origin.ids) or (0,),
            tuple(self.env.companies.ids),
        )
        rows = {row[0]: row[1:] for row in self.env.execute_query(query)}
        for card_type in self:
            counts = rows.get(card_type._origin.id, (0, 0, 0, 0, False, False))
            card_type.active_count, card_type.inactive_count = counts[:2]
            card_type.expired_count, card_type.bulk_count = counts[2:4]
            card_type.smallest_number, card_type.largest_number = counts[4:]

    def _compute_running_bulk_id(self):
        running = (
            self.env["customer.card.bulk"]
            .sudo()
            .search([("card_type_id", "in", self.ids), ("state", "=", "running")])
        )
        by_type = {bulk.card_type_id: bulk for bulk in running}
        for card_type in self:
            card_type.running_bulk_id = by_type.get(card_type, running.browse())
            card_type.bulk_progress = card_type.running_bulk_id.progress

    def action_deactivate_all(self):
        self.ensure_one()
        return self.env["customer.card.bulk"]._ask(self, "deactivate")

    def action_reactivate_all(self):
        self.ensure_one()
        return self.env["customer.card.bulk"]._ask(self, "reactivate")

    def action_renew_expired(self):
        self.ensure_one()
        return self.env["customer.card.bulk"]._ask(self, "renew")
