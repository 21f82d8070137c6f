"""Which kind of card is this, and what does it say?

The kinds are tried in the order of what they can prove: our token first, then the bare number of
a foreign card. A card that says neither is unreadable, which is an event of its own.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from reader_bridge.cards import ndef, type2, type4
from reader_bridge.cards.base import CardDamaged, CardRefused, Channel, send
from reader_bridge.cards.sle import Sle, chips
from reader_bridge.cards.sle_dialects import dialect_of
from reader_bridge.credential import claims_to_be_ours, parse_text
from reader_bridge.events import Credential

GET_UID = bytes.fromhex("FFCA000000")
_STORAGE_CARD = bytes.fromhex("804F0CA000000306")


class Family(Protocol):
    """A kind of card that can hold an NDEF message."""

    def read_message(self, channel: Channel) -> bytes | None: ...
    def write_message(self, channel: Channel, message: bytes) -> None: ...


def medium(atr: bytes) -> str:
    """Tell contacts from radio.

    :source: PC/SC part 3, section 3.1.3.2.3: readers make up ``3B 8n 80 01`` for contactless cards
    """
    radio = len(atr) >= 4 and atr[0] == 0x3B and atr[1] & 0xF0 == 0x80 and atr[2:4] == b"\x80\x01"
    return "rfid" if radio else "chip"


def families(channel: Channel) -> tuple[Family, ...]:
    """Return the kinds to try, the likely one first."""
    if found := chips(channel.atr):
        # The commands of one memory chip are never sent to another kind of card.
        return tuple(Sle(chip, dialect_of(channel.reader)) for chip in found)
    return (type2, type4) if _STORAGE_CARD in channel.atr else (type4, type2)


def read_credential(channel: Channel) -> Credential:
    """Read the card.

    :raises CardGone: it was taken away; nothing is known about it
    """
    kind = medium(channel.atr)
    try:
        found = _ours(channel)
    except CardDamaged:
        return Credential("unreadable", "", kind)
    if found:
        return Credential(*found, kind)
    uid = read_uid(channel)
    return Credential("uid", uid, kind) if uid else Credential("unreadable", "", kind)


def read_uid(channel: Channel) -> str:
    """Return the card's own number in upper-case hex, or nothing if it has none that stays."""
    uid = _quietly(partial(send, channel, GET_UID)) or b""
    # ISO 14443-3: four bytes beginning with 08 are drawn anew at every tap (phones, passports).
    return "" if len(uid) == 4 and uid[0] == 0x08 else uid.hex().upper()


def find_family(channel: Channel) -> tuple[Family, bytes]:
    """Return how to speak to this card and the message it holds now.

    :raises CardRefused: it can hold none
    """
    for family in families(channel):
        message = _quietly(partial(family.read_message, channel))
        if message is not None:
            return family, message
    raise CardRefused(0x6A81)


def _ours(channel: Channel) -> tuple[str, str] | None:
    for family in families(channel):
        message = _quietly(partial(family.read_message, channel))
        if message is None:
            continue
        damaged = False
        for text in ndef.texts(message):
            if found := parse_text(text):
                return found
            damaged |= claims_to_be_ours(text)
        if damaged:
            raise CardDamaged("the card carries a damaged token")
        return None
    return None


def _quietly(ask: Callable[[], bytes | None]) -> bytes | None:
    try:
        return ask()
    except CardRefused:
        return None
