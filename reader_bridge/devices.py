"""Devices beside the card service (scanners, polled NFC readers): their states, their cards."""

import logging
import threading
import uuid
from itertools import count
from typing import Protocol

from reader_bridge.board import Board
from reader_bridge.credential import parse_scan
from reader_bridge.events import CardPresented, Credential, insertion_key
from reader_bridge.messages import Say
from reader_bridge.readers.base import Event
from reader_bridge.readers.slot import Slot, SlotWorker

_log = logging.getLogger(__name__)
_SAME_SCAN_S = 1.5


class CardDesk(Protocol):
    """Where presented cards go.

    :ivar polled: readers that are no business of the card service, and who reads their cards
    """

    polled: dict[str, SlotWorker]

    def presented(self, card: CardPresented, event: Event | None) -> None: ...
    def removed(self, reader: str) -> None: ...
    def left(self, reader: str) -> None: ...
    def paused(self) -> bool: ...


class DeviceDesk:
    """Makes a card presented of every code, once, and keeps the board up to date.

    A scan has no count of a card service: a run of the bridge and a number in it name it.
    """

    def __init__(self, desk: CardDesk, board: Board) -> None:
        self._desk = desk
        self._board = board
        self._service = uuid.uuid4().hex
        self._counter = count(1)
        self._last: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def plugged(self, name: str, kind: str, media: tuple[str, ...]) -> None:
        """Note that a device works."""
        self._board.reader(name, "ready", kind, media)
        _log.info("%s", self._board.say(Say.READER_FOUND, reader=name))

    def unplugged(self, name: str) -> None:
        """Note that a device is gone."""
        self._board.reader(name, "gone")
        _log.warning("%s", self._board.say(Say.READER_GONE, reader=name))

    def missing(self, wanted: str, reason: str) -> None:
        """Say once that nothing of what the settings name is there."""
        sentence = self._board.say(Say.DEVICE_MISSING, device=wanted, reason=reason)
        if self._board.wrong(wanted, sentence):
            _log.warning("%s", sentence)

    def found(self, wanted: str) -> None:
        """Take that back."""
        self._board.right(wanted)

    def attach(self, slot: Slot) -> SlotWorker:
        """Return who reads the cards of a reader that is polled in a thread of its own."""
        desk = self._desk
        worker = SlotWorker(slot, desk.presented, desk.removed, desk.paused)
        desk.polled[slot.reader] = worker
        return worker

    def detach(self, reader: str, lost: bool) -> None:
        """Forget such a reader; a card may well lie there when it comes back.

        :param lost: it was unplugged, so that its card is out of reach
        """
        del self._desk.polled[reader]
        if lost:
            self._desk.left(reader)

    def scanned(self, reader: str, code: str | None, at_s: float) -> None:
        """Take a scanned code; None for one that is damaged.

        Many scanners read a code that is held before them again and again; that is one scan, also
        when one of the readings in between was damaged.
        """
        kind, value = ("unreadable", "") if code is None else parse_scan(code)
        with self._lock:
            before, before_s = self._last.get(reader, ("", 0.0))
            if value:
                self._last[reader] = (value, at_s)
                if value == before and at_s - before_s < _SAME_SCAN_S:
                    return
            number = next(self._counter)
        key = insertion_key(self._service, reader, number)
        card = CardPresented(key, Credential(kind, value, "qr"), reader, "insert", at_s)
        self._desk.presented(card, None)
