from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order_line_program import prices_change

LINE = "sale.order.line"


class SaleOrder(models.Model):
    """Selling programs: the confirmed line enrols the customer, cancelling takes it back.

    :source: seed 002, Verkauf durch (Artikel-Typ Programm); Existierende verlängern
    """

    _inherit = "sale.order"

    card_asks_side = fields.Boolean(compute="_compute_card_asks_side")
    card_grant_count = fields.Integer(compute="_compute_card_grant_count")

    @api.depends("order_line.card_asks_side")
    def _compute_card_asks_side(self):
        for order in self:
            order.card_asks_side = any(order.order_line.mapped("card_asks_side"))

    @api.depends("state", "order_line.product_uom_qty")
    def _compute_card_grant_count(self):
        for order in self:
            order.card_grant_count = len(order._sold_enrolments())

    def _sold_enrolments(self):
        return self.order_line._card_grants().filtered(lambda one: one.state == "live").card_id

    def action_view_card_programs(self):
        """Open the programs that this order gave its customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_loyalty_card_enrolment"
        )
        return {
            **action,
            "name": self.env._("Programs sold"),
            "domain": [("id", "in", self._sold_enrolments().ids)],
            "context": {"create": False},
        }

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        for line in self.order_line.filtered("card_program_id"):
            message = message or line._card_refusal(at_confirm=True)
        return message

    def _action_confirm(self):
        res = super()._action_confirm()
        self.order_line._settle_programs()
        return res

    def _action_cancel(self):
        res = super()._action_cancel()
        self.order_line._settle_programs()
        return res

    def _recompute_prices(self):
        with prices_change():
            res = super()._recompute_prices()
        self.order_line._check_card_sale()
        return res


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if sold := lines.filtered(lambda line: line.order_id.state == "sale"):
            sold._sell_more()
            sold.order_id._settle_value()
        return lines

    def write(self, vals):
        sold = self.filtered(lambda line: line.order_id.state == "sale" and line.card_program_id)
        before = {line: line.product_uom_qty for line in sold}
        res = super().write(vals)
        if "product_uom_qty" in vals:
            sold.filtered(lambda line: line.product_uom_qty > before[line])._check_sellable()
            sold._settle_programs()
        if vals.keys() & {"product_uom_qty", "price_unit", "discount", "tax_ids"}:
            self.order_id._settle_value()
        return res

    def _sell_more(self):
        """A line added to a confirmed order sells its program at once."""
        lines = self.filtered("card_program_id")
        lines._check_sellable()
        lines._settle_programs()

    def _check_sellable(self):
        for line in self:
            if refusal := line._card_refusal(at_confirm=True):
                raise UserError(refusal)

    def _card_grants(self):
        return (
            self.env["loyalty.card.grant"]
            .sudo()
            .search([("origin_model", "=", LINE), ("origin_id", "in", self.ids)])
        )

    def _settle_programs(self):
        """Let each line have sold what it has sold by now, however it came about.

        Confirmed, cancelled, another quantity, a credit note posted or taken back: all of them
        only change the number of units, and a repetition changes nothing.
        """
        known = self._card_grants()
        for line in self.filtered(
            lambda line: line.card_program_id or line.id in known.mapped("origin_id")
        ):
            order = line.order_id
            earlier = known.filtered(lambda grant, line=line: grant.origin_id == line.id)
            self.env["loyalty.card.grant"]._settle(
                LINE,
                line.id,
                line._sold_units() if line.card_program_id else 0,
                line.card_program_id or earlier.program_id[:1],
                partner=order.partner_id,
                customer_card=order.customer_card_id,
                day=order._get_card_day(),
                side=line.card_program_id.per_fitting and line.card_side,
                paid=line._paid_per_unit(),
                origin_name=order.name,
            )
