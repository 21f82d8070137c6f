"""Watch every PC/SC reader with one blocking call.

Not pyscard's CardMonitor: its thread dies for good when pcscd restarts, and nobody is told.
:source: pcsc-lite's winscard API; the upper half of a reader's state counts its card movements
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from smartcard import scard

from connector.exceptions import ReaderError
from reader_bridge.readers.base import Inserted, Listener, Missed, Removed, Seen, boot_time

_log = logging.getLogger(__name__)

PLUG_AND_PLAY = "\\\\?PnP?\\Notification"
_LOOK_S = 4.0
_BACKOFF_S = (0.02, 0.05, 0.1, 0.25)
_GONE = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE
_COUNTS = 0x10000
_MOST_MISSED = 50


class ServiceLost(ReaderError):
    """The card service does not answer; it may come back."""


class PcscWatcher:
    """Tells a listener about every card in every reader, and survives the card service.

    :param use: patterns of the readers that belong to this till; a reader's full name changes with
        the socket it is plugged into
    :param api: the functions of ``smartcard.scard``
    :param alive: called at least every four seconds, for the watchdog
    """

    def __init__(
        self,
        listener: Listener,
        use: Sequence[str] = ("*",),
        api: Any = scard,
        clock: Callable[[], float] = boot_time,
        identity: Callable[[], str] | None = None,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._listener = listener
        self._use = tuple(use)
        self._api = api
        self._clock = clock
        self._identity = identity or service_identity
        self._context: Any = None
        self._service = ""
        self._known: dict[str, Seen] = {}
        self._since: dict[str, str] = {}
        self._unplugged: set[str] = set()
        self._alive = alive

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop; the loss of the service is waited out."""
        failures = 0
        while not stop.is_set():
            try:
                self._open()
                failures = 0
                self._watch(stop)
            except ServiceLost as error:
                self._listener.service(False, str(error))
                self._alive()
                stop.wait(_BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
                failures += 1
            finally:
                self._close()

    def cancel(self) -> None:
        """Wake the watching thread up, from another one."""
        if (context := self._context) is not None:
            self._api.SCardCancel(context)

    def _open(self) -> None:
        result, context = self._api.SCardEstablishContext(self._api.SCARD_SCOPE_USER)
        self._check(result)
        self._context = context
        service = self._identity()
        if service != self._service:
            self._known.clear()
            self._since.clear()
            self._unplugged.clear()
        self._service = service
        self._listener.service(True, "")

    def _close(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            self._api.SCardReleaseContext(context)

    def _watch(self, stop: threading.Event) -> None:
        states: dict[str, int] = {}
        fresh = True
        while not stop.is_set():
            if fresh:
                states = self._list(states)
            result, answers = self._api.SCardGetStatusChange(
                self._context,
                int(_LOOK_S * 1000),
                list(states.items()),
            )
            self._alive()
            fresh = result == self._api.SCARD_E_UNKNOWN_READER
            if fresh or result in (self._api.SCARD_E_TIMEOUT, self._api.SCARD_E_CANCELLED):
                continue
            self._check(result)
            for name, state, atr in answers:
                if name == PLUG_AND_PLAY:
                    fresh |= bool(state & self._api.SCARD_STATE_CHANGED)
                elif state & _GONE:
                    fresh = True
                elif state != states[name]:
                    self._look(name, state, bytes(atr))
                states[name] = state & ~self._api.SCARD_STATE_CHANGED

    def _list(self, before: dict[str, int]) -> dict[str, int]:
        result, names = self._api.SCardListReaders(self._context, [])
        if result != self._api.SCARD_E_NO_READERS_AVAILABLE:
            self._check(result)
        mine = [name for name in names if any(fnmatchcase(name, use) for use in self._use)]
        for name in [name for name in self._known if name not in mine]:
            del self._known[name]
            self._unplugged.add(name)
            self._listener.card(Removed(name))
        self._listener.readers(mine)
        # pcsc-lite takes the number of readers as the known state of its pseudo reader.
        return {
            **{name: before.get(name, 0) for name in mine},
            PLUG_AND_PLAY: max(len(names), 0) << 16,
        }

    def _look(self, name: str, state: int, atr: bytes) -> None:
        present = bool(state & self._api.SCARD_STATE_PRESENT)
        counter = state >> 16
        first = name not in self._known
        before = self._known.get(name) or self._listener.remembered(name)
        service = self._counting_since(name, before, counter)
        if before is None or before.service != service:
            self._known[name] = Seen(service, counter, present)
            self._counted_anew(name, before, self._known[name], atr)
            return
        moves = (counter - before.count) % _COUNTS
        count = before.count + moves
        self._known[name] = Seen(service, count, present)
        if moves:
            self._tell_moves(name, before, self._known[name], 0.0 if first else self._clock())
        if present and (moves or first):
            self._insert(name, self._known[name], atr, "found" if first else "insert")

    def _counting_since(self, name: str, before: Seen | None, counter: int) -> str:
        """Name what the reader's count began with: the service, or its last plugging in."""
        ours = before if before and _base(before.service) == self._service else None
        known = ours.service if ours else ""
        back = ours is not None and (counter - ours.count) % _COUNTS > _COUNTS // 2
        if name in self._unplugged or back:
            self._unplugged.discard(name)
            again = int(known.partition("#")[2] or 0) + 1
            self._since[name] = f"{self._service}#{again}"
        return self._since.setdefault(name, known or self._service)

    def _counted_anew(self, name: str, before: Seen | None, now: Seen, atr: bytes) -> None:
        """Tell what happened since a count began, if there was a time before."""
        # Card movements alternate, so count and state tell what lay there when the count began.
        there_at_start = now.present != bool(now.count % 2)
        first = 2 if there_at_start else 1
        end = now.count if now.present else now.count + 1
        missed = range(first, end if before else first, 2)
        if before and before.present and (missed or not now.present):
            self._listener.card(Removed(name))
        self._tell_missed(name, now, missed, 0.0)
        if now.present:
            self._insert(name, now, atr, "found")

    def _tell_moves(self, name: str, before: Seen, now: Seen, at_s: float) -> None:
        if before.present:
            self._listener.card(Removed(name))
        # Every second movement was an insertion.
        first_insert = before.count + (2 if before.present else 1)
        missed = range(first_insert, now.count if now.present else now.count + 1, 2)
        self._tell_missed(name, now, missed, at_s)

    def _tell_missed(self, name: str, now: Seen, counts: Sequence[int], at_s: float) -> None:
        if len(counts) > _MOST_MISSED:
            # So many are no customers of a moment: another program used the reader for long.
            _log.warning("%s: %d cards came and went while nobody looked", name, len(counts))
        for count in counts[-_MOST_MISSED:]:
            self._listener.card(Missed(name, now.service, count, at_s))

    def _insert(self, name: str, now: Seen, atr: bytes, origin: str) -> None:
        self._listener.card(Inserted(name, now.service, now.count, atr, origin, self._clock()))

    def _check(self, result: int) -> None:
        if result != self._api.SCARD_S_SUCCESS:
            raise ServiceLost(self._api.SCardGetErrorMessage(result).strip().rstrip("."))


def _base(service: str) -> str:
    return service.partition("#")[0]


def service_identity(bridge: str = "") -> str:
    """Name the running card service, which counts the cards.

    The socket alone is not enough: where systemd keeps it open, pcscd comes and goes behind it and
    counts from zero again. Its pid file is written at every start. Windows has neither.

    :param bridge: the id of this computer's bridge
    """
    socket = Path(os.environ.get("PCSCLITE_CSOCK_NAME") or "/run/pcscd/pcscd.comm")
    marks = [bridge] if bridge else []
    for path in (socket, socket.with_name("pcscd.pid")):
        try:
            stat = path.stat()
        except OSError:
            continue
        marks.append(f"{stat.st_ino}:{stat.st_ctime_ns}")
    return "|".join(marks)
