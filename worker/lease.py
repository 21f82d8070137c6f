"""The right to be the one who does something, as far as the notes tell."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from worker.notes import Notes, NotesAway

_logger = logging.getLogger(__name__)
LEASE_S = 12
STATE_S = 60
ALIVE_S = 3600
ASK_AGAIN_S = 5.0
BUSY_S = 5.0  # a lease that is kept meanwhile must not end


class Lease:
    """The right to do *what*; without the notes everybody may.

    :param stopping: asked at every renewal
    :param state: what is wrong, for ``health``; empty when nothing is
    :param alive: told at every renewal
    """

    def __init__(
        self,
        notes: Notes,
        what: str,
        *,
        stopping: Callable[[], bool] = lambda: False,
        state: Callable[[], str] = str,
        alive: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notes = notes
        self._what = what
        self._stopping = stopping
        self._state = state
        self._alive = alive
        self._clock = clock
        self._hold = notes.hold(what, LEASE_S)
        self._silent_until = 0.0
        self._renewed = 0.0
        self._noted: tuple[str, float] = ("", 0.0)
        self._mine = False

    @property
    def without_notes(self) -> bool:
        """True while the notes cannot be had, so that nobody could go on after us."""
        return self._silent_until > 0

    def take(self, *, over: bool = False) -> bool:
        """Get the lease if it is free; with *over*, from whoever has it."""
        self._mine = self._claim(over=over)
        return self._mine

    def keep(self) -> bool:
        """Renew the lease; False when somebody else has it or the worker stops."""
        if self._stopping():
            return False
        if self._clock() - self._renewed >= self._notes.renew_s:
            self._mine = self._claim(over=False)
            self._alive()
            self._note_state()
        return self._mine

    def release(self) -> None:
        """Let the next one have it at once."""
        self._ask(self._hold.release)

    def _note_state(self) -> None:
        state, now = self._state(), self._clock()
        if state != self._noted[0] or now - self._noted[1] > STATE_S / 3:
            self._noted = (state, now)
            self._ask(lambda: self._notes.put(f"state:{self._what}", state, STATE_S))

    def _claim(self, *, over: bool) -> bool:
        answer = self._ask(lambda: self._hold.take(over=over), True)
        self._renewed = self._clock()
        return bool(answer)

    def _ask(self, question: Callable[[], Any], otherwise: Any = None) -> Any:
        if self._clock() < self._silent_until:
            return otherwise
        try:
            answer = question()
        except NotesAway as error:
            if not self.without_notes:
                _logger.warning("Going on without %s: %s", self._notes.name, error)
            self._silent_until = self._clock() + ASK_AGAIN_S
            return otherwise
        if self.without_notes:
            _logger.info("Going on with %s.", self._notes.name)
            self._silent_until = 0.0
        return answer


class Alive:
    """The sign of life of one worker: a task of it has done something.

    :param node: the worker, as "name@host"
    """

    def __init__(
        self,
        notes: Notes,
        node: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notes = notes
        self._node = node
        self._clock = clock
        self._touched = -1.0

    def touch(self) -> None:
        """Leave it, at most once a second."""
        if self._clock() - self._touched < 1:
            return
        self._touched = self._clock()
        try:
            self._notes.put(f"alive:{self._node}", json.dumps({"at": time.time()}), ALIVE_S)
        except NotesAway:
            return  # who holds a lease says so

    @contextmanager
    def busy(self, keep: Callable[[], Any] = lambda: None) -> Iterator[None]:
        """Leave it again and again while a long call lasts; the task's time limit ends it.

        :param keep: called each time, too: renews a lease
        """
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BUSY_S):
                self.touch()
                keep()

        self.touch()
        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def seen(self) -> float:
        """Return when it was left (seconds since 1970), 0 for never.

        :raises NotesAway: nobody can know
        """
        value = self._notes.get(f"alive:{self._node}")
        return float(json.loads(value)["at"]) if value else 0.0
