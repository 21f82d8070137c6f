from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_CEILING

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.exchange import exchanged
from odoo.addons.customer_card.rules.kinds import VALUE_KINDS
from odoo.addons.customer_card.rules.numbers import LIMIT
from odoo.addons.sale.models.sale_order_line import SaleOrderLine as NativeLine
from odoo.exceptions import UserError, ValidationError

# Native code sets price and discount one after the other: the check waits for both.
_PRICES_CHANGE = ContextVar("prices_change", default=False)


@contextmanager
def prices_change():
    token = _PRICES_CHANGE.set(True)
    try:
        yield
    finally:
        _PRICES_CHANGE.reset(token)


class SaleOrderLine(models.Model):
    """A line that sells a program: which one, for which side, and at its fixed price.

    :source: seed 002, Verkauf durch; Verkauf von/bis; Versorgungsabhängig; Verkaufsbetrag
    """

    _inherit = "sale.order.line"

    card_program_id = fields.Many2one(
        "loyalty.program", string="Sells program", compute="_compute_card_program_id"
    )
    card_side = fields.Selection(
        [("left", "Left"), ("right", "Right")],
        string="Side",
        help="The fitting this program is for. Each side has its own counter.",
    )
    card_asks_side = fields.Boolean(compute="_compute_card_program_id")
    card_price_fixed = fields.Boolean(compute="_compute_card_program_id")
    card_quoted = fields.Json(copy=False, help="What the server found right when it was quoted.")

    @api.depends("product_id", "company_id", "reward_id")
    def _compute_card_program_id(self):
        """A reward sells nothing: what an order gives for free enrols nobody."""
        sold = self.filtered(lambda line: line.product_id.is_card_program and not line.reward_id)
        programs = self.env["loyalty.program"].sudo()
        programs = programs._sold_as(sold.product_id) if sold else programs
        for line in self:
            company = line.company_id or line.order_id.company_id or self.env.company
            program = programs.filtered(
                lambda one, line=line, company=company: (
                    line in sold
                    and one.sale_product_id == line.product_id
                    and (not one.company_id or one.company_id in company.sudo().parent_ids)
                )
            ).sorted(lambda one: not one.company_id)[:1]
            line.card_program_id = program.sudo(False)
            line.card_asks_side = program.per_fitting
            line.card_price_fixed = bool(program) and bool(exact(line.product_id.lst_price))

    # --- window and price ------------------------------------------------------------------

    @api.constrains("product_id", "product_uom_id", "price_unit", "discount")
    def _check_card_sale(self):
        if _PRICES_CHANGE.get():
            return
        for line in self.filtered("card_program_id"):
            if refusal := line._card_refusal(at_confirm=False):
                raise ValidationError(refusal)
            at = fields.Datetime.to_string(fields.Datetime.now())
            line.sudo().card_quoted = {**line._as_quoted(), "at": at}

    def _get_order_date(self):
        """A program has the price of now: the order's date is written by whoever writes the order.

        A combo is priced for its parts.
        """
        if (self | self.linked_line_ids).card_program_id:
            return fields.Datetime.now()
        return super()._get_order_date()

    def _quoted_at(self):
        """Return when the server has found the price of this line right."""
        return fields.Datetime.to_datetime((self.card_quoted or {}).get("at")) or self.create_date

    def _is_as_quoted(self):
        quoted = {**(self.card_quoted or {})}
        quoted.pop("at", None)
        return quoted == self._as_quoted()

    def _as_quoted(self):
        """Return what the price of this line stands on: quoted so it was right, it stays right."""
        return {
            "product": self.product_id.id,
            "unit": self.product_uom_id.id,
            "quantity": self.product_uom_qty,
            "price": self._effective_price(),
            "currency": self.currency_id.id,
            "taxes": sorted(self.tax_ids.ids),
        }

    def _card_refusal(self, at_confirm):
        """Return the sentence why this line cannot sell its program, or an empty one.

        The amount may still be missing while the quotation is being written. A price that
        was right when it was quoted stays right: the quotation is an offer.
        """
        self.ensure_one()
        program, order = self.card_program_id.sudo(), self.order_id
        asked = {}
        if self.card_price_fixed and not self.invoice_lines:
            if not at_confirm or not self._is_as_quoted():
                asked = {"price_unit": self._effective_price(), "expected": self._pricelist_price()}
        elif not self.card_price_fixed and at_confirm:
            asked = {"price_unit": self._effective_price()}
        if at_confirm and not 0 <= self.price_unit < LIMIT:
            return self.env._("Enter the amount of %s.", program.name)
        if at_confirm:
            try:
                self._paid_per_unit()
            except UserError as refusal:
                return str(refusal)
        if at_confirm and self.product_uom_qty > 0 and self._units(self.product_uom_qty) % 1:
            return self.env._("Sell whole units of %s.", program.name)
        return program.with_env(self.env)._sale_refusal(
            order._get_card_day(),
            partner=order.partner_id,
            customer_card=order.customer_card_id,
            **asked,
        )

    def _effective_price(self):
        return self.currency_id.round(self.price_unit * (1 - (self.discount or 0.0) / 100))

    def _pricelist_price(self):
        """Return the price the pricelist gives: the manager's own prices count as fixed (AP-60).

        A shown discount is stored with two decimals; what the rounding makes of it counts, too.
        """
        if self._priced_by_pack():
            return 0.0
        line = self.with_company(self.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        gross, net = (
            line.product_id._get_tax_included_unit_price_from_price(
                price,
                product_taxes=taxes,
                fiscal_position=line.order_id.fiscal_position_id,
            )
            for price in (line._get_display_price(), line._card_list_price())
        )
        actual, expected = self._effective_price(), self.currency_id.round(net)
        is_rounding = abs(actual - expected) <= gross * 0.5e-4
        shows_discount = self.discount and line.pricelist_item_id._show_discount()
        return actual if shows_discount and is_rounding else expected

    def _priced_by_pack(self):
        """Tell whether this line is free as the manager's pack (sale_product_pack) says.

        What has a value of its own is never part of a price: credit is given for money alone.
        """
        if "pack_parent_line_id" not in self._fields or self.card_program_id.kind in VALUE_KINDS:
            return False
        pack = self.pack_parent_line_id
        return (
            pack.order_id == self.order_id
            and pack.product_id.pack_component_price in ("totalized", "ignored")
            and self.product_id in pack.product_id.pack_line_ids.product_id
        )

    def _card_list_price(self):
        return self._get_display_price() if self.combo_item_id else self._get_pricelist_price()

    def _compute_discount(self):
        """Modules that lower all lines of an order lower no fixed price, and no redemption."""
        kept = self.filtered(lambda line: line.reward_id or line.card_price_fixed)
        NativeLine._compute_discount(kept.filtered(lambda line: not line.reward_id))
        return super(SaleOrderLine, self - kept)._compute_discount()

    def copy_data(self, default=None):
        """A copied order sells programs at today's price, not at the price of then."""
        copies = super().copy_data(default)
        for line, vals in zip(self, copies, strict=True):
            if line.card_price_fixed:
                for name in ("price_unit", "technical_price_unit", "discount"):
                    vals.pop(name, None)
        return copies

    # --- units ---------------------------------------------------------------------------

    def _units(self, quantity):
        """Return *quantity* of this line in the article's own unit, exact."""
        return exact(
            self.product_uom_id._compute_quantity(quantity, self.product_id.uom_id, round=False)
        )

    def _credited_quantity(self):
        """Return what posted credit notes have taken back and no later invoice sold again."""
        invoiced = credited = exact(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            quantity = exact(
                line.product_uom_id._compute_quantity(
                    line.quantity, self.product_uom_id, round=False
                )
            )
            if line.move_type == "out_invoice":
                invoiced += quantity
            elif line.move_type == "out_refund":
                credited += quantity
        again = max(invoiced - exact(self.product_uom_qty), exact(0))
        return max(credited - again, exact(0))

    def _ordered_units(self):
        """Return how many units of its program are ordered by now, paid or not."""
        self.ensure_one()
        if self.order_id.state != "sale":
            return 0
        units = self._units(float(exact(self.product_uom_qty) - self._credited_quantity()))
        return max(int(units.to_integral_value(ROUND_CEILING)), 0)

    def _server_total(self):
        """Return the gross amount as Decimal, from the price: stored totals can be written."""
        price = self.price_unit * (1 - (self.discount or 0.0) / 100)
        totals = self.tax_ids.compute_all(
            price,
            currency=self.currency_id,
            quantity=self.product_uom_qty,
            product=self.product_id,
            partner=self.order_id.partner_id,
        )
        return exact(totals["total_included"])

    def _paid_per_unit(self):
        """Return the gross price of one unit in the program's currency."""
        units = self._units(self.product_uom_qty)
        if not units:
            return exact(0)
        target = self.card_program_id.sudo().currency_id
        price = exchanged(
            self._server_total() / units,
            self.currency_id,
            target,
            self.company_id,
            self.order_id._get_card_day(),
        )
        return exact(target.round(float(price)))
