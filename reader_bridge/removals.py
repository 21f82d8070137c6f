"""Tells the ERP that a card was taken away, where the ERP asked to hear it: a badge logs off."""

import logging
import threading
from collections.abc import Callable

from reader_bridge.link import Link

_log = logging.getLogger(__name__)

_GIVE_UP_AFTER_S = 10.0
_TRY_AGAIN_S = 1.0
_NOTHING_DUE_S = 60.0


class Removals:
    """Which card lies where, and of which the ERP wants to hear that it has left.

    :param clock: monotonic, seconds
    :param wake: something has left; :meth:`step` has work
    """

    def __init__(self, link: Link, clock: Callable[[], float], wake: Callable[[], None]) -> None:
        self._link, self._clock, self._wake = link, clock, wake
        self._lock = threading.Lock()
        self._inside: dict[str, str] = {}
        self._watched: set[str] = set()
        self._left: dict[str, float] = {}
        self._again_s = 0.0

    def inserted(self, reader: str, key: str, again: bool = False) -> None:
        """A card lies in the reader; the one before has left.

        :param again: it is the card that was here before the card service went and came back
        """
        if not (again and reader in self._inside):
            self._leave(reader, key)

    def removed(self, reader: str) -> None:
        """The reader is empty, or gone."""
        self._leave(reader, None)

    def watch(self, key: str) -> None:
        """Tell when this card leaves; at once if it has left already."""
        with self._lock:
            if key in self._watched or key in self._left:
                return
            if key in self._inside.values():
                self._watched.add(key)
            else:
                self._left[key] = self._clock()

    def step(self) -> float:
        """Report what has left; return the seconds until there is something to try again."""
        now_s = self._clock()
        with self._lock:
            self._left = {
                key: at_s for key, at_s in self._left.items() if now_s - at_s < _GIVE_UP_AFTER_S
            }
            left = list(self._left)
        if not left:
            return _NOTHING_DUE_S
        if now_s < self._again_s:
            return self._again_s - now_s
        for key in left:
            try:
                self._link.till("card_removed", key=key)
            except Exception as error:  # noqa: BLE001 - a courtesy: the session ends by itself, too
                _log.info("that a card was taken away could not be told: %s", error)
                self._again_s = now_s + _TRY_AGAIN_S
                return _TRY_AGAIN_S
            with self._lock:
                self._left.pop(key, None)
        return 0.0

    def _leave(self, reader: str, next_key: str | None) -> None:
        with self._lock:
            before = self._inside.pop(reader, None)
            if next_key is not None:
                self._inside[reader] = next_key
            told = before is not None and before != next_key and before in self._watched
            if told and before is not None:
                self._watched.discard(before)
                self._left[before] = self._clock()
        if told:
            self._wake()
