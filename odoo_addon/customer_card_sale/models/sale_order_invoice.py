from odoo import api, models

from ..lib.base_line import base_line_total
from .sale_order_discount_amount import discountable_taxes


class SaleOrder(models.Model):
    """An invoice over a part of an order takes off the discount of that part."""

    _inherit = "sale.order"

    def _create_invoices(self, grouped=False, final=False, date=None):
        orders = self.with_context(card_invoice_final=final)
        return super(SaleOrder, orders)._create_invoices(grouped=grouped, final=final, date=date)

    def _get_invoiceable_lines(self, final=False):
        """Invoice card discounts with their goods, as long as something of them is due."""
        lines = super()._get_invoiceable_lines(final)
        discounts = self.order_line.filtered(lambda line: line._is_invoiced_in_parts())
        due = discounts.filtered(lambda line: line._discount_due(final))
        if not discounts or lines - discounts == lines.filtered("display_type") - discounts:
            return lines - (discounts - due)
        downpayments = lines.filtered("is_downpayment")
        return (lines - downpayments - discounts) + due + downpayments


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_invoiced_in_parts(self):
        """Tell whether each invoice has this line's part of the goods on it; glue adds lines."""
        return self._is_card_discount()

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if not self._is_invoiced_in_parts() or self.display_type:
            return values
        values["quantity"] = 1.0
        if self.sudo()._get_invoice_lines() or not self._is_whole_invoiced():
            values.update(self._discount_part(self.env.context.get("card_invoice_final")))
        return values

    def _is_whole_invoiced(self):
        """Tell whether the next invoice has all that this discount is on."""
        return all(line.qty_to_invoice == line.product_uom_qty for line in self._discounted_lines())

    def _discounted_lines(self):
        """Return the lines that this line of a discount is on: those with its taxes."""
        taxes = discountable_taxes(self)
        lines = self.order_id._lowered_by(self.reward_id)
        return lines.filtered(lambda line: discountable_taxes(line) == taxes)

    def _to_invoice(self, final):
        """Return the quantity on the next invoice; only a final one gives something back."""
        return self.qty_to_invoice if final else max(self.qty_to_invoice, 0)

    def _discount_part(self, final):
        """Return price and taxes of this discount on the next invoice, to the cent."""
        due, price = self._discount_due(final), 0.0
        base_lines = self._base_lines_to_invoice(final)
        if sum(map(base_line_total, base_lines)):
            for part in self.env["account.tax"]._prepare_global_discount_lines(
                base_lines,
                self.company_id,
                "fixed",
                -due,
                computation_key=f"card_discount,{self.id}",
            ):
                taxes = self.env["account.tax"]._export_base_line_extra_tax_data(part)
                return {"price_unit": part["price_unit"], "extra_tax_data": taxes}
        elif self.price_total:
            price = due * self.price_unit / self.price_total
        return {"price_unit": price, "extra_tax_data": False}

    def _base_lines_to_invoice(self, final):
        base_lines = [
            line._prepare_base_line_for_taxes_computation(quantity=line._to_invoice(final))
            for line in self._discounted_lines()
        ]
        self.env["account.tax"]._add_tax_details_in_base_lines(base_lines, self.company_id)
        self.env["account.tax"]._round_base_lines_tax_details(base_lines, self.company_id)
        return base_lines

    def _discount_due(self, final):
        """Return the gross amount of this discount on the next invoice, below zero.

        The last of several invoices has the rest, so that together they are what was ordered. Of
        100 % each invoice is 0.00 by itself.
        """
        self.ensure_one()
        total = part = 0
        for line in self._discounted_lines().filtered("product_uom_qty"):
            total += line.price_total
            quantity = line.qty_invoiced + line._to_invoice(final)
            part += line.price_total * quantity / line.product_uom_qty
        currency = self.currency_id
        if total and not currency.compare_amounts(self.price_total, -total):
            return -sum(map(base_line_total, self._base_lines_to_invoice(final)))
        target = currency.round(self.price_total * part / total) if total else 0
        due = target - self._invoiced_total()
        return 0.0 if currency.is_zero(due) else due

    def _invoiced_total(self, posted=False):
        """Return what this line's invoices take off, less what its credit notes put on again."""
        total = 0.0
        for line in self.sudo()._get_invoice_lines():
            move = line.move_id
            if move.state == "cancel" or (posted and move.state != "posted"):
                continue
            total += line.price_total if move.move_type == "out_invoice" else -line.price_total
        return total

    def _invoiced_share(self, quantity, posted=False):
        """Return how much of a discount is invoiced, as a quantity between 0 and 1.

        Each invoice has a line of its own with quantity 1: they do not add up.
        """
        if not self._get_invoice_lines():
            return quantity
        return self._invoiced_total(posted) / self.price_total if self.price_total else 1.0

    def _prepare_qty_invoiced(self):
        quantities = super()._prepare_qty_invoiced()
        for line in self.filtered(lambda line: line._is_invoiced_in_parts()):
            quantities[line] = line._invoiced_share(quantities[line])
        return quantities

    @api.depends("price_total", "invoice_lines.price_total")
    def _compute_qty_invoiced(self):
        return super()._compute_qty_invoiced()

    @api.depends("price_total", "invoice_lines.price_total")
    def _compute_qty_invoiced_posted(self):
        res = super()._compute_qty_invoiced_posted()
        for line in self.filtered(lambda line: line._is_invoiced_in_parts()):
            line.qty_invoiced_posted = line._invoiced_share(line.qty_invoiced_posted, posted=True)
        return res
