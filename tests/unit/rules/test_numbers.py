"""Which numbers enter the ledger."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import numbers
from rules.numbers import LIMIT, NotExact, exact, fits

ARABIC, WIDE, DEVANAGARI = "١٢", "\uff11\uff12", "१२"


@given(st.decimals(-LIMIT + 1, LIMIT - 1, places=6))
def test_what_fits_stays_as_it_is(number):
    """The scale survives text and Decimal, and every float that a column gives back."""
    assert exact(number) == exact(str(number)) == exact(float(number)) == number


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_float_is_bounded_finite_and_rounded_or_refused(value):
    try:
        number = exact(value)
    except NotExact:
        assert not abs(value) < float(LIMIT) - 1
    else:
        assert number.is_finite()
        assert abs(number) < LIMIT
        assert fits(number, numbers.SCALE)


@given(st.text())
def test_text_is_a_number_or_refused(text):
    try:
        number = exact(text)
    except NotExact:
        return
    assert text.strip().isascii()
    assert number == exact(float(text or 0))


@pytest.mark.parametrize("nothing", [None, False, "", 0, 0.0, -0.0, "0"])
def test_nothing_is_zero(nothing):
    assert exact(nothing) == 0


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *((text, "number") for text in (ARABIC, WIDE, DEVANAGARI, "12x", "1 2", "1_000", "0x10")),
        *((text, "number") for text in ("nan", "inf", "-Infinity", "1,5", "--1", "=1", "1e", ".")),
        *((value, "number") for value in (True, [], [1], {}, (1,), b"1", object(), "²")),
        *((float(text), "number") for text in ("nan", "inf", "-inf")),
        *((Decimal(text), "number") for text in ("NaN", "sNaN", "Infinity")),
        *((value, "big") for value in (10**20, -(10**20), 1e300, "1e99", 10**9, 999999999.9999999)),
    ],
)
def test_refused(value, code):
    """Low of doors.md: 10^20, digits of other scripts, what is not finite, what is no number."""
    with pytest.raises(NotExact) as refused:
        exact(value)
    assert refused.value.code == code


def test_fits():
    """Low of doors.md: 0.004 pieces are no pieces where units have two decimals."""
    assert fits(Decimal("0.25"), 2)
    assert fits(Decimal("3.000000"), 0)
    assert not fits(Decimal("0.004"), 2)
