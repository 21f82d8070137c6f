from odoo import api, fields, models


class LoyaltyEnrol(models.TransientModel):
    """Give a program to a customer or to one card."""

    _name = "loyalty.enrol"
    _description = "Assign program"

    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        domain=[("kind", "!=", False), ("parent_program_id", "=", False)],
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    customer_card_id = fields.Many2one(
        "customer.card", string="Only on this card", domain="[('partner_id', '=', partner_id)]"
    )
    valid_from = fields.Date(required=True, default=lambda self: self._default_valid_from())

    @api.model
    def _default_valid_from(self):
        return self.env["loyalty.card"]._today(self.env.company)

    def action_enrol(self):
        self.ensure_one()
        self.env["customer.till"]._check_seller()
        self.program_id.check_access("read")
        self.program_id._enrol(self.partner_id, self.customer_card_id, day=self.valid_from)
        return {"type": "ir.actions.act_window_close"}
