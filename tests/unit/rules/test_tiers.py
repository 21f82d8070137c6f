"""Top-up tiers: the arithmetic of the bonus."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.tiers import Tier, topped_up

CENT = Decimal("0.01")
TIERS = [Tier(Decimal(100), Decimal(8)), Tier(Decimal(50), Decimal(5))]
cents = st.decimals(min_value=0, max_value=100000, places=2)
percents = st.decimals(min_value=0, max_value=100, places=2)
tiers = st.dictionaries(cents, percents, max_size=5).map(
    lambda found: [Tier(*one) for one in found.items()]
)


@pytest.mark.parametrize(
    ("paid", "credit"),
    [("49.99", "49.99"), ("50", "52.50"), ("99.99", "104.99"), ("100", "108.00"), ("0", "0")],
)
def test_the_whole_amount_gets_the_tier_it_reaches(paid, credit):
    """HS-13, HS-14, I28: lower bound inclusive, half up to the cent."""
    assert topped_up(Decimal(paid), TIERS, CENT) == Decimal(credit)


def test_half_a_cent_goes_up_in_the_currency_s_own_step():
    """I28: 5 % of 0.10 is half a cent; 5 % of 50 yen are 2.5 yen."""
    tier = [Tier(Decimal(0), Decimal(5))]
    assert topped_up(Decimal("0.10"), tier, CENT) == Decimal("0.11")
    assert topped_up(Decimal(50), tier, Decimal(1)) == Decimal(53)
    assert topped_up(Decimal(1), tier, Decimal("0.05")) == Decimal("1.05")


@given(cents, tiers)
def test_never_less_than_what_was_paid(paid, found):
    credit = topped_up(paid, found, CENT)
    assert paid <= credit <= 2 * paid
    assert credit == credit.quantize(CENT)


@given(cents, tiers)
def test_the_order_of_the_tiers_says_nothing(paid, found):
    assert topped_up(paid, found, CENT) == topped_up(paid, found[::-1], CENT)
