import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_bridge.cards import ndef, type2, type4
from reader_bridge.cards.base import CardDamaged, CardGone, CardRefused, send
from reader_bridge.cards.detect import find_family, medium, read_credential
from reader_bridge.credential import make_token
from reader_bridge.encode import CardTaken, write_token
from reader_bridge.events import Credential
from tests.kit.channel import DirectChannel
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(range(16)))
OTHER = make_token(bytes(range(16, 32)))
KINDS = pytest.mark.parametrize("kind", ["type2", "type4", "chip"])


class Scripted:
    atr = b""
    reader = "R"

    def __init__(self, *answers: str) -> None:
        self.answers = [bytes.fromhex(answer) for answer in answers]
        self.sent: list[str] = []

    def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu.hex())
        return self.answers.pop(0)


def test_hs01_chip_and_rfid_tap_give_the_same_token_path() -> None:
    """HS-01 (PC/SC half): the medium differs, kind and token do not."""
    seen = {
        kind: read_credential(DirectChannel(blank(kind, token=TOKEN)))
        for kind in ("type2", "type4", "chip")
    }
    assert seen["type2"] == seen["type4"] == Credential("token", TOKEN, "rfid")
    assert seen["chip"] == Credential("token", TOKEN, "chip")


@KINDS
def test_ap03_an_encoded_card_holds_the_token_and_nothing_else(kind: str) -> None:
    """AP-03: take the token out of the dump, and what is left is the blank card's."""
    channel = DirectChannel(blank(kind, uid="04A1B2C3D4E5F6"))
    empty = bytes(channel.card.memory)
    assert write_token(channel, TOKEN) == TOKEN
    dump = bytes(channel.card.memory)
    assert dump.count(TOKEN.encode()) == 1
    message = b"\xd1\x01" + bytes((3 + len(TOKEN),)) + b"T\x02en" + TOKEN.encode()
    rest = dump.replace(message, b"")
    frame = empty.rstrip(b"\0").removesuffix(b"\xfe").removesuffix(b"\0")
    assert rest.replace(b"\0", b"").removesuffix(b"\xfe") == (
        frame.replace(b"\0", b"") + bytes((len(message),))
    )


@KINDS
def test_a_card_pulled_at_any_moment_of_writing_is_empty_or_right(kind: str) -> None:
    writes = DirectChannel(blank(kind, token=OTHER))
    write_token(writes, TOKEN, overwrite=True)
    count = sum(apdu[1] == 0xD6 for apdu in writes.commands)
    assert count >= 3
    for cut in range(1, count + 1):
        channel = DirectChannel(blank(kind, token=OTHER), cut_after=cut, cut_writes=True)
        with pytest.raises(CardGone):
            write_token(channel, TOKEN, overwrite=True)
        left = read_credential(DirectChannel(channel.card.image))
        expected = {OTHER} if cut == 1 else {""}
        assert (left.value if left.kind == "token" else "") in expected
        again = DirectChannel(channel.card.image)
        assert write_token(again, TOKEN, overwrite=True) == TOKEN


@KINDS
def test_a_card_pulled_at_any_command_at_all_is_old_empty_or_right(kind: str) -> None:
    """Reads and writes alike: from the first SELECT to the reading back."""
    whole = DirectChannel(blank(kind, token=OTHER))
    write_token(whole, TOKEN, overwrite=True)
    seen = set()
    for cut in range(1, len(whole.commands) + 1):
        channel = DirectChannel(blank(kind, token=OTHER), cut_after=cut)
        with pytest.raises(CardGone):
            write_token(channel, TOKEN, overwrite=True)
        left = read_credential(DirectChannel(channel.card.image))
        seen.add(left.value if left.kind == "token" else "")
    assert seen == {OTHER, "", TOKEN}


@pytest.mark.parametrize("start", range(8))
def test_a_type2_write_is_never_torn_wherever_the_message_begins(start: int) -> None:
    for cut in range(1, 20):
        image = blank("type2")
        memory = bytearray(bytes.fromhex(image["memory"]))
        content = bytes(start) + b"\x03\x05hello\xfe"
        memory[16 : 16 + 40] = content.ljust(40, b"\x55")
        image["memory"] = memory.hex()
        channel = DirectChannel(image, cut_after=cut, cut_writes=True)
        try:
            type2.write_message(channel, b"new message")
        except CardGone:
            left = type2.read_message(DirectChannel(channel.card.image))
            assert left in ((b"hello", b"") if cut == 1 else (b"",))
            continue
        assert type2.read_message(DirectChannel(channel.card.image)) == b"new message"
        return
    pytest.fail("the writing never ended")


def test_blocks_of_the_chip_before_the_message_survive_writing() -> None:
    channel = DirectChannel(blank("type2"))
    write_token(channel, TOKEN)
    assert channel.card.memory[16:21] == bytes.fromhex("0103A00C34")


@KINDS
def test_writing_the_same_token_again_changes_nothing(kind: str) -> None:
    channel = DirectChannel(blank(kind, token=TOKEN))
    assert write_token(channel, TOKEN) == TOKEN
    assert not [apdu for apdu in channel.commands if apdu[1] == 0xD6]


@KINDS
def test_somebody_elses_customer_card_is_not_overwritten(kind: str) -> None:
    channel = DirectChannel(blank(kind, token=OTHER))
    with pytest.raises(CardTaken):
        write_token(channel, TOKEN)
    assert write_token(channel, TOKEN, overwrite=True) == TOKEN


def test_a_foreign_card_is_known_by_its_number() -> None:
    channel = DirectChannel(blank("type2", uid="04a1b2c3d4e5f6"))
    assert read_credential(channel) == Credential("uid", "04A1B2C3D4E5F6", "rfid")


def test_a_number_that_changes_at_every_tap_is_no_credential() -> None:
    channel = DirectChannel(blank("type4", uid="08A1B2C3"))
    assert read_credential(channel).kind == "unreadable"


def test_a_chip_without_application_and_number_is_unreadable() -> None:
    channel = DirectChannel(blank("chip"))
    channel.card.answer = lambda _: b"\x6d\x00"  # type: ignore[method-assign]
    assert read_credential(channel) == Credential("unreadable", "", "chip")


@KINDS
def test_a_damaged_token_is_unreadable_and_not_a_foreign_card(kind: str) -> None:
    damaged = TOKEN[:-1] + ("0" if TOKEN[-1] != "0" else "1")
    assert read_credential(DirectChannel(blank(kind, token=damaged))).kind == "unreadable"


@KINDS
def test_a_card_pulled_while_reading_is_reported_as_gone(kind: str) -> None:
    reads = DirectChannel(blank(kind, token=TOKEN))
    read_credential(reads)
    for cut in range(1, len(reads.commands) + 1):
        with pytest.raises(CardGone):
            read_credential(DirectChannel(blank(kind, token=TOKEN), cut_after=cut))


def test_a_card_that_can_hold_no_message_refuses_to_be_written() -> None:
    channel = DirectChannel(blank("type4"))
    channel.card.answer = lambda _: b"\x6a\x82"  # type: ignore[method-assign]
    with pytest.raises(CardRefused, match="6A81"):
        find_family(channel)


def test_a_locked_tag_refuses_to_be_written() -> None:
    image = blank("type2")
    channel = DirectChannel(image)
    answer = channel.card.answer
    channel.card.answer = (  # type: ignore[method-assign]
        lambda apdu: b"\x63\x00" if apdu[1] == 0xD6 else answer(apdu)
    )
    with pytest.raises(CardRefused, match="6300"):
        write_token(channel, TOKEN)


@pytest.mark.parametrize("family", [type2, type4])
def test_a_message_that_does_not_fit_is_refused_before_anything_is_written(family: type2) -> None:
    channel = DirectChannel(blank("type2" if family is type2 else "type4"))
    with pytest.raises(CardRefused, match="6A84"):
        family.write_message(channel, bytes(300))
    assert not [apdu for apdu in channel.commands if apdu[1] == 0xD6]


def test_a_type2_length_beyond_the_tag_is_damage() -> None:
    image = blank("type2", token=TOKEN)
    memory = bytearray(bytes.fromhex(image["memory"]))
    memory[22] = 0xFE
    image["memory"] = memory.hex()
    assert read_credential(DirectChannel(image)).kind == "unreadable"


def test_a_type4_length_beyond_the_file_is_damage() -> None:
    image = blank("type4", token=TOKEN)
    image["memory"] = "ffff" + image["memory"][4:]
    assert read_credential(DirectChannel(image)).kind == "unreadable"


@pytest.mark.parametrize(
    ("atr", "expected"),
    [
        ("3B8F8001804F0CA0000003060300030000000068", "rfid"),
        ("3B80800101", "rfid"),
        ("3B6500004B41525445", "chip"),
        ("", "chip"),
    ],
)
def test_the_medium_is_told_by_the_answer_to_reset(atr: str, expected: str) -> None:
    assert medium(bytes.fromhex(atr)) == expected


def test_more_data_waiting_is_fetched() -> None:
    channel = Scripted("6103", "0102039000")
    assert send(channel, bytes.fromhex("00A4040000")) == b"\1\2\3"
    assert channel.sent[1] == "00c0000003"


def test_a_wrong_length_is_asked_again_with_the_right_one() -> None:
    channel = Scripted("6C02", "01029000")
    assert send(channel, bytes.fromhex("00B0000000")) == b"\1\2"
    assert channel.sent[1] == "00b0000002"


def test_an_answer_without_status_is_damage() -> None:
    with pytest.raises(CardDamaged):
        send(Scripted("90"), b"\0\xb0\0\0\1")


def test_texts_of_text_and_address_records_are_found() -> None:
    address = b"\x51\x01\x0cU\x04example.com"
    text = ndef.text_message("K1.X")
    assert list(ndef.texts(b"\x91" + text[1:] + address)) == ["K1.X", "https://example.com"]


def test_records_of_others_are_passed_over() -> None:
    other = b"\x92\x0a\x03text/vcard" + b"abc"
    assert list(ndef.texts(other + b"\x51" + ndef.text_message("x")[1:])) == ["x"]


def test_a_long_text_is_not_written() -> None:
    with pytest.raises(ValueError, match="255"):
        ndef.text_message("x" * 300)


@given(st.binary(max_size=60))
def test_rubbish_on_a_card_is_damage_or_nothing_and_never_an_error(message: bytes) -> None:
    with contextlib.suppress(CardDamaged):
        assert all(isinstance(text, str) for text in ndef.texts(message))


@given(st.binary(min_size=144, max_size=144))
def test_rubbish_on_a_type2_tag_is_never_an_error(memory: bytes) -> None:
    image = blank("type2", uid="04A1B2C3D4E5F6")
    image["memory"] = image["memory"][:32] + memory.hex() + image["memory"][32 + 288 :]
    assert read_credential(DirectChannel(image)).kind in {"uid", "unreadable", "token"}
