import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_bridge.credential import make_token, parse_scan
from reader_bridge.readers.lines import Lines

TOKEN = make_token(bytes(range(16)))


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n", b"\t", b"\3"])
def test_a_code_ends_with_any_of_the_usual_suffixes(suffix):
    assert Lines().feed(TOKEN.encode() + suffix) == [TOKEN]


@given(st.lists(st.integers(1, 12)))
def test_bursts_may_be_split_and_glued_in_any_way(cuts):
    stream = b"".join(f"{TOKEN}{number}\r\n".encode() for number in range(5))
    lines, codes = Lines(), []
    for cut in cuts:
        codes += lines.feed(stream[:cut])
        stream = stream[cut:]
    codes += lines.feed(stream)
    assert codes == [f"{TOKEN}{number}" for number in range(5)]


def test_a_line_without_end_is_thrown_away_and_the_next_one_is_right():
    lines = Lines()
    assert lines.feed(b"x" * 5000) == []
    assert lines.open
    assert lines.feed(b"\r10001\r") == [None, "10001"]


@given(st.binary(max_size=1500))
def test_rubbish_from_a_port_is_never_an_error(rubbish):
    lines = Lines()
    for code in [*lines.feed(rubbish), *lines.end(), *lines.feed(b"\r10001\r")]:
        kind, value = ("unreadable", "") if code is None else parse_scan(code)
        assert kind in {"number", "unreadable"}
        assert len(value) <= 64
    assert lines.feed(b"10001\r") == ["10001"]
