"""Empties the outbox: pulls rows, reads what they name, has the result booked."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from connector.documents import InvoiceLine
from connector.exceptions import ErpRefused, RetryableError
from connector.host import Booked, Host, OutboxRow
from connector.reader import Reader
from worker.outage import Outage

_logger = logging.getLogger(__name__)
STREAMS = ("issue", "sale")
PARKED_S = 300.0
NAP_S = 1.0


class Lease(Protocol):
    """The right to be the one who drains."""

    @property
    def without_redis(self) -> bool:
        """True while nobody could start the next drain."""

    def keep(self) -> bool:
        """Renew it; False when it went to somebody else or the worker is to stop."""


class Drain:
    """A resident loop over the outbox of one ERP.

    :param page: rows per call; small, as an issue waits for the page before it
    :param poll_s: pause when there was nothing to do
    """

    def __init__(
        self,
        host: Host,
        reader: Reader,
        outage: Outage,
        *,
        page: int,
        poll_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = host
        self._reader = reader
        self._outage = outage
        self._page = page
        self._poll_s = poll_s
        self._clock = clock
        self._sleep = sleep
        self._parked: dict[int, float] = {}

    def run(self, lease: Lease, seconds: float, longest_s: float) -> None:
        """Work for that many seconds, or while *lease* lasts.

        :param longest_s: the limit while the ERP or Redis is away: an outage is better seen to
            its end by one process, and without Redis nobody else could go on
        """
        started = self._clock()
        self._reader.forget()
        while lease.keep():
            hard = self._outage.is_on or lease.without_redis
            if self._clock() - started >= (longest_s if hard else seconds):
                return
            try:
                worked = self.round()
            except (RetryableError, ErpRefused) as error:
                self._rest(lease, self._outage.failed(error))
                continue
            self._outage.over()
            if not worked:
                self._sleep(self._poll_s)

    def _rest(self, lease: Lease, seconds: float) -> None:
        """Sleep in short naps, to hear soon that the worker stops."""
        until = self._clock() + seconds
        while (left := until - self._clock()) > 0 and lease.keep():
            self._sleep(min(left, NAP_S))

    def round(self) -> bool:
        """Work off one page; return whether there was progress.

        :raises RetryableError: the ERP is away or busy; the rows are still there
        :raises ErpRefused: the ERP refuses us as a whole
        """
        now = self._clock()
        self._parked = {row: until for row, until in self._parked.items() if until > now}
        page = self._host.pull(STREAMS, self._page)
        rows = [row for row in page.rows if row.id not in self._parked]
        issues = [row for row in rows if row.stream == "issue"]
        sales = [row for row in rows if row.stream == "sale"]
        worked = self._in_parts(issues, self._book_issues)
        return self._in_parts(sales, self._settle_sales) or worked

    def _in_parts(
        self, rows: Sequence[OutboxRow], work: Callable[[Sequence[OutboxRow]], Booked]
    ) -> bool:
        """Do *work*; where the ERP refuses the whole, find the row that spoils it."""
        if not rows:
            return False
        try:
            return self._report(rows, work(rows))
        except ErpRefused as error:
            if error.name.endswith("AccessDenied"):
                raise
            if len(rows) == 1:
                self._refused(rows[0], error)
                return True
        half = len(rows) // 2
        first = self._in_parts(rows[:half], work)
        return self._in_parts(rows[half:], work) or first

    def _book_issues(self, rows: Sequence[OutboxRow]) -> Booked:
        return self._host.book_issues([row.id for row in rows])

    def _settle_sales(self, rows: Sequence[OutboxRow]) -> Booked:
        lines: list[InvoiceLine] = []
        reasons: dict[str, str] = {}
        for model in sorted({row.model for row in rows}):
            wanted = sorted({row.res_id for row in rows if row.model == model})
            found = self._reader.lines(model, wanted)
            lines += found.lines
            reasons |= found.rejects
        rejects = [(row.id, reasons[row.document]) for row in rows if row.document in reasons]
        return self._host.settle_sales([row.id for row in rows], lines, rejects)

    def _refused(self, row: OutboxRow, error: ErpRefused) -> None:
        """Leave the reason at the row where the ERP takes it; else let the row rest a while."""
        booked = Booked()
        try:
            booked = self._host.settle_sales([row.id], [], [(row.id, error.message)])
        except ErpRefused as again:
            error = again
        if booked.failed or booked.done:
            self._report([row], booked)
            return
        self._parked[row.id] = self._clock() + PARKED_S
        _logger.error("%s waits %.0f minutes: %s", _name(row), PARKED_S / 60, error)

    def _report(self, rows: Sequence[OutboxRow], booked: Booked) -> bool:
        by_id = {row.id: row for row in rows}
        if booked.done:
            what = ", ".join(_name(by_id[one]) for one in booked.done[:3])
            more = f" and {len(booked.done) - 3} more" if len(booked.done) > 3 else ""
            _logger.info("Booked %s%s.", what, more)
        for one, error in booked.failed:
            text = "%s cannot be booked, the ERP will offer it again: %s"
            _logger.warning(text, _name(by_id[one]), " ".join(error.split()))
        return bool(booked.done or booked.failed)


def _name(row: OutboxRow) -> str:
    return f"{row.stream} {row.model},{row.res_id} ({row.event})"
