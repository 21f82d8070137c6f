from decimal import ROUND_FLOOR

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.exchange import exchanged
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS, VALUE_KINDS
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..lib.covered import covered_value

# Whoever has these can buy with them: they are given for money received only.
PAID = ("paid", "in_payment")
PAYING = {"paid", "in_process"}


class SaleOrder(models.Model):
    """Credit and vouchers are given for money, once it came in (design, doors 1 and 2)."""

    _inherit = "sale.order"

    card_waiting_text = fields.Char(compute="_compute_card_waiting_text")

    @api.depends("state", "order_line.card_program_id", "card_grant_count")
    def _compute_card_waiting_text(self):
        for order in self:
            waiting = order.sudo().order_line.filtered(lambda line: line._waits_for_money())
            names = ", ".join(waiting.product_id.mapped("display_name"))
            order.card_waiting_text = names and self.env._("Given when it is paid: %s.", names)

    def _program_check_compute_points(self, programs):
        """Native gift cards and e-wallets are not paid by goods below zero either."""
        result = super()._program_check_compute_points(programs)
        for program in programs.filtered("is_payment_program"):
            bought = self.env["product.product"]
            for products in program._get_valid_products(self.order_line.product_id).values():
                bought |= products
            value = bought | self.env["loyalty.card"]._credit_articles(self.order_line.product_id)
            others = self.order_line.filtered(
                lambda line, value=value: not line.reward_id and line.product_id not in value
            )
            if (
                "points" in result.get(program, {})
                and sum(line._server_total() for line in others) < 0
            ):
                result[program] = {
                    "error": self.env._("Lines below zero do not pay for %s.", program.name)
                }
        return result

    def _settle_value(self):
        """Give what has been paid since, take back what is unpaid again; never block a payment."""
        for order in self.filtered(lambda order: order.state == "sale"):
            if lines := order.order_line.filtered(lambda line: line._sells_value()):
                order._never_block(lines._settle_programs)

    def _never_block(self, step):
        """Run *step*; what it refuses is left out as a whole, and a manager is told."""
        try:
            with self.env.cr.savepoint():
                step()
        except UserError as refusal:
            self._tell_managers(self.env._("Not booked"), str(refusal))

    def _tell_managers(self, summary, note):
        """Open one activity on this order, unless one with the same words is open."""
        self.ensure_one()
        order = self.sudo()
        if order.activity_ids.filtered(lambda one: one.summary == summary):
            return
        manager = self.env["loyalty.card"].with_company(order.company_id)._responsible_manager()
        order.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=note, user_id=manager.id
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _sells_value(self):
        """Tell whether only money buys what this line sells."""
        program = self.card_program_id.sudo()
        return program.kind in MONEY_KINDS or (
            program.kind in VALUE_KINDS and self._server_total() != 0
        )

    def _sold_units(self):
        """Return how many units of its program this line has sold by now: of value, for money."""
        units = self._ordered_units()
        if not units or not self._sells_value():
            return units
        if overpaid := self._overpaid():
            self._tell_overpaid(overpaid)
        given = min(units, self._paid_units())
        if given < units and not self._waits_for_money():
            self._tell_not_covered(given, units)
        return given

    def _waits_for_money(self):
        """Tell whether units are still to come with a payment."""
        if self.order_id.state != "sale" or self.company_id.card_value_given != "paid":
            return False
        return self._sells_value() and self._received_units(covered=False) < self._ordered_units()

    def _tell_not_covered(self, given, units):
        order, price = self.order_id, self._paid_per_unit()
        currency = self.card_program_id.sudo().currency_id
        paid, due = (
            formatLang(self.env, float(price * number), currency_obj=currency)
            for number in (given, units)
        )
        order._tell_managers(
            self.env._("Sold but not given"),
            self.env._(
                "%(given)s of %(units)s x %(program)s were given: %(paid)s of %(due)s are paid by"
                " this order. Other lines lower its total.",
                given=given,
                units=units,
                program=self.card_program_id.name,
                paid=paid,
                due=due,
            ),
        )

    def _overpaid(self):
        """Return what documents ask for these units above the order's price of them."""
        over = exact(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            if line.move_type == "out_invoice" and line._sold_line() == self:
                over += self._above_price(line, exact(line.price_total), line._card_units())
        return over

    def _above_price(self, line, gross, units):
        """Return what *gross* of a document's *line* is above the price of its *units*.

        Prices of single pieces are rounded: what that adds up to is not above.
        """
        currency = self.currency_id
        if line.currency_id != currency:
            return exact(0)
        over = gross - self._price_in(line) * units
        return over if over > exact(currency.rounding) * (units + 1) / 2 else exact(0)

    def _tell_overpaid(self, amount):
        self.order_id._tell_managers(
            self.env._("Paid more than it costs"),
            self.env._(
                "%(amount)s more than its price in this order was asked for %(program)s: only the"
                " price is credited. Give the rest by hand, or pay it back.",
                amount=formatLang(self.env, float(amount), currency_obj=self.currency_id),
                program=self.card_program_id.name,
            ),
        )

    def _paid_units(self):
        """Return how many units money pays for: received, or in the other mode promised."""
        self.ensure_one()
        if self.company_id.card_value_given == "paid":
            back = self._units(float(self._credited_quantity()))
            bought = max(self._received_units() + back, exact(0))
            given = max(self._at_price(bought) - back, exact(0))
            return int(given.to_integral_value(ROUND_FLOOR))
        lines = self.order_id.order_line.filtered(lambda line: not line.display_type)
        credit = self.env["loyalty.card"]._credit_articles(lines.product_id)
        covered = covered_value(
            lines,
            lambda line: line._server_total(),
            lambda line: line._offer_units(),
            other_value=lambda line: line.product_id in credit and not line.reward_id,
        )
        return int(self._at_price(covered.get(self, exact(0)).to_integral_value(ROUND_FLOOR)))

    def _offer_units(self):
        return self._units(self.product_uom_qty) if self._sells_value() else exact(0)

    def _price_in(self, line):
        """Return this line's gross price of one unit in the currency of another line."""
        units = self and self._units(self.product_uom_qty)
        if not units:
            return exact(0)
        price = self._server_total() / units
        day = self.order_id._get_card_day()
        return exchanged(price, self.currency_id, line.currency_id, self.company_id, day)

    def _received_units(self, *, covered=True):
        """Return the units on paid invoices, less those that credit notes took back.

        An invoice that a credit note has paid counts beside that credit note: together nothing.

        :param covered: only as far as the invoice's total pays for them
        """
        units = exact(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            if line._sold_line() != self:
                continue
            move = line.move_id
            if move.move_type == "out_refund":
                units -= line._card_units()
            elif move.payment_state == "reversed":
                units += line._card_units()
            elif move._is_paid():
                known = move._covered_lines().get(line, exact(0))
                units += known if covered else line._card_units()
        return units


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_paid(self):
        """Tell whether money has come in; Odoo calls what a payment in draft pays paid, too."""
        states = set(self.sudo().reconciled_payment_ids.mapped("state"))
        return self.payment_state in PAID and states <= PAYING

    def _covered_lines(self):
        """Return ``{line: units}`` of sold value, as far as this invoice's total pays for it.

        A down payment that was invoiced and paid before is money, too.
        """
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        money = {line: line._paid_before() for line in lines}
        credit = self.env["loyalty.card"]._credit_articles(lines.product_id)
        return covered_value(
            lines,
            lambda line: exact(line.price_total),
            lambda line: line._card_units(),
            lambda line: line._sold_line()._price_in(line),
            lambda line: money[line],
            other_value=lambda line: line.product_id in credit,
        )

    def _card_orders(self):
        """Return the orders whose value these documents concern."""
        orders = self.invoice_line_ids.sudo().sale_line_ids.order_id
        return orders.filtered(
            lambda order: any(order.order_line.product_id.mapped("is_card_program"))
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sold_line(self):
        """Return the order line that sells value by this line, or an empty one.

        It is of the same article, and of the customer whose invoice this is.
        """
        payer = self.move_id.commercial_partner_id
        return self.sale_line_ids.filtered(
            lambda line: (
                line.product_id == self.product_id
                and line.order_id.partner_invoice_id.commercial_partner_id == payer
                and line._sells_value()
            )
        )[:1]

    def _card_units(self):
        if not self._sold_line():
            return exact(0)
        own = self.product_id.uom_id
        return exact(self.product_uom_id._compute_quantity(self.quantity, own, round=False))
