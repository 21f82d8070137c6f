"""What the server asks for one unit of a program at a till."""

from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _get_program_price(self, program, pricelist, qty, sent, taxes=None, sold_at=None):
        """Return the price of one unit when *qty* are sold, or None: any amount is entered.

        Only a pricelist of these tills counts. What is right to half a cent is right.

        :param sold_at: the price of that moment counts; now, if it is None
        :param sent: the price on the line, which a fiscal position may have freed of its taxes
        :param taxes: (the article's own, those that the order's fiscal position puts there)
        """
        product, company = program.sale_product_id, self.env.company
        currency = self.currency_id[:1] or company.currency_id
        pricelist = pricelist.sudo()
        if pricelist and pricelist in self.available_pricelist_ids | self.pricelist_id:
            price = pricelist._get_product_price(product, qty, currency=currency, date=sold_at)
        else:
            day = fields.Date.context_today(self)
            price = product.currency_id._convert(product.lst_price, currency, company, day)
        if not product.lst_price and not price:
            preset = program.preset_amount if program.kind in MONEY_KINDS else 0
            return preset or None
        prices = [price]
        if taxes and taxes[0] != taxes[1]:
            fixed = self.env["account.tax"]._fix_tax_included_price_company
            prices.append(fixed(price, *taxes, self.company_id))
        matching = [one for one in prices if not currency.compare_amounts(one, sent)]
        return sent if matching else price


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _sells_program(self):
        """Tell whether this line sells a program, whatever it says of itself."""
        return (
            self.product_id.is_card_program
            and self.qty > 0
            and not self.refunded_orderline_id
            and not self.is_reward_line
            and self._sells_for_itself()
        )

    def _pays(self):
        """Tell whether this line pays with what an account holds, ours or a native one."""
        return bool(self.reward_id) and not self._is_return() and self.coupon_id.sudo()._pays()

    def _sells_credit(self):
        """Tell whether this line sells credit or a voucher of ours."""
        company = self.order_id.company_id
        return self._sells_program() and any(
            program.kind in MONEY_KINDS
            for program in self.env["pos.order"]._get_programs_sold(self.product_id, company)
        )

    def _get_program_taxes(self):
        """Return the article's own taxes, and those of a fiscal position that the till allows."""
        order, company = self.order_id, self.company_id
        own = self.product_id.taxes_id._filter_taxes_by_company(company)
        position, config = order.fiscal_position_id, order.config_id.sudo()
        allowed = config.fiscal_position_ids | config.default_fiscal_position_id
        if position and position not in allowed:
            positions = self.env["account.fiscal.position"].sudo().with_company(company)
            position &= positions._get_fiscal_position(order.partner_id)
        return own, position.map_tax(own)

    def _get_program_unit(self):
        """Return the gross price of one unit by the article's own taxes, rounded down."""
        price = self.price_unit * (1 - self.discount / 100)
        taxes = self._get_program_taxes()[1]
        currency = self.currency_id
        if taxes:
            totals = taxes.compute_all(
                price, currency, 1, product=self.product_id, partner=self.order_id.partner_id
            )
            return exact(totals["total_included"])
        return exact(currency.round(price))
