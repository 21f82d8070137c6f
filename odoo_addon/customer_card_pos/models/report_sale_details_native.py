from odoo import api, models

NUMBERS = 3  # quantity, total and base of a row; its label follows


class ReportSaleDetails(models.AbstractModel):
    """Top-ups and what cards paid are no articles without a category (HS-12)."""

    _inherit = "report.point_of_sale.report_saledetails"

    @api.model
    def get_sale_details(
        self, date_start=False, date_stop=False, config_ids=False, session_ids=False, **kwargs
    ):
        """Add ``card_closing``: for each currency its name and the rows of the closing."""
        if not session_ids:
            date_start, date_stop = self._get_date_start_and_date_stop(date_start, date_stop)
        domain = self._get_domain(date_start, date_stop, config_ids, session_ids, **kwargs)
        orders = self.env["pos.order"].search(domain)
        report = self.with_context(card_closing_lines=self._get_closing_lines(orders.lines))
        details = super(ReportSaleDetails, report).get_sale_details(
            date_start, date_stop, config_ids, session_ids, **kwargs
        )
        details["card_closing"] = [
            {"currency": currency.name, "rows": mine._get_card_closing()}
            for currency, mine in orders.grouped("currency_id").items()
        ]
        return details

    def _get_closing_lines(self, lines):
        """Return ``{id: category}`` of the lines that are no turnover."""
        parts = lines._by_closing_part()
        names = {
            "top_ups": self.env._("Top-ups"),
            "card": self.env._("Paid with customer card"),
        }
        return {line.id: name for part, name in names.items() for line in parts[part]}

    def _get_products_and_taxes_dict(self, line, products, taxes, currency):
        category = self.env.context.get("card_closing_lines", {}).get(line.id)
        if not category:
            return super()._get_products_and_taxes_dict(line, products, taxes, currency)
        added, taxes = super()._get_products_and_taxes_dict(line, {}, taxes, currency)
        rows = products.setdefault(category, {})
        for row in added.values():
            for key, values in row.items():
                known = rows.setdefault(key, [0.0] * NUMBERS + [""])
                known[:NUMBERS] = [
                    a + b for a, b in zip(known[:NUMBERS], values[:NUMBERS], strict=True)
                ]
        return products, taxes
