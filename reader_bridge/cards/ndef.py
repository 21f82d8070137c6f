"""NDEF messages, as far as a customer card needs them: find a text, write a text.

:source: NFC Forum NDEF 1.0, RTD Text 1.0, RTD URI 1.0
"""

from collections.abc import Iterator

from reader_bridge.cards.base import CardDamaged

_WELL_KNOWN = 1
_LANGUAGE = b"en"
_URI_PREFIXES = ("", "http://www.", "https://www.", "http://", "https://")


def text_message(text: str) -> bytes:
    """Return a message with one text record."""
    payload = bytes((len(_LANGUAGE),)) + _LANGUAGE + text.encode()
    if len(payload) > 255:
        raise ValueError("a text record of more than 255 bytes is not written to a card")
    return bytes((0xD1, 0x01, len(payload))) + b"T" + payload


def texts(message: bytes) -> Iterator[str]:
    """Yield what the text and URI records of a message say; other records are somebody else's.

    :raises CardDamaged: the message ends in the middle of a record
    """
    for tnf, kind, payload in _records(message):
        if tnf != _WELL_KNOWN or not payload:
            continue
        if kind == b"T":
            encoding = "utf-16" if payload[0] & 0x80 else "utf-8"
            yield payload[1 + (payload[0] & 0x3F) :].decode(encoding, "replace")
        elif kind == b"U":
            prefix = _URI_PREFIXES[payload[0]] if payload[0] < len(_URI_PREFIXES) else ""
            yield prefix + payload[1:].decode("utf-8", "replace")


def _records(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0

    def take(count: int) -> bytes:
        nonlocal at
        if at + count > len(message):
            raise CardDamaged("the card's message ends in the middle of a record")
        at += count
        return message[at - count : at]

    while at < len(message):
        header = take(1)[0]
        kind_length = take(1)[0]
        payload_length = int.from_bytes(take(1 if header & 0x10 else 4))
        id_length = take(1)[0] if header & 0x08 else 0
        kind = take(kind_length)
        take(id_length)
        yield header & 0x07, kind, take(payload_length)
        if header & 0x40:
            return
