"""Paid and bonus buckets: the arithmetic of stored value."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rules.buckets import Buckets, credit, give_back, spend

cents = st.decimals(min_value=0, max_value=10000, places=2)


def test_pay_100_get_115():
    """AX-20: 100.00 paid for a credit of 115.00 are 100.00 paid and 15.00 bonus."""
    assert credit(Decimal(115), Decimal(100)) == Buckets(Decimal(100), Decimal(15))
    assert credit(Decimal(50), Decimal(60)) == Buckets(Decimal(50), Decimal(0))


def test_paid_money_goes_first_and_comes_back_last():
    """I3: spend the paid money first, the bonus last; a refund returns to the origin bucket."""
    held = Buckets(Decimal(100), Decimal(15))
    assert spend(held, Decimal(40)) == Buckets(Decimal(-40), Decimal(0))
    assert spend(held, Decimal(110)) == Buckets(Decimal(-100), Decimal(-10))
    assert give_back(Buckets(Decimal(100), Decimal(10)), Decimal(30)) == Buckets(
        Decimal(20), Decimal(10)
    )


@given(cents, cents, cents)
def test_buckets_always_add_up(paid, bonus, amount):
    """Law 1: points == paid + bonus, also when an order overdraws."""
    held = Buckets(paid, bonus)
    change = spend(held, amount)
    assert change.total == -amount
    assert held.bonus + change.bonus >= 0
    assert give_back(held, amount).total == amount


@given(cents, cents, cents)
def test_what_was_spent_comes_back_as_it_was(paid, bonus, amount):
    """I3: spending and giving all of it back changes neither bucket."""
    held = Buckets(paid, bonus)
    amount = min(amount, held.total)
    change = spend(held, amount)
    back = give_back(Buckets(-change.paid, -change.bonus), amount)
    assert (change.paid + back.paid, change.bonus + back.bonus) == (0, 0)
