"""Type 4 tags: chip cards with the NDEF application, with contacts or without.

:source: NFC Forum Type 4 Tag 2.0, mapping version 2
"""

from dataclasses import dataclass

from reader_bridge.cards.base import CardDamaged, CardRefused, Channel, send

_APPLICATION = bytes.fromhex("D2760000850101")
_CAPABILITIES = 0xE103
_NDEF_FILE = 0x04


@dataclass(frozen=True, slots=True)
class _File:
    max_read: int
    max_write: int
    size: int


def read_message(channel: Channel) -> bytes | None:
    """Return the card's NDEF message (maybe empty), or None when it has no such application.

    :raises CardDamaged: the application is there, and its files contradict each other
    """
    file = _open(channel)
    if file is None:
        return None
    length = int.from_bytes(_read(channel, 0, 2))
    if length > file.size - 2:
        raise CardDamaged("the card's message is longer than its file")
    message = b""
    while len(message) < length:
        count = min(file.max_read, length - len(message))
        message += _read(channel, 2 + len(message), count)
    return message


def write_message(channel: Channel, message: bytes) -> None:
    """Write the NDEF message; a card pulled on the way is empty or right, never wrong.

    :raises CardRefused: no such application, file too small, or write-protected
    """
    file = _open(channel)
    if file is None or len(message) > file.size - 2:
        raise CardRefused(0x6A84)
    _write(channel, 0, b"\0\0")
    for at in range(0, len(message), file.max_write):
        _write(channel, 2 + at, message[at : at + file.max_write])
    _write(channel, 0, len(message).to_bytes(2))


def _open(channel: Channel) -> _File | None:
    try:
        send(channel, bytes((0x00, 0xA4, 0x04, 0x00, 7)) + _APPLICATION + b"\0")
    except CardRefused:
        return None
    _select(channel, _CAPABILITIES)
    capabilities = _read(channel, 0, 15)
    if len(capabilities) < 15 or capabilities[7] != _NDEF_FILE:
        raise CardDamaged("the card does not say where its message is")
    _select(channel, int.from_bytes(capabilities[9:11]))
    return _File(
        max_read=min(int.from_bytes(capabilities[3:5]), 255) or 15,
        max_write=min(int.from_bytes(capabilities[5:7]), 255) or 1,
        size=int.from_bytes(capabilities[11:13]),
    )


def _select(channel: Channel, file_id: int) -> None:
    send(channel, bytes((0x00, 0xA4, 0x00, 0x0C, 2)) + file_id.to_bytes(2))


def _read(channel: Channel, offset: int, length: int) -> bytes:
    data = send(channel, bytes((0x00, 0xB0)) + offset.to_bytes(2) + bytes((length,)))
    if len(data) != length:
        raise CardDamaged("the card's file is shorter than it says")
    return data


def _write(channel: Channel, offset: int, data: bytes) -> None:
    send(channel, bytes((0x00, 0xD6)) + offset.to_bytes(2) + bytes((len(data),)) + data)
