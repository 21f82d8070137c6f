"""Points of a receipt."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rules.points import EarningRates, PaidLine, earned_points

RATES = EarningRates(Decimal(5), Decimal(10), Decimal(100))
money = st.decimals(-10000, 10000, places=2)
any_line = st.builds(PaidLine, gross=money, is_service=st.booleans(), is_discounted=st.booleans())
receipts = st.lists(any_line, max_size=20)


def test_services_and_articles():
    """TM-17 TM-18: 40.00 of services at 5 % → 200; 20.00 of articles at 10 % → 200."""
    assert earned_points([PaidLine(Decimal("40.00"), is_service=True)], RATES) == 200
    assert earned_points([PaidLine(Decimal("20.00"), is_service=False)], RATES) == 200


def test_discounted_lines():
    """TM-26: 18.00 instead of 20.00 at 10 %: 180 points, or none where the program says so."""
    line = PaidLine(Decimal("18.00"), is_service=False, is_discounted=True)
    assert earned_points([line], RATES) == 180
    assert earned_points([line], replace(RATES, on_discounted=False)) == 0


@given(receipts, st.booleans())
def test_a_credit_note_takes_back_exactly_what_was_earned(lines, on_discounted):
    rates = replace(RATES, on_discounted=on_discounted)
    back = [replace(line, gross=-line.gross) for line in lines]
    assert earned_points(lines, rates) + earned_points(back, rates) == 0


@given(receipts)
def test_points_are_whole_and_do_not_depend_on_the_order_of_lines(lines):
    points = earned_points(lines, RATES)
    assert points == int(points)
    assert earned_points(reversed(lines), RATES) == points
