"""One thread per reader: what lies in it is read here, so that a slow card holds up nobody else."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from connector.exceptions import ReaderError
from reader_bridge.cards.base import CardGone, Channel
from reader_bridge.cards.detect import medium, read_credential
from reader_bridge.encode import write_token
from reader_bridge.events import CardPresented, Credential, insertion_key
from reader_bridge.readers.base import (
    Event,
    Inserted,
    Missed,
    ReaderBusy,
    Removed,
    Write,
    boot_time,
)

_log = logging.getLogger(__name__)
_RETRY_S = (0.03, 0.1, 0.2)
_HELD_S = 1.0  # a card that is nobody else's is ours within milliseconds


class Slot(Protocol):
    """A reader that can be asked for the card in it."""

    reader: str

    def card(self) -> AbstractContextManager[Channel]: ...
    def holds(self, count: int) -> bool: ...
    def close(self) -> None: ...


class SlotWorker(threading.Thread):
    """Reads each inserted card and hands it over, also one that cannot be read; writes on demand.

    :param presented: takes the card and its event; must not lose it
    :param removed: told when the reader is empty again
    :param paused: whether another program is writing cards just now and wants no company
    :param busy: told of the reader, again and again, while another program keeps the card to itself
    :param clock: boot-time clock, seconds
    """

    def __init__(
        self,
        slot: Slot,
        presented: Callable[[CardPresented, Event], None],
        removed: Callable[[str], None],
        paused: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
        busy: Callable[[str], None] = lambda _reader: None,
        clock: Callable[[], float] = boot_time,
    ) -> None:
        super().__init__(name=f"reader {slot.reader}", daemon=True)
        self._slot = slot
        self._presented = presented
        self._removed = removed
        self._paused = paused
        self._sleep = sleep
        self._busy = busy
        self._clock = clock
        self._events: queue.SimpleQueue[Event | Write | None] = queue.SimpleQueue()
        self._here: tuple[CardPresented, int] | None = None

    def put(self, event: Event | Write) -> None:
        """Queue one event; never waits."""
        self._events.put(event)

    def stop(self) -> None:
        """End after what is queued."""
        self._events.put(None)

    def run(self) -> None:
        """Work through the events in their order."""
        while (event := self._events.get()) is not None:
            self.handle(event)
        self._slot.close()

    def drain(self) -> None:
        """Work through what is queued, where the caller is the thread of this reader."""
        while not self._events.empty():
            if event := self._events.get():
                self.handle(event)

    def handle(self, event: Event | Write) -> None:
        """Deal with one event; whatever happens, the next one has its turn."""
        try:
            self._handle(event)
        except Exception:  # noqa: BLE001 - one bad card must not end the reading of cards
            _log.exception("reader %s: a card event could not be handled", self._slot.reader)

    def _handle(self, event: Event | Write) -> None:
        if isinstance(event, Write):
            event.done(self._write(event))
            return
        self._here = None
        if isinstance(event, Removed):
            self._removed(event.reader)
            return
        if self._paused():
            _log.info("a card is being written; the one in %s is not reported", event.reader)
            return
        at_s = event.at_s
        if isinstance(event, Missed):
            credential, origin = Credential("unreadable", "", "rfid"), "insert"
        else:
            credential, held_s = self._read(event)
            origin = event.origin
            at_s += held_s  # whoever waits for another program has not put the card in long ago
        key = insertion_key(event.service, event.reader, event.count)
        card = CardPresented(key, credential, event.reader, origin, at_s)
        if isinstance(event, Inserted):
            self._here = card, event.count
        self._presented(card, event)

    def _write(self, job: Write) -> str | ReaderError:
        """Return what the card says after writing, or why it was not written."""
        for pause_s in (*_RETRY_S, None):
            if self._here is None or self._here[0].key != job.key or not self._events.empty():
                return CardGone("the card was taken away")
            card, count = self._here
            try:
                with self._slot.card() as channel:
                    if not self._slot.holds(count) or read_credential(channel) != card.credential:
                        return CardGone("another card lies in the reader")
                    return write_token(channel, job.token, job.overwrite)
            except CardGone as error:
                trouble: ReaderError = error
            except ReaderError as error:
                return error
            except Exception as error:  # noqa: BLE001 - pyscard raises bare SystemError
                _log.exception("reader %s: unexpected error while writing", self._slot.reader)
                trouble = CardGone(str(error) or type(error).__name__)
            if pause_s is None:
                return trouble
            self._sleep(pause_s)
        return trouble

    def _read(self, event: Inserted) -> tuple[Credential, float]:
        """Return what the card says, and for how many seconds another program had it.

        As long as it has, that is said and waited for.
        """
        nothing = Credential("unreadable", "", medium(event.atr))
        pauses = iter((*_RETRY_S, None))
        held_s = 0.0
        while True:
            asked_s = self._clock()
            try:
                with self._slot.card() as channel:
                    waited_s = self._clock() - asked_s
                    held_s += waited_s if waited_s > _HELD_S else 0.0
                    credential = read_credential(channel)
                    if not self._slot.holds(event.count):
                        return nothing, held_s  # it left before, and the next card answered
            except ReaderBusy:
                held_s += self._clock() - asked_s
                self._busy(self._slot.reader)
                if self._left(event.count) or not self._events.empty():
                    return nothing, held_s
                continue
            except ReaderError as error:
                _log.info("reader %s: %s", self._slot.reader, error)
                credential = nothing
            except Exception:  # noqa: BLE001 - pyscard raises bare SystemError on dead handles
                _log.exception("reader %s: unexpected error while reading", self._slot.reader)
                credential = nothing
            pause_s = next(pauses)
            if credential.kind != "unreadable" or pause_s is None or self._left(event.count):
                return credential, held_s
            self._sleep(pause_s)

    def _left(self, count: int) -> bool:
        """Tell whether the card is gone; trying again would only keep the next one waiting."""
        try:
            return not self._slot.holds(count)
        except Exception:  # noqa: BLE001 - whatever it was, the next try will show
            return False
