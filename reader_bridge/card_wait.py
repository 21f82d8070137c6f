"""Wait for a card in any reader without the daemon: for writing one by hand and for trying one."""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from reader_bridge.cards.base import Channel
from reader_bridge.readers.base import Event, Inserted, Seen
from reader_bridge.readers.pcsc import PcscWatcher
from reader_bridge.readers.pcsc_card import PcscSlot

CARD_WAIT_S = 60.0
_FIND_S = 3.0


class CardWait:
    """The next card in any reader.

    :param use: patterns of the readers that belong to this till
    :param pause: makes a running daemon look away for so many seconds
    """

    def __init__(
        self,
        use: Sequence[str],
        pause: Callable[[float], None] = lambda _s: None,
        wait_s: float = CARD_WAIT_S,
    ) -> None:
        self._pause = pause
        self._wait_s = wait_s
        self._found: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._looked = threading.Event()
        self._names: list[str] = []
        self._reason = ""
        self._watcher = PcscWatcher(self, use)
        self._thread = threading.Thread(target=self._watcher.run, args=(self._stop,), daemon=True)

    def __enter__(self) -> "CardWait":
        self._pause(self._wait_s)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watcher.cancel()
        self._thread.join(5)
        self._pause(0)

    def look(self) -> tuple[list[str], str]:
        """Return the readers there are, and why the card service does not answer, if so."""
        self._looked.wait(_FIND_S)
        return self._names, self._reason

    def next_reader(self) -> str | None:
        """Wait for a card and return where it lies; None when nobody came."""
        self._pause(self._wait_s)
        try:
            return self._found.get(timeout=self._wait_s)
        except queue.Empty:
            return None

    def next_card(self) -> AbstractContextManager[Channel] | None:
        """Wait for a card; None when nobody came."""
        reader = self.next_reader()
        return None if reader is None else PcscSlot(reader).card()

    def card(self, event: Event) -> None:
        """Take note of the reader a card was put into."""
        if isinstance(event, Inserted):
            self._found.put(event.reader)

    def readers(self, names: list[str]) -> None:
        """Take note of the readers."""
        self._names = names
        self._looked.set()

    def service(self, up: bool, reason: str) -> None:
        """Take note of a card service that does not answer; the watcher waits by itself."""
        self._reason = "" if up else reason
        if not up:
            self._looked.set()

    def remembered(self, reader: str) -> Seen | None:
        """Return nothing: a card that lies there already is welcome."""
        return None
