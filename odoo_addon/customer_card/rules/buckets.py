"""Paid money and bonus on stored value: two buckets whose sum is the balance."""

from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Buckets(NamedTuple):
    """An amount, or a change, by origin: what the customer paid and what the shop gave on top."""

    paid: Decimal
    bonus: Decimal

    @property
    def total(self) -> Decimal:
        return self.paid + self.bonus


def credit(amount: Decimal, paid: Decimal) -> Buckets:
    """Return how a sold credit of *amount* falls into the buckets when *paid* was paid for it.

    100 paid for 115: 100 paid and 15 bonus. Never more paid than credited.

    :source: seed 000, 100,- aufbuchen, für 115,- einkaufen; AP-59
    """
    of_paid = min(max(paid, ZERO), amount)
    return Buckets(of_paid, amount - of_paid)


def spend(held: Buckets, amount: Decimal) -> Buckets:
    """Return the change that takes *amount*: paid money first, bonus last (I3).

    What exceeds both (a paid order that overdraws) falls on the paid bucket.
    """
    of_paid = min(max(held.paid, ZERO), amount)
    of_bonus = min(max(held.bonus, ZERO), amount - of_paid)
    rest = amount - of_paid - of_bonus
    return Buckets(-(of_paid + rest), -of_bonus)


def give_back(spent: Buckets, amount: Decimal) -> Buckets:
    """Return the change that gives *amount* back to where *spent* came from, last spent first.

    A refund returns to the origin bucket, so bonus never turns into money (I3). What was not
    spent before counts as paid.

    :param spent: what was taken so far, as amounts above zero
    """
    to_bonus = min(max(spent.bonus, ZERO), amount)
    return Buckets(amount - to_bonus, to_bonus)
