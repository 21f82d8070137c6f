"""What the money of one receipt pays for: goods first, then programs; credit is paid by money."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Funds:
    """Where the receipt's value comes from, in the receipt's currency.

    :param money: received less paid out, plus what goods that come back were paid with; it may be
        below zero when more is paid out than comes back
    :param returned: the part of goods that come back which credit or an account had paid
    :param redeemed: credit, points or vouchers taken off an account, and what goes on account
    """

    money: Decimal
    returned: Decimal = ZERO
    redeemed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Offer:
    """What a line gives, if it is paid: units of a program, or credit that goes back.

    :param price: the server's gross price of one unit, zero or more
    :param units: how many of them the line sells
    :param is_money: credit or a voucher; only money buys it, or a bonus would become money
    :param is_return: credit that goes back where it came from; what was redeemed now never pays it
    :param is_whole: units are given whole or not at all
    """

    price: Decimal
    units: Decimal
    is_money: bool = False
    is_return: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Bill:
    """What else the receipt has to pay, in amounts of zero or more.

    :param lowered: discounts: they take off goods only and never below zero, so they pay no value
    :param value: credit that another document or Odoo itself gives; only money pays it
    """

    goods: Decimal
    lowered: Decimal = ZERO
    value: Decimal = ZERO


def covered_units(
    offers: Sequence[Offer], funds: Funds, bill: Bill, tolerance: Decimal = ZERO
) -> list[Decimal]:
    """Return how many units of each offer *funds* pay for, after the rest of the bill.

    What cannot buy credit is used up first. Then credit goes back, programs follow in their
    order, and credit is sold last, from money alone. Credit without a price is not sold.

    :param tolerance: what the rounding of cash or taxes may be short of, once for the receipt
    """
    purses = _purses(funds)
    short = tolerance if sum(purses.values()) > 0 else ZERO
    goods = max(bill.goods - bill.lowered, ZERO)
    rest = _take(purses, ("redeemed", "returned", "money"), goods)
    rest += _take(purses, ("money",), bill.value)
    short = max(short - rest, ZERO)
    given = [ZERO] * len(offers)
    for at in sorted(range(len(offers)), key=lambda at: _rank(offers[at])):
        offer = offers[at]
        names = _payers(offer)
        given[at] = _affordable(offer, sum(purses[name] for name in names), short)
        short -= _take(purses, names, given[at] * offer.price)
    return given


def units_at_price(
    units: Decimal, price: Decimal, price_of: Callable[[Decimal], Decimal]
) -> Decimal:
    """Return how many of *units*, paid at *price*, are paid at the price that so few of them have.

    :param price_of: asked with a number of units, returns the price of one of so many
    """
    paid = units * price
    while units > 0 and (asked := price_of(units)) * units > paid:
        units = min((paid / asked).to_integral_value(ROUND_FLOOR), units - 1)
    return units


def _purses(funds: Funds) -> dict[str, Decimal]:
    """Return what is in each purse, none below zero: what is paid out comes off the others."""
    purses = {"money": funds.money, "returned": funds.returned, "redeemed": funds.redeemed}
    for name, other in (("money", "returned"), ("returned", "redeemed")):
        if purses[name] < 0:
            purses[other] += purses[name]
            purses[name] = ZERO
    purses["redeemed"] = max(purses["redeemed"], ZERO)
    return purses


def _take(purses: dict[str, Decimal], names: Sequence[str], amount: Decimal) -> Decimal:
    """Take *amount* out of the purses in this order and return what they are short of."""
    for name in names:
        part = min(purses[name], amount)
        purses[name] -= part
        amount -= part
    return amount


def _payers(offer: Offer) -> Sequence[str]:
    if offer.is_money:
        return ("money",)
    return ("returned", "money") if offer.is_return else ("redeemed", "returned", "money")


def _rank(offer: Offer) -> int:
    return 0 if offer.is_return else 2 if offer.is_money else 1


def _affordable(offer: Offer, have: Decimal, short: Decimal) -> Decimal:
    if offer.price <= 0:
        return ZERO if offer.is_money else offer.units
    if not offer.is_whole and offer.price * offer.units <= have + short:
        return offer.units
    if not offer.is_whole:
        return max(have, ZERO) / offer.price
    units = ((have + short) / offer.price).to_integral_value(rounding=ROUND_FLOOR)
    return max(min(offer.units, units), ZERO)
