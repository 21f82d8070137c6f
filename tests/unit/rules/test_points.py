"""Points of a receipt."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rules.points import EarningRates, PaidLine, earned_points

RATES = EarningRates(Decimal(5), Decimal(10), Decimal(100))
money = st.decimals(-10000, 10000, places=2)
receipts = st.lists(st.builds(PaidLine, gross=money, is_service=st.booleans()), max_size=20)


def test_services_and_articles():
    """TM-17 TM-18: 40.00 of services at 5 % → 200; 20.00 of articles at 10 % → 200."""
    assert earned_points([PaidLine(Decimal("40.00"), is_service=True)], RATES) == 200
    assert earned_points([PaidLine(Decimal("20.00"), is_service=False)], RATES) == 200


@given(receipts)
def test_a_credit_note_takes_back_exactly_what_was_earned(lines):
    back = [PaidLine(-line.gross, line.is_service) for line in lines]
    assert earned_points(lines, RATES) + earned_points(back, RATES) == 0


@given(receipts)
def test_points_are_whole_and_do_not_depend_on_the_order_of_lines(lines):
    points = earned_points(lines, RATES)
    assert points == int(points)
    assert earned_points(reversed(lines), RATES) == points
