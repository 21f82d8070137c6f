"""Points for coming (TM-20 to TM-25, TM-40)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.visits import (
    Birthday,
    SegmentBonus,
    Visit,
    VisitTerms,
    birthday_in,
    bonuses,
    read_birthday,
)

BAD = ["250,5,10", "250;5", "-1;5;10", "1;183;182", "", "٣;1;1", "a;b;c"]
JUNE = date(1980, 6, 10)
TIM = VisitTerms(birthday=Birthday(Decimal(250), 5, 10))
days = st.dates(date(2023, 1, 1), date(2027, 12, 31))
terms = st.builds(
    VisitTerms,
    lady=st.builds(SegmentBonus, st.just(Decimal(25)), st.integers(0, 9), st.just(Decimal(40))),
    gent=st.builds(SegmentBonus, st.just(Decimal(7)), st.integers(0, 9), st.just(Decimal(11))),
    birth_month=st.just(Decimal(50)),
    birthday=st.builds(Birthday, st.just(Decimal(250)), st.integers(0, 180), st.integers(0, 180)),
)
visit_days = st.dictionaries(days, st.booleans(), max_size=25)


def at(*when, terms=TIM, born=JUNE):
    return bonuses([Visit(day) for day in when], born, lambda _day: terms)


def test_the_birthday_window_is_open_once():
    """TM-22: 04.06. 0, 05.06. 250, 20.06. 0 since it was given, 21.06. 0."""
    june = [date(2026, 6, day) for day in (4, 5, 20, 21)]
    assert at(*june) == {(date(2026, 6, 5), "birthday"): 250}
    assert at(date(2026, 6, 20)) == {(date(2026, 6, 20), "birthday"): 250}
    assert at(date(2026, 6, 4), date(2026, 6, 21)) == {}


def test_born_on_the_29th_of_february():
    """I21: 01.03. in common years, 29.02. in leap years."""
    born = date(2000, 2, 29)
    assert birthday_in(born, 2027) == date(2027, 3, 1)
    assert birthday_in(born, 2028) == date(2028, 2, 29)
    assert at(date(2027, 3, 11), born=born)
    assert not at(date(2027, 3, 12), born=born)


def test_a_window_over_new_year_is_one():
    """TM-22: born 28.12., from 23.12. to 07.01., once."""
    born = date(1990, 12, 28)
    found = at(date(2026, 12, 23), date(2027, 1, 7), born=born)
    assert found == {(date(2026, 12, 23), "birthday"): 250}
    assert at(date(2027, 1, 7), born=born)
    assert not at(date(2026, 12, 22), date(2027, 1, 8), born=born)


def test_each_visit_in_the_birth_month():
    """TM-20: 3 visits of 50 bring 150, the next month nothing; TM-21: no birth date, no points."""
    month = VisitTerms(birth_month=Decimal(50))
    june = [date(2026, 6, day) for day in (1, 15, 30)]
    assert sum(at(*june, date(2026, 7, 1), terms=month).values()) == 150
    assert at(*june, terms=month, born=None) == {}


def test_coming_back():
    """TM-24 TM-25: within 6 weeks; day 42 counts, day 43 does not."""
    back = VisitTerms(lady=SegmentBonus(return_weeks=6, return_points=Decimal(40)))
    first = date(2026, 1, 5)
    assert at(first, first + timedelta(42), terms=back) == {(date(2026, 2, 16), "return"): 40}
    assert at(first, first + timedelta(43), terms=back) == {}


def test_the_middle_visit_goes():
    """TM-25: the third of three visits is judged against the first when the second is deleted."""
    back = VisitTerms(lady=SegmentBonus(return_weeks=1, return_points=Decimal(40)))
    days = [date(2026, 1, day) for day in (1, 7, 13)]
    assert sum(at(*days, terms=back).values()) == 80
    assert at(days[0], days[2], terms=back) == {}


def test_two_receipts_a_day_are_one_visit():
    """TM-40, I20: flat points once a day."""
    flat = VisitTerms(lady=SegmentBonus(visit=Decimal(25)), gent=SegmentBonus(visit=Decimal(7)))
    day = date(2026, 1, 1)
    assert at(day, day, terms=flat) == {(day, "visit"): 25}
    assert bonuses([Visit(day, True)], None, lambda _day: flat) == {(day, "visit"): 7}


def test_the_default_text():
    """TM-23: points; days before; days after."""
    assert read_birthday("250;5;10") == Birthday(Decimal(250), 5, 10)
    assert read_birthday("0;182;182") == Birthday(Decimal(0), 182, 182)


@pytest.mark.parametrize("text", BAD)
def test_other_text_is_refused(text):
    """TM-23: bad text."""
    with pytest.raises(ValueError, match="not a birthday"):
        read_birthday(text)


@given(visit_days, st.none() | days, terms, st.randoms())
def test_the_order_of_arrival_changes_nothing(visits, born, terms, random):
    listed = [Visit(day, gent) for day, gent in visits.items()]
    shuffled = random.sample(listed, len(listed))
    assert bonuses(listed, born, lambda _d: terms) == bonuses(shuffled, born, lambda _d: terms)


@given(visit_days, days, terms)
def test_a_birthday_is_given_once_and_only_near_it(visits, born, terms):
    found = bonuses([Visit(*one) for one in visits.items()], born, lambda _d: terms)
    given_on = sorted(day for day, reason in found if reason == "birthday")
    longest = terms.birthday.before + terms.birthday.after
    for first, second in zip(given_on, given_on[1:], strict=False):
        assert (second - first).days + longest >= 364
    for day in given_on:
        near = [birthday_in(born, year) for year in (day.year - 1, day.year, day.year + 1)]
        assert any(-terms.birthday.before <= (day - b).days <= terms.birthday.after for b in near)


@given(visit_days, days, terms)
def test_only_near_days_change_when_a_visit_goes(visits, born, terms):
    """What is settled again is the day, the next visit and the birthday's window."""
    if not visits:
        return
    gone = sorted(visits)[len(visits) // 2]
    rest = {day: gent for day, gent in visits.items() if day != gone}
    before = bonuses([Visit(*one) for one in visits.items()], born, lambda _d: terms)
    after = bonuses([Visit(*one) for one in rest.items()], born, lambda _d: terms)
    following = min((day for day in rest if day > gone), default=None)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    for day, reason in changed - {(gone, reason) for _day, reason in changed}:
        if reason == "return":
            assert day == following
        else:
            assert reason == "birthday"
            assert abs((day - gone).days) <= 364
