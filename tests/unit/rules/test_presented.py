"""F13, F14: what a reader may report; nothing it sends breaks or gets past the bounds."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rules.presented import MAX_AGE_S, SCREEN_KEY, Malformed, read

GOOD = {"key": "k", "kind": "token", "value": "K1.X", "medium": "chip", "age_s": 1.5}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "reader", "origin"]), ANYTHING) | ANYTHING)
def test_nothing_else_than_a_report_or_malformed_comes_out(event):
    try:
        report = read({**GOOD, **event} if isinstance(event, dict) else event)
    except Malformed:
        return
    assert 0 <= report.age_s <= MAX_AGE_S
    assert report.key.isascii()
    assert 0 < len(report.key) <= 64
    for text in (report.kind, report.value, report.medium, report.reader, report.origin):
        assert isinstance(text, str)
        assert "\0" not in text


@given(st.floats() | st.integers())
@example(math.nan)
@example(math.inf)
@example(-math.inf)
@example(10**400)
def test_an_age_is_finite_and_within_a_day(age):
    if isinstance(age, float) and not math.isfinite(age):
        with pytest.raises(Malformed):
            read({**GOOD, "age_s": age})
        return
    try:
        kept = read({**GOOD, "age_s": age}).age_s
    except Malformed:
        assert abs(age) > 1e300
        return
    assert kept == min(max(float(age), 0.0), MAX_AGE_S)


@given(st.text(max_size=60))
def test_keys_of_screens_and_of_readers_never_meet(rest):
    event = {**GOOD, "key": SCREEN_KEY + rest}
    with pytest.raises(Malformed):
        read(event)
    with pytest.raises(Malformed):
        read({**GOOD, "key": "k"}, from_screen=True)
