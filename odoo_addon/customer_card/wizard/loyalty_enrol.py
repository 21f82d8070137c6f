import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.quick_repeat import repeated
from ..rules.kinds import MONEY_KINDS


class LoyaltyEnrol(models.TransientModel):
    """Give a program to a customer or to one card, without a sale."""

    _name = "loyalty.enrol"
    _description = "Assign program"

    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        domain=[("kind", "!=", False), ("parent_program_id", "=", False)],
    )
    kind = fields.Selection(related="program_id.kind")
    per_fitting = fields.Boolean(related="program_id.per_fitting")
    preset_amount = fields.Monetary(related="program_id.preset_amount")
    currency_id = fields.Many2one(related="program_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer")
    customer_card_id = fields.Many2one(
        "customer.card", string="Only on this card", domain="[('partner_id', '=', partner_id)]"
    )
    valid_from = fields.Date(required=True, default=lambda self: self._default_valid_from())
    side = fields.Selection([("left", "Left"), ("right", "Right")])
    amount = fields.Monetary(help="The credit the customer gets.")
    paid = fields.Monetary(string="Of it paid", help="The rest is a bonus of the shop.")
    key = fields.Char(default=lambda self: uuid.uuid4().hex, help="One click gives it once.")

    @api.model
    def _default_valid_from(self):
        return self.env["loyalty.card"]._today(self.env.company)

    @repeated
    def action_enrol(self):
        """Give the program, once for each time this window was opened.

        :raises AccessError: what is worth money is given away by managers only
        """
        self.ensure_one()
        self.env["customer.till"]._check_seller()
        for asked in (self.program_id, self.partner_id, self.customer_card_id):
            asked.check_access("read")
        self._check_holder()
        self._check_amount()
        self.program_id._enrol(
            self.partner_id,
            self.customer_card_id,
            day=self.valid_from,
            side=self.side,
            amount=self.amount,
            paid=self.paid,
            key=f"enrol:{self.key}",
            extend=True,
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_holder(self):
        """The card is the customer's, and of a company that has the program."""
        card, company = self.customer_card_id, self.program_id.company_id
        empty = self.env["res.partner"]
        if card and self.partner_id and card.order_partner_id not in (empty, self.partner_id):
            raise UserError(
                self.env._(
                    "Card %(number)s does not belong to %(holder)s.",
                    number=card.number,
                    holder=self.partner_id.display_name,
                )
            )
        if card and company and company not in card.company_id.sudo().parent_ids:
            raise UserError(self.env._("This card belongs to another company."))

    def _check_amount(self):
        self.program_id._check_may_give()
        if self.kind not in MONEY_KINDS:
            return
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(
                self.env._("Only customer card managers may give credit without a sale.")
            )
        if self.amount < 0 or not 0 <= self.paid <= (self.amount or self.preset_amount):
            raise UserError(self.env._("Enter an amount above zero, and at most that much paid."))
        if not self.amount and not self.preset_amount:
            raise UserError(self.env._("Enter the amount of %s.", self.program_id.name))
