from odoo import fields, models

LATEST = 10


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_card_ids = fields.One2many("customer.card", "partner_id", string="Customer cards")
    enrolment_ids = fields.One2many(
        "loyalty.card", "partner_id", string="Programs", domain=[("is_enrolment", "=", True)]
    )
    card_entry_ids = fields.One2many(
        "loyalty.card.entry", string="Latest history", compute="_compute_card_entry_ids"
    )
    card_grants = fields.Integer(help="Counts program sales, to keep two at once apart.")
    card_entry_count = fields.Integer(compute="_compute_card_entry_count", string="History")

    def _compute_card_entry_ids(self):
        """The newest entries only: a long history has its own paged list."""
        for partner in self:
            partner.card_entry_ids = self.env["loyalty.card.entry"].search(
                [("card_id.partner_id", "=", partner.id)], limit=LATEST
            )

    def _compute_card_entry_count(self):
        counts = dict(
            self.env["loyalty.card.entry"]._read_group(
                [("card_id.partner_id", "in", self.ids)], ["card_id"], ["__count"]
            )
        )
        for partner in self:
            partner.card_entry_count = sum(
                count for card, count in counts.items() if card.partner_id == partner
            )

    def action_open_enrol(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_card.action_loyalty_enrol")
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_view_card_entries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_loyalty_card_entry"
        )
        action["domain"] = [("card_id.partner_id", "=", self.id)]
        return action

    def action_assign_partner_card(self):
        """Ask for the number of a partner group's card."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_customer_card_assign"
        )
        return {**action, "context": {"default_partner_id": self.id}}
