from hypothesis import given
from hypothesis import strategies as st

from reader_bridge.credential import make_token, parse_scan
from reader_bridge.readers.keys import KeyDecoder
from tests.kit.key_strokes import DROPPED, REPORT, overrun, typed

TOKEN = make_token(bytes(range(16)))
CODES = [make_token(bytes((number,)) * 16) for number in range(20)]


def decode(events):
    decoder = KeyDecoder()
    return [code for event in events for code in decoder.feed(*event)]


def test_hs02_a_scanned_qr_code_is_decoded_by_the_position_of_the_keys():
    """HS-02: scanner with US layout; capitals come with Shift, the dot and digits without."""
    assert decode(typed(TOKEN)) == [TOKEN]
    address = "https://card.example/t?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
    assert decode(typed(address)) == [address]


def test_held_keys_releases_and_locks_add_nothing():
    held = [event for event in typed("10001") for event in (event, (1, event[1], 2))]
    assert decode([(1, 58, 1), (1, 58, 0), *held]) == ["10001"]


def test_two_codes_in_a_row_stay_two_and_empty_lines_are_nothing():
    assert decode(typed("10001") + typed("") + typed("10002")) == ["10001", "10002"]


def test_a_key_that_writes_nothing_makes_the_code_a_damaged_one():
    assert decode([*typed("100", enter=False), (1, 105, 1), *typed("01")]) == [None]


def test_an_endless_code_is_a_damaged_one():
    assert decode(typed("1" * 600)) == [None]


def test_after_an_overrun_everything_up_to_the_next_enter_is_thrown_away():
    first = typed("123456")
    assert decode([*first[:8], DROPPED, REPORT, *typed("789")]) == [None]
    assert decode([*first[:8], DROPPED, *first[8:10], REPORT, *typed("7"), *typed("8")]) == [
        None,
        "8",
    ]


def test_a_shift_whose_release_was_lost_does_not_change_the_next_code():
    events = [*typed("ABC", enter=False)[:3], DROPPED, REPORT, *typed("x"), *typed("abc")]
    assert decode(events) == [None, "abc"]


@given(st.data())
def test_an_overrun_scanner_delivers_no_wrong_code(data):
    """20 codes in a burst, any number of overruns: a code is right, or it is none."""
    events = [event for code in CODES for event in typed(code)]
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(events) - 1))
        events = overrun(events, at, data.draw(st.integers(1, 300)))
    for code in decode(events):
        assert code is None or code in CODES


@given(st.data())
def test_numbers_without_a_check_survive_an_overrun_right_or_not_at_all(data):
    numbers = [str(10000 + 137 * number) for number in range(20)]
    events = [event for number in numbers for event in typed(number)]
    at = data.draw(st.integers(0, len(events) - 1))
    events = overrun(events, at, data.draw(st.integers(1, 200)))
    assert set(decode(events)) <= {None, *numbers}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300), st.integers(-1, 3))))
def test_rubbish_from_a_keyboard_is_never_an_error(events):
    for code in decode(events):
        assert code is None or parse_scan(code)[0] in {"number", "unreadable", "token"}
