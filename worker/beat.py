"""The schedule, kept by exactly one of all workers."""

import logging
import uuid
from typing import Any

from celery.beat import Scheduler

from worker.board import BoardAway
from worker.boards import board_of

_logger = logging.getLogger(__name__)
WHAT = "schedule"
LOCK_S = 15
ASK_S = 3.0


class OneScheduler(Scheduler):
    """Celery's schedule, kept in memory, that rests while another worker's is running."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._board = board_of(self.app.card)
        self._token = uuid.uuid4().hex
        self._mine = False

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds until something may be."""
        if not self._claim():
            return ASK_S
        return float(min(super().tick(*args, **kwargs), ASK_S))

    def _claim(self) -> bool:
        try:
            mine = self._board.claim(WHAT, self._token, LOCK_S)
        except BoardAway:
            # Without notes everybody would send; what is lost now is sent in some seconds.
            return False
        if mine and not self._mine:
            _logger.info("This worker keeps the schedule.")
        self._mine = mine
        return mine
