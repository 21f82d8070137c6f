"""A wire straight to a virtual card, with no reader between; it can be cut at any command."""

from typing import Any

from reader_bridge.cards.base import CardGone
from tests.kit.virtual_card import card_of


class DirectChannel:
    """Speaks to the chip of one image.

    :param cut_after: the card is pulled before the answer to this many commands has come
    :param cut_writes: count only commands that change the card
    """

    def __init__(
        self,
        image: dict[str, Any],
        cut_after: int = 0,
        cut_writes: bool = False,
        reader: str = "ACS ACR39U",
    ) -> None:
        self.card = card_of(image)
        self.reader = reader
        self.atr = bytes.fromhex(image["atr"])
        self.commands: list[bytes] = []
        self._cut_after = cut_after
        self._cut_writes = cut_writes

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command."""
        self.commands.append(apdu)
        counted = [each for each in self.commands if not self._cut_writes or is_write(each)]
        if self._cut_after and len(counted) >= self._cut_after:
            raise CardGone("the card was pulled")
        answer = self.card.answer(apdu)
        self.card.image["memory"] = self.card.memory.hex()
        return answer


def is_write(apdu: bytes) -> bool:
    """Tell whether a command changes a card."""
    if apdu[:4] == b"\xff\x70\x07\x6b":
        return apdu[9] in (0x38, 0x39, 0xF2, 0xF3) or apdu[9] & 0x3F == 0x33
    return apdu[1] in (0xD6, 0xD0, 0x20)
