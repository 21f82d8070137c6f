"""Memory chip cards with contacts: SLE4442/5542 (256 bytes) and SLE4428/5528 (1024 bytes).

They can be copied by anybody who holds them: reading needs no code, only writing does (PSC). A
chip is dead after three wrong codes (eight with the large one), so only the factory's code is ever
tried, only to write, and only while the chip still allows enough tries for its owner to recover.
:source: Infineon SLE 4442 and SLE 4428 data sheets
"""

from dataclasses import dataclass
from typing import Protocol

from reader_bridge.cards.base import CardDamaged, CardRefused, Channel

_AREA = 32  # the bytes before it can be locked for good, and hold the maker's data
_NDEF, _BLANK, _TERMINATOR = 0x03, 0xFF, 0xFE
_FEWEST_TRIES = 3
_NO_SPACE, _LOCKED, _OTHER_DATA = 0x6A84, 0x6983, 0x6985


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind of chip.

    :param marks: how an answer to reset begins whose bytes are the chip's own
    :param code: what the factory sets
    """

    name: str
    marks: bytes
    size: int
    code: bytes


SLE4442 = Chip("SLE4442", bytes.fromhex("A21310"), 256, b"\xff\xff\xff")
SLE4428 = Chip("SLE4428", bytes.fromhex("922310"), 1024, b"\xff\xff")


class Dialect(Protocol):
    """How a maker's readers are told what to do with such a chip; no standard says it."""

    def select(self, channel: Channel, chip: Chip) -> None:
        """Prepare the reader for this chip."""

    def read(self, channel: Channel, chip: Chip, address: int, length: int) -> bytes:
        """Return bytes of the main memory."""

    def write(self, channel: Channel, chip: Chip, address: int, data: bytes) -> None:
        """Change bytes of the main memory; the code was presented."""

    def tries(self, channel: Channel, chip: Chip) -> int:
        """Return how many wrong codes the chip still takes."""

    def present(self, channel: Channel, chip: Chip, code: bytes) -> bool:
        """Present the code; False when the chip did not take it, which cost one try."""


class Sle:
    """The family: an NDEF message behind a length, as on Type 2 tags, so that nothing can be torn.

    :param dialect: the reader's own language
    """

    def __init__(self, chip: Chip, dialect: Dialect) -> None:
        self._chip = chip
        self._dialect = dialect

    def read_message(self, channel: Channel) -> bytes | None:
        """Return the card's message (maybe empty), or None where it holds other data.

        :raises CardDamaged: it says it holds a message, and does not
        """
        self._dialect.select(channel, self._chip)
        kind, length = self._read(channel, _AREA, 2)
        if kind == _BLANK:
            return b""
        if kind != _NDEF:
            return None
        if length > self._room:
            raise CardDamaged("the card's message is longer than the card")
        return self._read(channel, _AREA + 2, length)

    def write_message(self, channel: Channel, message: bytes) -> None:
        """Write the message; a card pulled on the way is empty or right, never wrong.

        :raises CardRefused: other data on it, too small, or its code is not the factory's
        """
        if self.read_message(channel) is None:
            raise CardRefused(_OTHER_DATA)
        if len(message) > self._room:
            raise CardRefused(_NO_SPACE)
        self._unlock(channel)
        self._write(channel, _AREA + 1, b"\0")
        self._write(channel, _AREA, bytes((_NDEF,)))
        self._write(channel, _AREA + 2, message + bytes((_TERMINATOR,)))
        if self._read(channel, _AREA + 2, len(message)) != message:
            raise CardDamaged("the card does not keep what is written")
        self._write(channel, _AREA + 1, bytes((len(message),)))

    @property
    def _room(self) -> int:
        return min(self._chip.size - _AREA - 3, 254)

    def _unlock(self, channel: Channel) -> None:
        if self._dialect.tries(channel, self._chip) < _FEWEST_TRIES:
            raise CardRefused(_LOCKED)
        if not self._dialect.present(channel, self._chip, self._chip.code):
            raise CardRefused(_LOCKED)

    def _read(self, channel: Channel, address: int, length: int) -> bytes:
        data = self._dialect.read(channel, self._chip, address, length)
        if len(data) != length:
            raise CardDamaged("the reader returns less than it was asked for")
        return data

    def _write(self, channel: Channel, address: int, data: bytes) -> None:
        self._dialect.write(channel, self._chip, address, data)


def chips(atr: bytes) -> tuple[Chip, ...]:
    """Return the memory chips that may lie behind this answer to reset.

    Readers hand on the chip's own four bytes behind ``3B 04``; some make up an empty ``3B 00``.
    """
    historical = atr[2:5] if atr[:2] == b"\x3b\x04" else b""
    if found := tuple(chip for chip in (SLE4442, SLE4428) if chip.marks == historical):
        return found
    return (SLE4442, SLE4428) if atr == b"\x3b\x00" else ()
