"""How much value the lines of a document pay for."""

from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.coverage import Bill, Funds, Offer, covered_units


def covered_value(lines, gross, units, price=None, paid_before=None, money=None, other_value=None):
    """Return ``{line: units}`` of value that the total of *lines* pays for, goods first.

    Lines below zero (a discount, goods at a price below zero) lower goods, they pay for nothing.

    :param price: the price of one unit where the line may name another one
    :param paid_before: what of a line below zero is money that came before
    :param money: what was paid, where that may be less than the total
    :param other_value: tells which other lines sell credit that is given elsewhere
    """
    zero = exact(0)
    value = [line for line in lines if units(line) > 0]
    rest = [line for line in lines if not units(line) > 0]
    bought = [line for line in rest if other_value and other_value(line) and gross(line) > 0]
    others = [gross(line) for line in rest if line not in bought]
    before = sum(map(paid_before, lines), zero) if paid_before else zero
    offers = [
        Offer(
            max(gross(line) / units(line), price(line) if price else zero, zero),
            units(line),
            is_money=True,
            is_whole=False,
        )
        for line in value
    ]
    total = sum(map(gross, lines), zero)
    total = (total if money is None else min(money, total)) + before
    goods = sum((amount for amount in others if amount > 0), zero)
    lowered = -sum((amount for amount in others if amount < 0), zero) - before
    cent = lines[:1].currency_id.rounding or 0
    bill = Bill(goods, lowered, sum(map(gross, bought), zero))
    covered = covered_units(offers, Funds(max(total, zero)), bill, exact(cent))
    return dict(zip(value, covered, strict=True))
