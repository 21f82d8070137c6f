import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_bridge.credential import (
    ALPHABET,
    TOKEN_LENGTH,
    claims_to_be_ours,
    make_signed,
    make_token,
    parse_scan,
    parse_token,
)


def test_the_alphabet_has_32_symbols_and_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("IOYZ") & set(ALPHABET)


def test_known_tokens_never_change_their_spelling() -> None:
    """The addon makes and checks the same tokens: these are the vectors of both sides."""
    assert make_token(bytes(16)) == "K1.0000000000000000000000000000"
    assert make_token(bytes(range(16))) == "K1.000G40Q40L30E209185GQ38E1U9V"


@given(st.binary(min_size=16, max_size=16))
def test_every_token_is_found_again_in_any_case_and_inside_an_address(raw: bytes) -> None:
    token = make_token(raw)
    assert len(token) == TOKEN_LENGTH
    assert re.fullmatch(rf"K1\.[{ALPHABET}]{{28}}", token)
    assert parse_token(token.lower()) == token
    assert parse_token(f"https://cards.example.com/c/{token}?x=1") == token


@given(
    st.binary(min_size=16, max_size=16), st.integers(3, TOKEN_LENGTH - 1), st.sampled_from(ALPHABET)
)
def test_a_wrong_symbol_is_not_taken_for_a_card(raw: bytes, at: int, symbol: str) -> None:
    """One wrong symbol changes at most five bits in a row, which the check value always sees."""
    token = make_token(raw)
    damaged = token[:at] + symbol + token[at + 1 :]
    assert parse_token(damaged) == (token if damaged == token else None)


@pytest.mark.parametrize(
    "text", ["", "K1.", "hello", "K2.0000000000000000000000000000", "K1." + "0" * 27, "K1.0" * 9]
)
def test_other_texts_are_no_tokens(text: str) -> None:
    assert parse_token(text) is None


def test_a_longer_code_is_not_cut_down_to_a_token() -> None:
    assert parse_token(make_token(bytes(16)) + "0") is None


def test_a_damaged_card_of_ours_is_known_as_ours() -> None:
    assert claims_to_be_ours("k1.0000")
    assert not claims_to_be_ours("OK1.0000")


def test_a_token_is_made_of_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        make_token(b"short")


def test_two_new_tokens_differ() -> None:
    assert make_token() != make_token()


def test_a_damaged_code_of_ours_is_never_taken_for_a_printed_number() -> None:
    token, signed = make_token(bytes(range(16))), make_signed(bytes(range(20)))
    for code in (token, signed):
        assert parse_scan(code)[1] == code
        assert parse_scan(f"HTTPS://SHOP.EXAMPLE/C?T={code.lower()}")[1] == code
        for at in range(3, len(code)):
            assert parse_scan(code[:at] + code[at + 1 :]) == ("unreadable", "")
    assert parse_scan("  10001 ") == ("number", "10001")
    for text in ("", "x" * 65, "100\x0001", "\ufffd"):
        assert parse_scan(text) == ("unreadable", "")


def test_an_ntags_address_is_read_whatever_else_is_in_it() -> None:
    """The vector of NXP AN12196, section 3.3."""
    e, c = "EF963FF7828658A599F3041510671E88", "94EED9EE65337086"
    address = f"https://choose.url.com/ntag424?e={e.lower()}&c={c}"
    assert parse_scan(address) == ("sun", f"{e}.{c}")
    assert parse_scan(f"https://x.example/?x=1&c={c}&y=2&e={e}#z") == ("sun", f"{e}.{c}")
    assert parse_scan(f"https://x.example/?e={e[:-1]}&c={c}")[0] != "sun"
