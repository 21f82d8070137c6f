from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL


class CustomerCardOrder(models.Model):
    """Printed cards ordered from the customer's process: sent by e-mail, received as cards.

    :source: seed 001, über einen Vorgangsschritt beim Kunden bestellen; seed 004, Design
    """

    _name = "customer.card.order"
    _description = "Card order"
    _inherit = ["mail.thread", "mail.activity.mixin", "customer.card.server.fields"]
    _order = "id desc"

    name = fields.Char(
        string="Number", readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Ordered by", default=lambda self: self.env.user, copy=False
    )
    printer_id = fields.Many2one(
        "res.partner",
        string="Card printer",
        compute="_compute_printer_id",
        store=True,
        readonly=False,
        tracking=True,
    )
    reference = fields.Char(
        copy=False, help="The printer's own number of this order, as on the delivery note."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("ordered", "Ordered"),
            ("received", "Received"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    ordered_at = fields.Datetime(readonly=True, copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)
    design = fields.Binary(attachment=True, help="A file of your own: the printer gets it.")
    design_name = fields.Char()
    note = fields.Text(string="Note to the printer")
    step_record = fields.Reference(
        selection="_step_models",
        string="Step of",
        readonly=True,
        copy=False,
        help="The customer or document whose step “Order card” this order comes from.",
    )
    line_ids = fields.One2many("customer.card.order.line", "order_id", copy=True)
    quantity = fields.Integer(compute="_compute_quantity", string="Cards")
    card_ids = fields.One2many("customer.card", compute="_compute_card_ids")

    @api.model
    def _step_models(self):
        models_ = self.env["ir.model"].sudo().search([("is_mail_activity", "=", True)])
        return [(model.model, model.name) for model in models_]

    @api.depends("line_ids.card_type_id")
    def _compute_printer_id(self):
        for order in self:
            order.printer_id = order.printer_id or order.line_ids.card_type_id.printer_id[:1]

    @api.depends("line_ids.quantity")
    def _compute_quantity(self):
        for order in self:
            order.quantity = sum(order.line_ids.mapped("quantity"))

    @api.depends("line_ids.card_ids")
    def _compute_card_ids(self):
        for order in self:
            order.card_ids = order.line_ids.card_ids

    @api.model_create_multi
    def create(self, vals_list):
        self._check_steps(vals_list)
        orders = super().create(vals_list)
        for order in orders.sudo():
            order.name = self.env["ir.sequence"].sudo().next_by_code("customer.card.order")
        return orders

    def write(self, vals):
        self._check_steps([vals])
        return super().write(vals)

    def _check_steps(self, vals_list):
        """The state follows the steps below; a client cannot write it."""
        if not self.env.su and any("state" in vals for vals in vals_list):
            raise AccessError(
                self.env._("A card order is ordered, received and cancelled by its buttons only.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if self.filtered(lambda order: order.state not in ("draft", "cancelled")):
            raise UserError(self.env._("This card order was sent. Cancel it instead."))

    def _step(self, before, after, **values):
        """Move the orders in state *before* to *after* and return them; the others did it already.

        The row is locked first, so that a second click waits and then finds nothing to do.
        """
        self.check_access("write")
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM customer_card_order WHERE id IN %s AND state IN %s"
                " ORDER BY id FOR UPDATE",
                tuple(self.ids) or (0,),
                before,
            )
        )
        orders = self.browse(row[0] for row in rows)
        orders.sudo().write({"state": after, **values})
        return orders

    # --- steps ------------------------------------------------------------------------

    def _missing(self):
        """Return the sentence that says what an order still lacks, or an empty one."""
        self.ensure_one()
        if not self.line_ids:
            return self.env._("Enter who gets the cards.")
        if not self.printer_id:
            return self.env._("Choose the card printer. The card type can name one for all orders.")
        if not self.printer_id.email:
            return self.env._(
                "%s has no e-mail address. Enter it on the contact.", self.printer_id.display_name
            )
        return ""

    def action_order(self):
        """Send the order to the printer, once however often it is pressed.

        :raises UserError: something is missing, or a card would carry too many programs
        """
        for order in self.filtered(lambda order: order.state == "draft"):
            if missing := order._missing():
                raise UserError(missing)
            order.line_ids._check_programs()
        for order in self._step(("draft",), "ordered", ordered_at=fields.Datetime.now()):
            order._send()
            for partner in order.line_ids.partner_id:
                partner.sudo().message_post(
                    body=self.env._("Card ordered: %s", order._get_html_link())
                )
        return True

    def _send(self):
        template = self.env.ref("customer_card_order.mail_template_card_order").sudo()
        design = self.env["ir.attachment"]
        if self.design:
            name = self.design_name or self.env._("Design")
            design = design.sudo().create(
                {"name": name, "datas": self.design, "res_model": self._name, "res_id": self.id}
            )
        template.send_mail(
            self.id, email_values={"attachment_ids": [Command.link(one.id) for one in design]}
        )

    def action_receive(self):
        """Make the ordered cards and give them their programs, once however often it is pressed.

        :raises UserError: a program is one too many meanwhile; nothing was received
        """
        for order in self._step(("ordered",), "received", received_at=fields.Datetime.now()):
            for line in order.line_ids:
                line._receive()
            order.message_post(
                body=self.env._("Cards made: %s", ", ".join(order.card_ids.mapped("number")))
            )
        return True

    def action_cancel(self):
        """Give the order up; what was received stays."""
        self._step(("draft", "ordered"), "cancelled")
        return True

    def action_view_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_card.action_customer_card")
        return {**action, "domain": [("id", "in", self.card_ids.ids)]}

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
