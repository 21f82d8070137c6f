"""A loop that lives in a task: it works while there is work, and rests while the ERP is away."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from connector.exceptions import CardSystemError
from worker.outage import Outage
from worker.suspects import Suspects

_logger = logging.getLogger(__name__)
NAP_S = 1.0
# What a mistake of ours looks like. Never the exceptions that end a task.
BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


Count = Callable[[str, str, int], None]


class Holding(Protocol):
    """The right to be the one who works, see :class:`worker.lease.Lease`."""

    @property
    def without_notes(self) -> bool:
        """True while nobody could start the next loop."""

    def keep(self) -> bool:
        """Renew it; False when it went to somebody else or the worker is to stop."""


class Resident:
    """Rounds of work, for as long as a task may last.

    :param poll_s: pause when there was nothing to do
    :param page: rows per call; small, as what waits behind a page waits for all of it
    :param count: told what became of rows: stream, outcome, number
    """

    def __init__(
        self,
        outage: Outage,
        suspects: Suspects,
        *,
        poll_s: float,
        page: int = 0,
        count: Count = lambda _stream, _outcome, _number: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._outage = outage
        self._suspects = suspects
        self._poll_s = poll_s
        self._page = page
        self._count = count
        self._clock = clock
        self._sleep = sleep
        # Asked in the middle of a round that may be long.
        self.going: Callable[[], bool] = lambda: True

    def run(self, lease: Holding, seconds: float, longest_s: float) -> None:
        """Work for that many seconds, or while *lease* lasts.

        :param longest_s: the limit while the ERP or the notes are away: an outage is better seen to
            its end by one process, and without the notes nobody else could go on
        """
        started = self._clock()
        self.going = lambda: lease.keep() and self._clock() - started < longest_s
        self._suspects.look()
        self.begin()
        while lease.keep():
            hard = self._outage.is_on or lease.without_notes
            if self._clock() - started >= (longest_s if hard else seconds):
                return
            try:
                worked = self.round()
            except CardSystemError as error:
                self._rest(lease, self._outage.failed(error))
                continue
            except BUGS as error:
                _logger.exception("A mistake of ours, please report it.")
                self._rest(lease, self._outage.failed(error))
                continue
            self._outage.over()
            if not worked:
                self._sleep(self._poll_s)

    def begin(self) -> None:
        """Prepare a run."""

    def round(self) -> bool:
        """Work off one page; return whether there was progress.

        :raises RetryableError: an ERP is away or busy; the rows are still there
        :raises FatalError: an ERP refuses us as a whole
        """
        raise NotImplementedError

    def _guarded(
        self,
        rows: Sequence[int],
        work: Callable[[Sequence[int]], bool],
        bury: Callable[[int], bool],
    ) -> bool:
        """Do *work* on the parts in which rows may be worked off; *bury* those that kill."""
        worked = False
        for part in self._suspects.pages(rows):
            do = bury if len(part) == 1 and self._suspects.is_deadly(part[0]) else None
            with self._suspects.under_work(part):
                worked = (do(part[0]) if do else work(part)) or worked
        return worked

    def _rest(self, lease: Holding, seconds: float) -> None:
        """Sleep in short naps, to hear soon that the worker stops."""
        until = self._clock() + seconds
        while (left := until - self._clock()) > 0 and lease.keep():
            self._sleep(min(left, NAP_S))
