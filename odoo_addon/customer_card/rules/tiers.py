"""Bonus on a top-up: the tier that the whole amount reaches."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Tier(NamedTuple):
    """From *bound* on, which counts, the whole amount gets *percent* on top."""

    bound: Decimal
    percent: Decimal


def topped_up(paid: Decimal, tiers: Iterable[Tier], step: Decimal) -> Decimal:
    """Return the credit that *paid* buys: 50.00 with 5 % from 50 are 52.50.

    The highest bound that *paid* reaches counts for all of it; below the lowest there is no bonus.

    :param step: smallest unit of the currency, above zero; the bonus is rounded to it, half up
    :source: seed 004, Rabatt auf die Aufladung; HS-13, HS-14, I28
    """
    reached = [tier for tier in tiers if tier.bound <= paid]
    if paid <= ZERO or not reached:
        return paid
    bonus = paid * max(reached).percent / 100
    return paid + (bonus / step).quantize(Decimal(1), ROUND_HALF_UP) * step
