"""What the bridge knows about itself right now: for the log, the health page and the ERP."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from reader_bridge.messages import Translator


@dataclass
class Board:
    """Written by every thread, read by the health page and the heartbeat.

    :param readers: reader -> ``ready``, ``card``, ``busy`` (another program keeps it) or ``gone``
    :param sources: reader -> how it is attached and what it reads, ``("pcsc", ("chip", "rfid"))``
    :param trouble: part (``cards``, ``erp``, ``spool``, a reader) -> the sentence that says what is
        wrong
    :param counts: what happened how often since the start, for ``/metrics``
    :param erp_ok_s: monotonic clock at the ERP's last answer to this till's cards or heartbeat
    :param changed: set when a reader came, went or is kept by another program, so that the ERP is
        told soon; not at every card, as that call would compete with the card's own
    """

    say: Translator = field(default_factory=Translator)
    readers: dict[str, str] = field(default_factory=dict)
    sources: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    erp_ok_s: float | None = None
    calls: int = 0
    calls_s: float = 0.0
    till: str = ""
    screen: bool = False
    last_answer: str = ""
    changed: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reader(self, name: str, state: str, source: str = "", media: tuple[str, ...] = ()) -> None:
        """Note a reader's state; what it is need only be said once."""
        with self._lock:
            before = self.readers.get(name, "gone")
            self.readers = {**self.readers, name: state}
            if source:
                self.sources = {**self.sources, name: (source, media)}
        if any((before == rare) != (state == rare) for rare in ("gone", "busy")):
            self.changed.set()

    def answered(self, began_s: float, now_s: float) -> None:
        """Note that the ERP took cards, and how long that took (monotonic clock)."""
        with self._lock:
            self.erp_ok_s = now_s
            self.calls += 1
            self.calls_s += now_s - began_s

    def count(self, what: str) -> None:
        """Count one more of something."""
        with self._lock:
            self.counts[what] += 1

    def wrong(self, part: str, sentence: str) -> bool:
        """Note what is wrong with a part; True when that is news."""
        with self._lock:
            news = part not in self.trouble
            self.trouble = {**self.trouble, part: sentence}
        return news

    def right(self, part: str) -> bool:
        """Note that a part works; True when it did not before."""
        with self._lock:
            news = part in self.trouble
            self.trouble = {key: text for key, text in self.trouble.items() if key != part}
        return news
