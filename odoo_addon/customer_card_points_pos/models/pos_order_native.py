from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.row_id import row_id
from odoo.addons.customer_card_points.rules.redemption import Part, bill_parts
from odoo.exceptions import UserError


class PosOrder(models.Model):
    """What a receipt brings in points: said before it is paid, and on the receipt."""

    _inherit = "pos.order"

    points_said = fields.Json(
        readonly=True, copy=False, help="What the receipt says of points; a reprint says the same."
    )

    def _kept_by_server(self):
        return super()._kept_by_server() | {"points_said"}

    @api.model
    def prepare_card_payment(self, uuid, values):
        """Also answer what the order would earn: no further round trip at Pay.

        :param values: also ``lines``: ``product_id``, ``gross``, ``discount`` of each
        :return: also ``preview``, as ``loyalty.card._preview_points``
        """
        answer = super().prepare_card_payment(uuid, values)
        answer["preview"] = self._preview_open_order(uuid, values)
        return answer

    @api.model
    def _preview_open_order(self, uuid, values):
        partner = self.env["res.partner"].browse(row_id(values.get("partner_id")) or ()).exists()
        sent = values.get("lines") or ()
        if not partner or not sent:
            return []
        cards = self.env["loyalty.card"]
        presented = cards._presented_card(values.get("customer_card_id"), uuid)
        common = {
            "customer": partner.id,
            "card": presented.id,
            "date": cards._today(self.env.company),
            "currency": self.env.company.currency_id.id,
        }
        try:
            lines = [
                {
                    **common,
                    "product": row_id(line["product_id"]),
                    "gross": exact(line["gross"]),
                    "discount": float(exact(line.get("discount"))),
                    "lowers": exact(line["gross"]) < 0,
                }
                for line in sent
            ]
        except (AttributeError, KeyError, TypeError) as error:
            raise UserError(
                self.env._("This order cannot be read. Reload the page and try again.")
            ) from error
        return cards.sudo()._preview_points(lines)

    def action_pos_order_paid(self):
        result = super().action_pos_order_paid()
        if self.state in ("paid", "done") and self.partner_id and not self.points_said:
            self._never_block_points()
        return result

    def _never_block_points(self):
        """Note what the receipt says; a paid order is never refused for it."""
        order = self.sudo()
        try:
            with self.env.cr.savepoint():
                cards = order.env["loyalty.card"].with_company(order.company_id)
                order.points_said = cards._preview_points(order._earning_lines()) or False
        except UserError:
            order.points_said = False

    def _points_parts(self, redeemed):
        """Return what this order's points can pay, by tax and class.

        :param redeemed: the lines that redeem points
        """
        by_taxes = defaultdict(list)
        for line in (self.lines - redeemed).filtered(lambda one: one._is_paid_by_points()):
            taxes = line.tax_ids.filtered(lambda tax: tax.amount_type != "fixed")
            is_service = line.product_id.type == "service"
            by_taxes[taxes].append(Part(line._server_total(), is_service))
        return [part for lines in by_taxes.values() for part in bill_parts(lines)]


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _is_paid_by_points(self):
        """Points buy goods: no credit, and nothing that credit pays already."""
        pays = self.reward_id.program_id.is_payment_program
        return not (pays or self._sells_credit() or self._tops_up())
