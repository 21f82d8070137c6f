"""NDEF messages, as far as a customer card needs them: find a text, write a text.

:source: NFC Forum NDEF 1.0, RTD Text 1.0, RTD URI 1.0, RTD Smart Poster 1.1
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator

from reader_bridge.cards.base import CardDamaged

_WELL_KNOWN, _MEDIA, _ADDRESS = 1, 2, 3
_CHUNKED, _SHORT, _NAMED, _LAST = 0x20, 0x10, 0x08, 0x40
_LANGUAGE = b"en"
_URI_PREFIXES = ("", "http://www.", "https://www.", "http://", "https://")


def text_message(text: str) -> bytes:
    """Return a message with one text record."""
    payload = bytes((len(_LANGUAGE),)) + _LANGUAGE + text.encode()
    if len(payload) > 255:
        raise ValueError("a text record of more than 255 bytes is not written to a card")
    return bytes((0xD1, 0x01, len(payload))) + b"T" + payload


def texts(message: bytes, poster: bool = False) -> Iterator[str]:
    """Yield what the text and address records of a message say; other records are somebody else's.

    :param poster: the message is the inside of a smart poster, which holds no further one
    :raises CardDamaged: the message ends in the middle of a record
    """
    for tnf, kind, payload in _records(message):
        if tnf == _ADDRESS:
            yield kind.decode("utf-8", "replace")
        elif tnf == _MEDIA and kind.lower().startswith(b"text/plain"):
            yield _decoded(payload, wide=False)
        elif tnf != _WELL_KNOWN or not payload:
            continue
        elif kind == b"T":
            yield _decoded(payload[1 + (payload[0] & 0x3F) :], wide=bool(payload[0] & 0x80))
        elif kind == b"U":
            prefix = _URI_PREFIXES[payload[0]] if payload[0] < len(_URI_PREFIXES) else ""
            yield prefix + payload[1:].decode("utf-8", "replace")
        elif kind == b"Sp" and not poster:
            yield from texts(payload, poster=True)


def _decoded(text: bytes, wide: bool) -> str:
    """Return the text, by what its bytes show where writers leave the mark out or set it wrong.

    :param wide: the record says that it is UTF-16: big-endian without a mark, by the standard;
        programs on Windows write it the other way round
    """
    if text.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return text.decode("utf-16", "replace")
    if text.count(0) * 4 >= len(text) or (wide and not text.isascii()):
        little = text[1::2].count(0) > text[::2].count(0)
        return text.decode("utf-16-le" if little else "utf-16-be", "replace")
    return text.decode("utf-8", "replace")


def _records(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield type format, type and payload; a record that came in chunks is put together."""
    at = 0
    begun: tuple[int, bytes, bytes] | None = None

    def take(count: int) -> bytes:
        nonlocal at
        if at + count > len(message):
            raise CardDamaged("the card's message ends in the middle of a record")
        at += count
        return message[at - count : at]

    while at < len(message):
        header = take(1)[0]
        kind_length = take(1)[0]
        payload_length = int.from_bytes(take(1 if header & _SHORT else 4))
        id_length = take(1)[0] if header & _NAMED else 0
        kind = take(kind_length)
        take(id_length)
        tnf, kind, payload = begun or (header & 0x07, kind, b"")
        payload += take(payload_length)
        begun = (tnf, kind, payload) if header & _CHUNKED else None
        if begun is None:
            yield tnf, kind, payload
            if header & _LAST:
                return
    if begun:
        raise CardDamaged("the card's message ends in the middle of a record")
