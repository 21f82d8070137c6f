"""Points of a receipt."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rules.points import EarningRates, PaidLine, earned_points, refunded_points

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


def test_gents_have_their_own_percent():
    """TM-17 TM-18: services of 40.00, ladies 5 % → 200, gents 3 % → 120; articles the same way."""
    rates = replace(RATES, gent_service_percent=Decimal(3), gent_article_percent=Decimal(0))
    cut = PaidLine(Decimal(40), is_service=True)
    assert earned_points([cut], rates) == 200
    assert earned_points([replace(cut, is_gent=True)], rates) == 120
    assert earned_points([PaidLine(Decimal(20), False, is_gent=True)], rates) == 0
    assert earned_points([replace(cut, is_gent=True)], RATES) == 200


def test_the_two_roundings():
    """TM-13: three lines of 3.33 at 10 %: exact 100, legacy 99."""
    lines = [PaidLine(Decimal("3.33"), is_service=False)] * 3
    assert earned_points(lines, RATES) == 100
    assert earned_points(lines, replace(RATES, per_line=True)) == 99


@given(receipts)
def test_the_roundings_are_near_each_other(lines):
    """TM-13, I18: no more than half a point for each line and one at the end."""
    apart = earned_points(lines, RATES) - earned_points(lines, replace(RATES, per_line=True))
    assert abs(apart) <= Decimal(len(lines) + 1) / 2


@given(receipts)
def test_a_line_that_is_split_earns_the_same(lines):
    """TM-13: exact rounding does not see how a receipt is cut into lines."""
    split = [replace(line, gross=line.gross / 8) for line in lines for _part in range(8)]
    assert earned_points(split, RATES) == earned_points(lines, RATES)


@given(receipts, st.booleans())
def test_parts_that_come_back_take_what_the_whole_has_earned(lines, per_line):
    """TM-17, TM-13: one line after the other, the sum is what was earned."""
    rates, before, taken = replace(RATES, per_line=per_line), [], Decimal(0)
    for line in lines:
        back = [replace(line, gross=-line.gross)]
        taken += refunded_points(lines, before, back, rates)
        before += back
    assert taken == -earned_points(lines, rates)
