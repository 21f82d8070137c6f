"""What phones and writing programs put on cards (issue 12 kind 9, odoo-as-used 13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_bridge.cards import ndef, type4
from reader_bridge.cards.base import CardDamaged
from reader_bridge.cards.detect import read_credential
from reader_bridge.credential import make_token
from reader_bridge.events import Credential
from tests.kit.channel import DirectChannel
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(range(16)))
BROKEN = TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B")
WIDE, NARROW = 0x80, 0x00


def message(*records: bytes) -> bytes:
    """Return the records as one message, the first and the last marked as such."""
    parts = [bytearray(record) for record in records]
    parts[0][0] |= 0x80
    parts[-1][0] |= 0x40
    return b"".join(parts)


def record(kind: bytes, payload: bytes, tnf: int = 1, name: bytes = b"") -> bytes:
    named = 0x08 if name else 0
    size = len(payload)
    length = bytes((size,)) if size < 256 else size.to_bytes(4)
    header = tnf | named | (0x10 if size < 256 else 0)
    count = bytes((len(name),)) if name else b""
    return bytes((header, len(kind))) + length + count + kind + name + payload


def text(said: bytes | str, flags: int = NARROW, language: bytes = b"en") -> bytes:
    said = said.encode() if isinstance(said, str) else said
    return record(b"T", bytes((flags | len(language),)) + language + said)


def uri(said: str, prefix: int = 4) -> bytes:
    return record(b"U", bytes((prefix,)) + said.encode())


def chunks(kind: bytes, payload: bytes) -> bytes:
    """Return one record in three pieces."""
    return b"".join(
        bytes((0x31, len(kind), 9)) + kind + payload[:9]
        if at == 0
        else bytes((0x36 if at == 1 else 0x16, 0, len(part))) + part
        for at, part in enumerate((payload[:9], payload[9:12], payload[12:]))
    )


def read(content: bytes) -> Credential:
    channel = DirectChannel(blank("type4", uid="04A1B2C3D4E5F6"))
    type4.write_message(channel, content)
    return read_credential(channel)


POSTER = message(text("Loyalty card"), uri(f"shop.example/c/{TOKEN}"), record(b"act", b"\0"))
WRITTEN = {
    "UTF-16 without mark": text(TOKEN.encode("utf-16-be"), WIDE),
    "UTF-16 without mark, as Windows orders bytes": text(TOKEN.encode("utf-16-le"), WIDE),
    "UTF-16 with mark": text(b"\xfe\xff" + TOKEN.encode("utf-16-be"), WIDE),
    "UTF-16 with the other mark": text(b"\xff\xfe" + TOKEN.encode("utf-16-le"), WIDE),
    "UTF-16 after umlauts": text(f"Kärtchen für Özgür: {TOKEN}".encode("utf-16-be"), WIDE),
    "UTF-16 that says it is UTF-8": text(TOKEN.encode("utf-16-le")),
    "UTF-8 that says it is UTF-16": text(TOKEN, WIDE),
    "UTF-8 with mark": text("\ufeff" + TOKEN),
    "lower case and line end": text(f"{TOKEN.lower()}\r\n\0"),
    "no language": text(TOKEN, language=b""),
    "long language": text(TOKEN, language=b"de-CH-1996"),
    "a smart poster": record(b"Sp", POSTER),
    "a smart poster with a name": record(b"Sp", POSTER, name=b"poster"),
    "a smart poster in UTF-16": record(b"Sp", message(text(TOKEN.encode("utf-16-be"), WIDE))),
    "an address": uri(f"shop.example/?card={TOKEN}&x=1"),
    "an absolute address": record(f"https://shop.example/{TOKEN}".encode(), b"", tnf=3),
    "plain text as a file": record(b"text/plain", TOKEN.encode(), tnf=2),
    "plain text as a file in UTF-16": record(
        b"text/plain;charset=utf-16", TOKEN.encode("utf-16"), tnf=2
    ),
    "in chunks": chunks(b"T", b"\x02en" + TOKEN.encode()),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_our_token_is_found_however_it_was_written(written: bytes) -> None:
    assert read(message(written)) == Credential("token", TOKEN, "rfid")


OTHERS = {
    "a contact": record(b"text/vcard", b"BEGIN:VCARD", tnf=2),
    "an app for Android": record(b"android.com:pkg", b"com.example", tnf=4),
    "an address": uri("example.com"),
    "an empty record": record(b"", b"", tnf=0),
    "a name in UTF-16": text("Müller".encode("utf-16-be"), WIDE),
    "a Chinese text": text("会员卡".encode("utf-16-be"), WIDE),
    "an old, damaged code": text(BROKEN),
    "a record with a long length": bytes((0x02, 9, 0, 0, 0, 5)) + b"image/pngabcde",
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_our_token_is_found_among_other_records(other: bytes) -> None:
    for records in ((text(TOKEN), other), (other, text(TOKEN)), (other, uri(TOKEN))):
        assert read(message(*records)) == Credential("token", TOKEN, "rfid")


def test_records_of_others_alone_leave_the_serial_number() -> None:
    for name, other in OTHERS.items():
        kind = "unreadable" if "damaged" in name else "uid"
        assert read(message(other)).kind == kind


@pytest.mark.parametrize("broken", [text(BROKEN), text(BROKEN.encode("utf-16-be"), WIDE)])
def test_a_damaged_token_is_never_a_serial_number(broken: bytes) -> None:
    assert read(message(broken, uri("example.com"))).kind == "unreadable"
    assert read(message(record(b"Sp", message(broken)))).kind == "unreadable"


def test_a_record_that_does_not_end_is_damage() -> None:
    for content in (chunks(b"T", b"\x02en" + TOKEN.encode())[:-1], b"\xb1\x01\x03T\x02en"):
        with pytest.raises(CardDamaged):
            list(ndef.texts(content))


_LETTERS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F), min_size=1, max_size=40)


@given(_LETTERS, st.sampled_from(["utf-16", "utf-16-be", "utf-16-le", "utf-8"]))
def test_a_text_is_what_was_written(said: str, encoding: str) -> None:
    flags = WIDE if encoding.startswith("utf-16") else NARROW
    assert list(ndef.texts(message(text(f"{said} {TOKEN}".encode(encoding), flags)))) == [
        f"{said} {TOKEN}"
    ]


def test_posters_in_posters_end() -> None:
    nested = message(text(TOKEN))
    for _ in range(2000):
        nested = message(record(b"Sp", nested))
    assert list(ndef.texts(nested)) == []
