"""A fake of pyscard's raw functions, for orders of events that real readers give once in a year."""

# ruff: noqa: N802 - the names are those of PC/SC

import threading
from typing import Any

from smartcard import scard

PRESENT = scard.SCARD_STATE_PRESENT
EMPTY = scard.SCARD_STATE_EMPTY
CHANGED = scard.SCARD_STATE_CHANGED


class FakeScard:
    """Readers whose states a test sets; every constant is the real one.

    :param script: what each look finds: reader -> (count, present), or a result code, or a callable
    """

    def __init__(self, stop: threading.Event, script: list[Any]) -> None:
        self._stop = stop
        self._script = list(script)
        self.names: list[str] = []
        self.released = 0
        self.opened = 0
        self.card = ScriptedCard()

    def __getattr__(self, name: str) -> Any:
        return getattr(scard, name)

    def SCardEstablishContext(self, _scope: int) -> tuple[int, int]:
        if self._script and self._script[0] == "absent":
            self._script.pop(0)
            return scard.SCARD_E_NO_SERVICE, 0
        self.opened += 1
        return 0, self.opened

    def SCardReleaseContext(self, _context: int) -> int:
        self.released += 1
        return 0

    def SCardListReaders(self, _context: int, _groups: list[str]) -> tuple[int, list[str]]:
        return (0, list(self.names)) if self.names else (scard.SCARD_E_NO_READERS_AVAILABLE, [])

    def SCardGetStatusChange(
        self, _context: int, _timeout: int, states: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        if not self._script:
            self._stop.set()
            return scard.SCARD_E_CANCELLED, []
        step = self._script.pop(0)
        if callable(step):
            step = step(self)
        if isinstance(step, int):
            return step, []
        answers = []
        for name, known in states:
            count, present = step.get(name, (known >> 16, bool(known & PRESENT)))
            state = count << 16 | (PRESENT if present else EMPTY)
            if name.startswith("\\\\?PnP"):
                state = len(self.names) << 16
            answers.append((name, state | (CHANGED if state != known else 0), [0x3B, 0x00]))
        return 0, answers


class ScriptedCard:
    """What connecting and transmitting return, one after the other; the last one stays."""

    def __init__(self) -> None:
        self.connects: list[int] = [0]
        self.protocol = scard.SCARD_PROTOCOL_T1
        self.answers: list[tuple[int, list[int]]] = [(0, [0x90, 0x00])]
        self.sent: list[bytes] = []
        self.log: list[str] = []

    @staticmethod
    def next(values: list[Any]) -> Any:
        return values.pop(0) if len(values) > 1 else values[0]


class FakeCardScard(FakeScard):
    """The other half: connecting to a card and speaking to it."""

    def SCardConnect(
        self, _context: int, _reader: str, _share: int, _protocol: int
    ) -> tuple[int, int, int]:
        self.card.log.append("connect")
        return self.card.next(self.card.connects), 1, self.card.protocol

    def SCardBeginTransaction(self, _card: int) -> int:
        self.card.log.append("begin")
        return 0

    def SCardStatus(self, _card: int) -> tuple[int, str, int, int, list[int]]:
        return 0, "", 0, 0, [0x3B, 0x00]

    def SCardTransmit(self, _card: int, _pci: Any, apdu: list[int]) -> tuple[int, list[int]]:
        self.card.sent.append(bytes(apdu))
        answer: tuple[int, list[int]] = self.card.next(self.card.answers)
        return answer

    def SCardEndTransaction(self, _card: int, disposition: int) -> int:
        self.card.log.append(f"end {disposition}")
        return 0

    def SCardDisconnect(self, _card: int, disposition: int) -> int:
        self.card.log.append(f"disconnect {disposition}")
        return 0
