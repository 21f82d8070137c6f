"""Amounts of another currency: by Odoo's rate of the day, or not at all."""

from odoo.exceptions import UserError

from .exact import exact


def exchanged(amount, currency, target, company, day):
    """Return *amount* of *currency* in *target* as exact Decimal, not rounded to the currency.

    Odoo takes 1 for a currency without any rate: that would be one to one, so it is refused.

    :param day: the day whose rate counts
    :raises UserError: there is no rate
    """
    if currency == target:
        return exact(amount)
    rates = company.env["res.currency.rate"].sudo()
    for foreign in (currency | target) - company.currency_id:
        known = [
            ("currency_id", "=", foreign.id),
            ("company_id", "in", (False, company.root_id.id)),
        ]
        if not rates.search_count(known, limit=1):
            raise UserError(
                company.env._(
                    "There is no exchange rate for %s: nothing was booked. Enter one under"
                    " Invoicing, Configuration, Currencies.",
                    foreign.name,
                )
            )
    return exact(currency._convert(float(amount), target, company, day, round=False))
