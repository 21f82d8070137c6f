from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.shop_day import shop_day
from odoo.addons.customer_card.rules.coverage import (
    Bill,
    Funds,
    Offer,
    covered_units,
    units_at_price,
)
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.tools import format_datetime

from .pos_order_value import ZERO

# More of one program on one line is a slip of the finger.
MOST_UNITS = 10000
# How long a till may have been without connection: an older date is not believed.
OFFLINE = timedelta(days=7)
# How long an order may be on its way, from Pay to the server, or with others after an outage.
ON_ITS_WAY = timedelta(minutes=15)


@dataclass(frozen=True)
class Gift:
    """What a line gives if it is paid.

    :param give: called with the settlement and the units
    :param price_of: the price of one of so many units, where it depends on their number
    """

    line: models.Model
    offer: Offer
    name: str
    give: Callable
    price_of: Callable | None = None

    def at_price(self, units):
        """Return how many of the paid *units* are paid at the price that so few of them have."""
        if not self.price_of or units >= self.offer.units:
            return units
        return units_at_price(units, self.offer.price, self.price_of)


class PosOrder(models.Model):
    """Paid orders give the programs they sold, as far as they are paid."""

    _inherit = "pos.order"

    @api.model
    def _get_sale_refusal(self, sales, pricelist_id, partner, customer_card, config=None):
        """Return the sentence why an open order may not sell its programs like this, or ""."""
        tills = config or self.env["pos.config"].sudo()
        tills = tills or tills.search([("company_id", "=", self.env.company.id)])
        pricelist = self.env["product.pricelist"].sudo().browse(pricelist_id or ()).exists()
        day = self.env["loyalty.card"]._today(self.env.company)
        for sale in sales:
            product = self.env["product.product"].browse(sale["product_id"])
            asked = {
                "price_unit": sale["price_unit"] * (1 - (sale.get("discount") or 0) / 100),
            }
            for program in self._get_programs_sold(product, self.env.company):
                if config and program.currency_id != config.currency_id:
                    return self.env._(
                        "%(program)s is in %(currency)s.", **self._currency_words(program)
                    )
                asked["expected"] = tills._get_program_price(
                    program, pricelist, sale.get("qty") or 1, asked["price_unit"]
                )
                if refusal := program._sale_refusal(
                    day, partner=partner, customer_card=customer_card, **asked
                ):
                    return refusal
        return ""

    @api.model
    def _get_programs_sold(self, products, company):
        """Return the programs of this company that *products* sell."""
        products = products.filtered("is_card_program")
        programs = self.env["loyalty.program"].sudo()
        found = programs._sold_as(products) if products else programs
        return found.filtered(
            lambda one: not one.company_id or one.company_id in company.sudo().parent_ids
        )

    # --- what is given ----------------------------------------------------------------------

    def _give_what_is_paid(self, found):
        """Give programs and credit that goes back, as far as the order's money covers them."""
        gifts = self._get_gifts(found)
        funds = self._get_funds(found)
        self._keep_funds(funds)
        for gift, units in zip(gifts, self._get_covered(gifts, funds), strict=True):
            if units > 0:
                self._never_refuse(found, gift.give, units)
            if units < gift.offer.units:
                found.told.append(self._get_uncovered_words(gift, units))

    def _get_funds(self, found):
        money, account = self._get_received()
        back, other = self._get_refund_credit(found.taken_back)
        return Funds(money + back, other, found.redeemed + account + self._get_native_holds())

    def _get_covered(self, gifts, funds):
        """Return how many units of each gift the order's money pays for."""
        bill = self._get_bill({gift.line for gift in gifts})
        offers = [gift.offer for gift in gifts]
        covered = covered_units(offers, funds, bill, self._get_rounding())
        return [gift.at_price(units) for gift, units in zip(gifts, covered, strict=True)]

    def _get_bill(self, given):
        """Return what this order's money has to pay besides the lines *given*."""
        goods = lowered = value = ZERO
        for line in self.lines:
            total = line._server_total()
            if line in given or line._is_return() or (total < 0 and line._pays()):
                continue
            if total > 0 and line._sells_other_value():
                value += total
            else:
                goods, lowered = goods + max(total, ZERO), lowered - min(total, ZERO)
        return Bill(goods, lowered, value)

    def _get_uncovered_words(self, gift, units):
        offer, money = gift.offer, self.currency_id
        values = {
            "missing": f"{float(offer.units - units):g}",
            "units": f"{float(offer.units):g}",
            "name": gift.name,
            "paid": money.format(float(units * offer.price)),
            "price": money.format(float(offer.units * offer.price)),
        }
        return (
            self.env._("%s was sold but not given", gift.name),
            self.env._(
                "%(missing)s of %(units)s × %(name)s not given: %(paid)s of %(price)s paid.",
                **values,
            ),
        )

    def _get_gifts(self, found):
        """Return what this order's lines give if they are paid, in the order of the lines."""
        gifts = [
            Gift(
                line,
                Offer(value, exact(1), is_return=True, is_whole=False),
                card.program_id.name,
                lambda found, part, line=line, card=card, points=points: self._book_return(
                    found, line, card, exact(points * part)
                ),
            )
            for line, card, points, value in self._get_returns()
        ]
        sold = self.lines.filtered(lambda line: line._sells_program())
        programs = self._get_programs_sold(sold.product_id, self.company_id)
        by_article = programs.sorted(lambda one: not one.company_id).grouped("sale_product_id")
        for line in sold:
            for program in by_article.get(line.product_id, programs.browse())[:1]:
                sold_at = self._get_sold_at()
                if refusal := self._get_line_refusal(line, program, found.customer_card, sold_at):
                    summary = self.env._("%s was sold but not given", program.name)
                    found.told.append((summary, refusal))
                else:
                    gifts.append(self._get_program_gift(line, program))
                    self._tell_earlier_terms(found, line, program, sold_at)
        return gifts

    def _tell_earlier_terms(self, found, line, program, sold_at):
        """Tell a manager of what is given by the terms of a moment that only the till names."""
        now = fields.Datetime.now()
        if now - sold_at < ON_ITS_WAY:
            return
        if refusal := self._get_line_refusal(line, program, found.customer_card, now):
            note = self.env._(
                "%(program)s is given by the terms of %(time)s: the till says that it was sold"
                " then, without connection. Today it would not be: %(refusal)s",
                program=program.name,
                time=format_datetime(self.env, sold_at),
                refusal=refusal,
            )
            found.told.append((self.env._("Sold by earlier terms"), note))

    def _get_line_refusal(self, line, program, customer_card, sold_at):
        """Return why *line* sells nothing by the price and the day of *sold_at*, or ""."""
        price = line.price_unit * (1 - line.discount / 100)
        line._server_total()  # refuses what is no number
        if program.currency_id != self.currency_id:
            return self.env._("%(program)s is in %(currency)s.", **self._currency_words(program))
        if line.qty % 1 or line.qty > MOST_UNITS:
            return self.env._(
                "%(program)s is sold in whole units, at most %(most)s at once.",
                program=program.name,
                most=MOST_UNITS,
            )
        return program._sale_refusal(
            shop_day(self.company_id, sold_at),
            price_unit=price,
            expected=self.config_id._get_program_price(
                program,
                self.pricelist_id,
                line.qty,
                price,
                line._get_program_taxes(),
                sold_at=sold_at,
            ),
            partner=self.partner_id,
            customer_card=customer_card,
        )

    def _get_program_gift(self, line, program):
        price = line._get_program_unit()

        def give(found, units):
            self.env["loyalty.card.grant"]._settle(
                line._name,
                line.id,
                int(units),
                program,
                partner=self.partner_id,
                customer_card=found.customer_card,
                day=self._get_day(),
                side=line.side,
                paid=price,
                origin_name=self.pos_reference or self.name,
            )

        def price_of(units):
            asked = self.config_id._get_program_price(
                program,
                self.pricelist_id,
                float(units),
                line.price_unit,
                sold_at=self._get_sold_at(),
            )
            own = exact(line.price_unit * (1 - line.discount / 100))
            return price if asked is None or own <= 0 else price * max(exact(asked) / own, exact(1))

        is_money = program.kind in MONEY_KINDS
        offer = Offer(price, exact(int(line.qty)), is_money)
        return Gift(line, offer, program.name, give, price_of)

    def _check_discounts(self, found):
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
            note = self.env._(
                "%s was taken off, but the order's customer or card does not give it.",
                program.name,
            )
            found.told.append((self.env._("Discount without right"), note))

    def _get_sold_at(self):
        """Return when the order was made, as far as a till may have been offline; else now.

        The date is the till's word. One that has sent an order since was not offline. Once it is
        settled this stays: points are booked by the worker, however late that is.
        """
        order, now = self.sudo(), fields.Datetime.now()
        if order.card_sold_at:
            return order.card_sold_at
        made = order.date_order
        if not now - OFFLINE < made < now or order._has_sent_since(made, now):
            return now
        return made

    def _has_sent_since(self, made, now):
        """Tell whether the server has got an order of this point of sale meanwhile."""
        domain = [
            ("config_id", "=", self.config_id.id),
            ("create_date", ">", made + ON_ITS_WAY),
            ("create_date", "<", now - ON_ITS_WAY),
        ]
        return bool(self.search_count(domain, limit=1))

    def _get_day(self):
        """Return the day of the sale in the shop: an order may arrive later than it was made."""
        return shop_day(self.company_id, self._get_sold_at())
