"""The calendar of programs."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from rules.periods import add_months, extended_end, period_bounds, term_end, total_months

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_sold_on_the_last_of_january_for_a_month():
    """I12: 31.01. plus one month ends on the 28th or 29th of February."""
    assert term_end(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert term_end(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert term_end(date(2026, 1, 31), 0) is None


@given(days, st.integers(1, 24), st.integers(1, 72))
def test_periods_have_no_gap_and_no_overlap(start, months, number):
    """I13: each period begins the day after the one before."""
    first, last = period_bounds(start, months, number)
    following, _end = period_bounds(start, months, number + 1)
    assert first <= last
    assert following == last + timedelta(days=1)
    if number == 1:
        assert first == start


@given(days, st.integers(0, 600))
def test_short_months_cause_no_drift(start, months):
    """Always counted from the start: 31.01. + 2 months is 31.03., not 28.03."""
    there = add_months(start, months)
    assert (there.year * 12 + there.month) - (start.year * 12 + start.month) == months
    assert there.day == start.day or (there + timedelta(days=1)).day == 1


@given(days, st.integers(1, 60), st.integers(1, 10**6))
def test_a_term_ends_with_the_calendar(start, months, units):
    """Door L3: 3,000 units of a term of years are sold, not refused as a number out of bounds."""
    end = term_end(start, months * units)
    assert start < end <= date.max
    first, last = period_bounds(start, months, units)
    assert start <= first <= last == end
    assert extended_end(start, end, months * units, months) >= end


def test_an_extension_counts_from_the_first_day():
    """I12: two times one month from 31.01. end on 31.03., not on 28.03."""
    start = date(2026, 1, 31)
    assert extended_end(start, date(2026, 2, 28), 1, 1) == date(2026, 3, 31)
    assert extended_end(start, date(2026, 3, 10), 1, 1) == date(2026, 4, 10)


def test_split_lines_follow_each_other():
    """AP-39, AP-40, AP-41: six years, one year, six years."""
    assert total_months(12, 6, split=True) == 72
    assert total_months(3, 4, split=True) == 12
    assert total_months(1, 72, split=True) == 72
    assert total_months(12, 6, split=False) == 12
