from odoo import api, fields, models
from odoo.addons.customer_card.lib.plain_reference import PlainMany2one
from odoo.exceptions import AccessError


class CustomerCardBill(models.Model):
    """A draft invoice to a payer for what cards issued in one month."""

    _name = "customer.card.bill"
    _description = "Bill to a payer"
    _order = "period desc, payer_id, id"
    _rec_name = "period"

    payer_id = fields.Many2one("res.partner", required=True, readonly=True, index=True)
    period = fields.Date(required=True, readonly=True, help="The first day of the month.")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty where everything that was issued came back. A deleted draft is made again.",
    )
    state = fields.Selection(related="move_id.state")
    amount = fields.Monetary(related="move_id.amount_total_signed")
    currency_id = fields.Many2one(related="company_id.currency_id")
    entry_ids = fields.One2many("customer.card.bill.entry", "bill_id", readonly=True)
    entry_count = fields.Integer(compute="_compute_entry_count", string="Issues")

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for bill in self:
            bill.entry_count = len(bill.entry_ids)

    def action_open_move(self):
        """Open the invoice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def bill_payers(self):
        """Bill the payers for the months that are over; what is billed is not billed again.

        :return: ``{"bills", "entries", "busy", "left"}``; busy: another call is at it; left: issues
            that are billed in the background, since they are many
        """
        if not (self.env.su or self.env.user.has_group("customer_card.group_worker")):
            self._check_manager()
        return self._bill_until("month")

    def action_bill_now(self):
        """Bill what was issued until now, the month that is not over too."""
        self._check_manager()
        left = self._bill_until("now")["left"]
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_card_bill.action_customer_card_bill"
        )
        if not left:
            return action
        message = self.env._(
            "%s issues are billed in the background. The bills appear here one after the other.",
            left,
        )
        params = {"type": "info", "message": message, "next": action}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may bill payers."))


class CustomerCardBillEntry(models.Model):
    """An entry of the history that is billed, for ever, unless the draft is deleted."""

    _name = "customer.card.bill.entry"
    _description = "Billed entry"
    _log_access = False

    bill_id = fields.Many2one(
        "customer.card.bill", required=True, readonly=True, index=True, ondelete="cascade"
    )
    entry_id = PlainMany2one("loyalty.card.entry", required=True, readonly=True)
    price = fields.Float(digits="Product Price", readonly=True)

    _entry_unique = models.UniqueIndex("(entry_id)", "This issue is billed already.")
