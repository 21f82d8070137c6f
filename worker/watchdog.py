"""Ends a worker that has stopped taking tasks, so that its service manager starts a new one.

Celery's consumer has been seen to hang for good after a lost connection to Redis. So the worker
sends itself a task now and then; what shows life is that a task of it has run.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

import redis
from kombu.exceptions import KombuError

from worker.lease import Alive
from worker.notes import NotesAway, notes_of
from worker.settings import WorkerSettings

_logger = logging.getLogger(__name__)
LOOK_EVERY_S = 10.0
STALE_S = 90.0


class Staleness:
    """How long the sign of life has not changed although the notes could show it."""

    def __init__(self, look: Callable[[], float], clock: Callable[[], float]) -> None:
        self._look = look
        self._clock = clock
        self._last = 0.0
        self._since = clock()

    def seconds(self) -> float:
        """Look once; notes that cannot be had are no sign of a hanging worker."""
        try:
            seen = self._look()
        except NotesAway:
            self._since = self._clock()
            return 0.0
        if seen and seen != self._last:
            self._last, self._since = seen, self._clock()
        return self._clock() - self._since


class Watchdog(threading.Thread):
    """Looks at the sign of life from the worker's main process.

    :param ping: sends the worker a task of its own
    :param mend: brings back what Celery itself does not
    """

    def __init__(
        self,
        settings: WorkerSettings,
        node: str,
        ping: Callable[[], object],
        mend: Callable[[], object],
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._alive = Alive(notes_of(settings), node)
        self._ping = ping
        self._mend = mend

    def run(self) -> None:
        """Look until it is stale, then end the process and its children."""
        staleness = Staleness(self._alive.seen, time.monotonic)
        while staleness.seconds() < STALE_S:
            self._mend()
            self._send()
            time.sleep(LOOK_EVERY_S)
        _logger.critical("Nothing has been done for %.0f s; ending, to be started again.", STALE_S)
        os._exit(70)

    def _send(self) -> None:
        try:
            self._ping()
        except (KombuError, redis.RedisError, OSError):
            _logger.debug("The broker is away; it is asked again.")
