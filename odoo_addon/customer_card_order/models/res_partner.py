from odoo import fields, models
from odoo.fields import Command
from odoo.tools import SQL


class ResPartner(models.Model):
    """Cards are ordered where the seller is: on the customer."""

    _inherit = "res.partner"

    card_order_line_ids = fields.One2many(
        "customer.card.order.line", "partner_id", string="Ordered cards"
    )
    card_order_count = fields.Integer(compute="_compute_card_order_count", string="Card orders")

    def _compute_card_order_count(self):
        lines = self.env["customer.card.order.line"]
        counts = dict(
            lines._read_group(
                [("partner_id", "in", self.ids), ("order_id.state", "!=", "cancelled")],
                ["partner_id"],
                ["order_id:count_distinct"],
            )
        )
        for partner in self:
            partner.card_order_count = counts.get(partner, 0)

    def action_order_card(self):
        """Order one card with the usual type and programs, and send the order at once.

        An order on its way is shown instead of ordering twice; one that lacks something opens.

        :source: seed 001, Kundenkarte beim Kunden bestellen (AS-02)
        """
        self.ensure_one()
        under_way = self._card_order_under_way()
        order = under_way or self._make_card_order()
        if under_way or order.state == "draft":
            return order._open()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(order)s: one card ordered from %(printer)s.",
                    order=order.name,
                    printer=order.printer_id.display_name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _card_order_under_way(self):
        """Return the order with which this customer gets a card already, or an empty one."""
        lines = self.env["customer.card.order.line"].search(
            [("partner_id", "=", self.id), ("order_id.state", "in", ("draft", "ordered"))], limit=1
        )
        return lines.order_id

    def _make_card_order(self):
        """Return a new order of one card, sent to the printer unless it lacks something."""
        order = self.env["customer.card.order"].create(
            {"line_ids": [Command.create({"partner_id": self.id})]}
        )
        if not order._missing():
            order.action_order()
        return order

    def action_view_card_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card_order.action_customer_card_order"
        )
        action["domain"] = [("line_ids.partner_id", "=", self.id)]
        action["context"] = {"default_line_ids": [Command.create({"partner_id": self.id})]}
        return action

    def _card_companies(self):
        """A card that is only ordered yet binds the customer, too."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT company_id FROM customer_card_order_line WHERE partner_id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        ordered = self.env["res.company"].sudo().browse(row[0] for row in rows if row[0])
        return super()._card_companies() | ordered

    def _erase_card_traces(self, enrolments, cards):
        self.env.cr.execute(
            "UPDATE customer_card_order_line SET partner_id = NULL WHERE partner_id = %s",
            [self.id],
        )
        self.env.cr.execute(
            "UPDATE customer_card_order SET step_record = NULL WHERE step_record = %s",
            [f"res.partner,{self.id}"],
        )
        self.env.invalidate_all()
        return super()._erase_card_traces(enrolments, cards)
