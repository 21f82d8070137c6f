"""What readers understand for memory chips: ACS's commands and OMNIKEY's.

:source: ACS, Reference Manual ACR39U, section 9.3.6 (memory cards); HID Global, OMNIKEY Contact
    Smart Card Readers Software Developer Guide PLT-03099, synchronous cards
"""

from reader_bridge.cards.base import CardDamaged, CardRefused, Channel, send
from reader_bridge.cards.sle import SLE4442, Chip, Dialect

_CHUNK = 32


class AcsDialect:
    """Storage commands of ACS readers; readers of other makers copied them."""

    def select(self, channel: Channel, chip: Chip) -> None:
        """See :class:`Dialect`."""
        send(channel, bytes((0xFF, 0xA4, 0x00, 0x00, 0x01, 0x06 if chip is SLE4442 else 0x05)))

    def read(self, channel: Channel, chip: Chip, address: int, length: int) -> bytes:
        """See :class:`Dialect`."""
        data = b""
        while len(data) < length:
            at, count = address + len(data), min(length - len(data), _CHUNK)
            chunk = send(channel, b"\xff\xb0" + at.to_bytes(2) + bytes((count,)))
            if not chunk:
                raise CardDamaged("the reader returns nothing")
            data += chunk
        return data[:length]

    def write(self, channel: Channel, chip: Chip, address: int, data: bytes) -> None:
        """See :class:`Dialect`."""
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            head = b"\xff\xd0" + (address + start).to_bytes(2) + bytes((len(chunk),))
            send(channel, head + chunk)

    def tries(self, channel: Channel, chip: Chip) -> int:
        """See :class:`Dialect`; the counter has one bit for each try."""
        answer = send(channel, bytes((0xFF, 0xB1, 0x00, 0x00, len(chip.code) + 1)))
        return (answer[0] & _full(chip)).bit_count() if answer else 0

    def present(self, channel: Channel, chip: Chip, code: bytes) -> bool:
        """See :class:`Dialect`; the second status byte is the counter, full when it was right."""
        command = b"\xff\x20\x00\x00" + bytes((len(code),)) + code
        try:
            send(channel, command)
        except CardRefused as answer:
            return answer.status == 0x9000 | _full(chip)
        return False


class OmnikeyDialect:
    """The chip's own commands, wrapped for OMNIKEY readers with the AViatoR chip, byte by byte."""

    def select(self, channel: Channel, chip: Chip) -> None:
        """See :class:`Dialect`; nothing to do."""

    def read(self, channel: Channel, chip: Chip, address: int, length: int) -> bytes:
        """See :class:`Dialect`."""
        control = 0x30 if chip is SLE4442 else 0x0E
        return b"".join(
            self._send(channel, chip, _control(chip, control, at), at & 0xFF, 0)[:1]
            for at in range(address, address + length)
        )

    def write(self, channel: Channel, chip: Chip, address: int, data: bytes) -> None:
        """See :class:`Dialect`."""
        control = 0x38 if chip is SLE4442 else 0x33
        for at, byte in enumerate(data, address):
            self._send(channel, chip, _control(chip, control, at), at & 0xFF, byte)

    def tries(self, channel: Channel, chip: Chip) -> int:
        """See :class:`Dialect`."""
        command = (0x31, 0x00) if chip is SLE4442 else (0xCE, 0xFD)
        answer = self._send(channel, chip, *command, 0)
        return (answer[0] & _full(chip)).bit_count() if answer else 0

    def present(self, channel: Channel, chip: Chip, code: bytes) -> bool:
        """See :class:`Dialect`: spend a try, compare; the chip gives it back for the right code."""
        small = chip is SLE4442
        full = _full(chip)
        counter = self._send(channel, chip, *((0x31, 0x00) if small else (0xCE, 0xFD)), 0)
        left = counter[0] & full if counter else 0
        spent = left & (left - 1)  # one bit less
        self._send(channel, chip, *((0x39, 0x00) if small else (0xF2, 0xFD)), spent)
        for at, byte in enumerate(code, 1 if small else 0xFE):
            self._send(channel, chip, 0x33 if small else 0xCD, at, byte)
        self._send(channel, chip, *((0x39, 0x00) if small else (0xF3, 0xFD)), 0xFF)
        return self.tries(channel, chip) == full.bit_count()

    def _send(self, channel: Channel, chip: Chip, control: int, address: int, data: int) -> bytes:
        bus = 0xA0 if chip is SLE4442 else 0xA1  # two wires or three
        wrapped = bytes((0xA6, 0x05, bus, 0x03, control, address, data))
        answer = send(channel, b"\xff\x70\x07\x6b" + bytes((len(wrapped),)) + wrapped + b"\0")
        if len(answer) < 2 or answer[0] != 0x9D or len(answer) != 2 + answer[1]:
            raise CardDamaged("the reader's answer is none of a memory card's")
        return answer[2:]


def dialect_of(reader: str) -> Dialect:
    """Return the language of a reader, by its name."""
    return OmnikeyDialect() if "omnikey" in reader.lower() else AcsDialect()


def _full(chip: Chip) -> int:
    return 0x07 if chip is SLE4442 else 0xFF


def _control(chip: Chip, control: int, address: int) -> int:
    # The large chip's two upper address bits travel with the command.
    return control if chip is SLE4442 else control | address >> 8 << 6
