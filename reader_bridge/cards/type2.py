"""Type 2 tags (NTAG21x, Ultralight): memory pages behind the reader's storage commands.

:source: NFC Forum Type 2 Tag 1.2; PC/SC part 3, section 3.2.2 (READ and UPDATE BINARY)
"""

from reader_bridge.cards.base import CardDamaged, CardRefused, Channel, send

PAGE = 4
FIRST_PAGE = 4
_NULL, _NDEF, _TERMINATOR = 0x00, 0x03, 0xFE


def read_message(channel: Channel) -> bytes | None:
    """Return the tag's NDEF message (maybe empty), or None when it is not formatted for one.

    :raises CardDamaged: the tag says it holds a message, and does not
    """
    memory = _Memory(channel)
    at = _find_message(memory)
    if at is None:
        return None
    start, length = memory.length_at(at)
    return memory.read(start, length)


def write_message(channel: Channel, message: bytes) -> None:
    """Write the NDEF message so that a card pulled at any moment is empty or right, never wrong.

    First the length becomes 0, then the data is written, and the length last: a tag protects none
    of its pages against tearing.

    :raises CardRefused: the tag is locked, too small or not formatted
    """
    memory = _Memory(channel)
    at = _find_message(memory)
    if at is None or len(message) > 254 or at + len(message) + 3 > memory.size:
        raise CardRefused(0x6A84)
    area = memory.read(0, at) + bytes((_NDEF, len(message))) + message + bytes((_TERMINATOR,))
    area += bytes(-len(area) % PAGE)
    # The page that holds the length makes the message valid.
    valid_from = (at + 1) // PAGE
    empty = bytearray(area[: (valid_from + 1) * PAGE])
    empty[at + 1] = 0
    for index in range(at + 2, len(empty)):
        empty[index] = _TERMINATOR if index == at + 2 else 0
    first = at // PAGE
    for page in range(valid_from, first - 1, -1):
        memory.write(page, bytes(empty[page * PAGE : (page + 1) * PAGE]))
    for page in range(valid_from + 1, len(area) // PAGE):
        memory.write(page, area[page * PAGE : (page + 1) * PAGE])
    memory.write(valid_from, area[valid_from * PAGE : (valid_from + 1) * PAGE])


class _Memory:
    """The tag's data area, read page by page and only as far as needed."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._known = b""
        head = send(channel, bytes((0xFF, 0xB0, 0x00, FIRST_PAGE - 1, 4 * PAGE)))
        self.formatted = len(head) >= PAGE and head[0] == 0xE1
        self.size = head[2] * 8 if self.formatted else 0
        self._known = head[PAGE:]

    def read(self, start: int, length: int) -> bytes:
        if start + length > self.size:
            raise CardDamaged("the tag's message is longer than the tag")
        while len(self._known) < start + length:
            page = FIRST_PAGE + len(self._known) // PAGE
            chunk = send(self._channel, bytes((0xFF, 0xB0, 0x00, page, 4 * PAGE)))
            if not chunk:
                raise CardDamaged("the tag returns nothing")
            self._known = self._known[: (page - FIRST_PAGE) * PAGE] + chunk
        return self._known[start : start + length]

    def length_at(self, at: int) -> tuple[int, int]:
        """Return where the value of the block at *at* begins, and its length."""
        length = self.read(at + 1, 1)[0]
        if length == 0xFF:
            return at + 4, int.from_bytes(self.read(at + 2, 2))
        return at + 2, length

    def write(self, page: int, data: bytes) -> None:
        send(self._channel, bytes((0xFF, 0xD6, 0x00, FIRST_PAGE + page, PAGE)) + data)


def _find_message(memory: _Memory) -> int | None:
    """Return where the NDEF block begins; blocks before it (lock control) belong to the chip."""
    at = 0
    while memory.formatted and at + 1 < memory.size:
        tag = memory.read(at, 1)[0]
        if tag == _NDEF:
            return at
        if tag == _TERMINATOR:
            return at
        if tag == _NULL:
            at += 1
            continue
        start, length = memory.length_at(at)
        at = start + length
    return None
