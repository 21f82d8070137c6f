"""Ends a worker that has stopped working, so that its service manager starts a new one.

Celery's consumer has been seen to hang for good after a lost connection to Redis.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

import redis

from worker.lease import client, sign_of_life

_logger = logging.getLogger(__name__)
LOOK_EVERY_S = 10.0
STALE_S = 90.0


class Staleness:
    """How long the sign of life has not changed although Redis could show it."""

    def __init__(self, look: Callable[[], object], clock: Callable[[], float]) -> None:
        self._look = look
        self._clock = clock
        self._last: object = None
        self._since = clock()

    def seconds(self) -> float:
        """Look once; a Redis that does not answer is no sign of a hanging worker."""
        try:
            seen = self._look()
        except redis.RedisError:
            self._since = self._clock()
            return 0.0
        if seen != self._last and seen is not None:
            self._last, self._since = seen, self._clock()
        return self._clock() - self._since


class Watchdog(threading.Thread):
    """Looks at the sign of life from the worker's main process."""

    def __init__(self, broker_url: str) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._redis = client(broker_url)

    def run(self) -> None:
        """Look until it is stale, then end the process and its children."""
        staleness = Staleness(lambda: sign_of_life(self._redis), time.monotonic)
        while staleness.seconds() < STALE_S:
            time.sleep(LOOK_EVERY_S)
        _logger.critical("Nothing has been done for %.0f s; ending, to be started again.", STALE_S)
        os._exit(70)
