"""The wire to a card, and what can go wrong on it."""

from typing import Protocol

from connector.exceptions import ReaderError

OK = 0x9000
_MOST_PARTS = 16


class CardGone(ReaderError):
    """The card was taken away, or stopped answering, in the middle of a conversation."""


class CardRefused(ReaderError):
    """The card answered, and its answer was no.

    :param status: the two status bytes of ISO 7816-4
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the card refused the command (status {status:04X})")
        self.status = status


class CardDamaged(ReaderError):
    """The card answers, but what it holds makes no sense."""


class Channel(Protocol):
    """One card, powered and reserved for us.

    :ivar reader: the reader's name; memory cards are spoken to in its maker's own language
    """

    atr: bytes
    reader: str

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command and return data and status bytes.

        :raises CardGone: the card is no longer there; safe to try again on the next insertion
        """


def send(channel: Channel, apdu: bytes) -> bytes:
    """Send one command and return its data.

    :raises CardRefused: any status but 9000
    :source: ISO/IEC 7816-3, section 12.2.1 (61xx, 6Cxx of T=0)
    """
    answer = channel.transmit(apdu)
    if len(answer) == 2 and answer[0] == 0x6C and len(apdu) <= 5:
        answer = channel.transmit(apdu[:4] + answer[1:])
    data = b""
    for _ in range(_MOST_PARTS):
        if len(answer) < 2 or answer[-2] != 0x61:
            break
        data += answer[:-2]
        answer = channel.transmit(bytes((0x00, 0xC0, 0x00, 0x00, answer[-1])))
    if len(answer) < 2:
        raise CardDamaged("the card's answer has no status")
    status = int.from_bytes(answer[-2:])
    if status != OK:
        raise CardRefused(status)
    return data + answer[:-2]
