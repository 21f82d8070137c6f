import pytz

from odoo import api, models
from odoo.exceptions import UserError


class PosOrder(models.Model):
    """Paid orders give the programs they sold, and take back what they refund."""

    _inherit = "pos.order"

    @api.model
    def _get_sale_refusal(self, sales, pricelist_id, partner, customer_card):
        """Return the sentence why an open order may not sell its programs like this, or ""."""
        day = self.env["loyalty.card"]._today(self.env.company)
        pricelist = self.env["product.pricelist"].browse(pricelist_id or ())
        for sale in sales:
            product = self.env["product.product"].browse(sale["product_id"])
            for program in self.env["loyalty.program"].sudo()._sold_as(product):
                refusal = program._sale_refusal(
                    day,
                    price_unit=sale["price_unit"] * (1 - (sale.get("discount") or 0) / 100),
                    expected=self._get_expected_price(pricelist, product),
                    partner=partner,
                    customer_card=customer_card,
                    side=sale.get("side"),
                )
                if refusal:
                    return refusal
        return ""

    def action_pos_order_paid(self):
        """Give, spend and return what the order's lines say; a paid order is never refused."""
        result = super().action_pos_order_paid()
        self._keep_native_holds()
        card = self._hand_out_new_card()
        self._settle_programs(card)
        for step in (self._book_redemptions, self._book_returns, self._check_discounts):
            self._never_refuse(step)
        return result

    def _never_refuse(self, step):
        """Run *step*; what it refuses is left out as a whole, and a manager is told."""
        try:
            with self.env.cr.savepoint():
                step()
        except UserError as refusal:
            self._tell_managers(self.env._("Not booked"), str(refusal))

    def _settle_programs(self, customer_card):
        for line in self.lines:
            if origin := line.refunded_orderline_id:
                self._never_refuse(lambda origin=origin: self._settle_refunded(origin.sudo()))
            elif line.qty > 0 and not line.is_reward_line:
                self._never_refuse(lambda line=line: self._settle_sold(line, customer_card))

    def _settle_sold(self, line, customer_card):
        for program in self.env["loyalty.program"].sudo()._sold_as(line.product_id):
            refusal = program._sale_refusal(
                self._get_day(),
                price_unit=line.price_unit * (1 - line.discount / 100),
                expected=self._get_expected_price(self.pricelist_id, line.product_id),
                partner=self.partner_id,
                customer_card=customer_card,
                side=line.side,
            )
            if refusal:
                self._tell_managers(self.env._("%s was sold but not given", program.name), refusal)
                continue
            self.env["loyalty.card.grant"]._settle(
                line._name,
                line.id,
                int(line.qty),
                program,
                partner=self.partner_id,
                customer_card=customer_card,
                day=self._get_day(),
                side=line.side,
                paid=line.price_subtotal_incl / line.qty,
                origin_name=self.pos_reference or self.name,
            )

    def _settle_refunded(self, origin):
        """Take back the units of a sold line that refunds have paid back, no more (AP-32)."""
        grants = self.env["loyalty.card.grant"].sudo()
        sold = grants.search([("origin_model", "=", origin._name), ("origin_id", "=", origin.id)])
        live = sold.filtered(lambda grant: grant.state == "live")
        kept = int(origin.qty + sum(origin._paid_refunds().mapped("qty")))
        if live and kept < len(live):
            grants._settle(origin._name, origin.id, max(kept, 0), live.program_id[:1])

    def _check_discounts(self):
        """Tell managers of discounts that this order's customer and card do not give (AX-22)."""
        programs = self.sudo().lines.reward_id.program_id.filtered(
            lambda program: program.kind == "discount"
        )
        if not programs:
            return
        card = self.sudo().customer_card_id
        presented = self.env["loyalty.card"]._presented_card(card.id, self.uuid)
        gate = programs._gate_domain(self.partner_id, presented, self._get_day())
        for program in programs - programs.search([("id", "in", programs.ids), *gate]):
            self._tell_managers(
                self.env._("Discount without right"),
                self.env._(
                    "%s was taken off, but the order's customer or card does not give it.",
                    program.name,
                ),
            )

    def _get_day(self):
        """Return the day of the sale in the shop: an order may arrive later than it was made."""
        today = self.env["loyalty.card"]._today(self.company_id)
        zone = pytz.timezone(self.company_id.partner_id.tz or "Europe/Berlin")
        day = self.date_order.replace(tzinfo=pytz.utc).astimezone(zone).date()
        return min(day, today)

    @api.model
    def _get_expected_price(self, pricelist, product):
        """Return what a pricelist of the company's tills gives, or None for the article's price."""
        tills = self.env["pos.config"].sudo().search([("company_id", "=", self.env.company.id)])
        pricelist = pricelist.sudo()
        if pricelist and pricelist in tills.available_pricelist_ids | tills.pricelist_id:
            return pricelist._get_product_price(product, 1)
        return None
