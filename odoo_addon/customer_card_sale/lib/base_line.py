"""Lines as Odoo's tax engine has them."""


def base_line_total(base_line):
    """Return the gross amount of a base line whose taxes are reckoned and rounded."""
    details = base_line["tax_details"]
    taxes = sum(one["tax_amount_currency"] for one in details["taxes_data"])
    return details["total_excluded_currency"] + details["delta_total_excluded_currency"] + taxes
