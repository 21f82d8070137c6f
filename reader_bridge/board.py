"""What the bridge knows about itself right now: for the log, the health page and the ERP."""

import threading
from dataclasses import dataclass, field

from reader_bridge.messages import Translator


@dataclass
class Board:
    """Written by every thread, read by the health page and the heartbeat.

    :param readers: reader -> ``ready``, ``card`` or ``gone``
    :param trouble: part (``cards``, ``erp``, ``spool``) -> the sentence that says what is wrong
    :param changed: set when a reader came or went, so that the ERP is told soon; not at every card,
        as that call would compete with the card's own
    """

    say: Translator = field(default_factory=Translator)
    readers: dict[str, str] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    till: str = ""
    screen: bool = False
    last_answer: str = ""
    changed: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reader(self, name: str, state: str) -> None:
        """Note a reader's state."""
        with self._lock:
            before = self.readers.get(name, "gone")
            self.readers = {**self.readers, name: state}
        if (before == "gone") != (state == "gone"):
            self.changed.set()

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
