"""Empties the outbox: pulls rows and has them booked; what they name the ERP reads itself."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from connector.exceptions import ErpRefused
from connector.outbox.host import Booked, Host, OutboxRow
from worker.outage import Outage
from worker.resident import BUGS, Resident
from worker.suspects import Suspects

_logger = logging.getLogger(__name__)
STREAMS = ("issue", "sale")
PARKED_S = 300.0
DEADLY = "The worker died three times while it worked on this row alone, so it leaves it alone."


class Drain(Resident):
    """A resident loop over the outbox of one ERP."""

    def __init__(self, host: Host, outage: Outage, suspects: Suspects, **options: Any) -> None:
        super().__init__(outage, suspects, **options)
        self._host = host
        self._parked: dict[int, float] = {}

    def round(self) -> bool:
        """Work off one page; return whether there was progress."""
        now = self._clock()
        self._parked = {row: until for row, until in self._parked.items() if until > now}
        page = self._host.pull(STREAMS, self._page)
        rows = {row.id: row for row in page.rows if row.id not in self._parked}
        works = {"issue": self._book_issues, "sale": self._settle_sales}

        def work(ids: Sequence[int]) -> bool:
            worked = False
            for stream, do in works.items():
                some = [rows[one] for one in ids if rows[one].stream == stream]
                worked = self._in_parts(some, do) or worked
            return worked

        def bury(one: int) -> bool:
            self._refused(rows[one], DEADLY)
            return True

        return self._guarded(list(rows), work, bury)

    def _in_parts(
        self, rows: Sequence[OutboxRow], work: Callable[[Sequence[OutboxRow]], Booked]
    ) -> bool:
        """Do *work*; where the whole cannot be done, find the row that spoils it."""
        if not rows:
            return False
        try:
            return self._report(rows, work(rows))
        except ErpRefused as error:
            if error.name.endswith("AccessDenied"):
                raise
            if len(rows) == 1:
                self._refused(rows[0], error.message)
                return True
        except BUGS as error:
            if len(rows) == 1:
                _logger.exception("%s", _name(rows[0]))
                self._refused(rows[0], f"{type(error).__name__}: {error}")
                return True
        half = len(rows) // 2
        first = self._in_parts(rows[:half], work)
        return self._in_parts(rows[half:], work) or first

    def _book_issues(self, rows: Sequence[OutboxRow]) -> Booked:
        return self._host.book_issues([row.id for row in rows])

    def _settle_sales(self, rows: Sequence[OutboxRow]) -> Booked:
        return self._host.settle_sales([row.id for row in rows])

    def _refused(self, row: OutboxRow, why: str) -> None:
        """Leave the reason at the row where the ERP takes it; else let the row rest a while."""
        booked = Booked()
        try:
            booked = self._host.settle_sales([row.id], [(row.id, why)])
        except ErpRefused as again:
            why = again.message
        if booked.failed or booked.done:
            self._report([row], booked)
            return
        self._parked[row.id] = self._clock() + PARKED_S
        _logger.error("%s waits %.0f minutes: %s", _name(row), PARKED_S / 60, why)

    def _report(self, rows: Sequence[OutboxRow], booked: Booked) -> bool:
        by_id = {row.id: row for row in rows}
        for outcome, ids in (("done", booked.done), ("failed", [one for one, _ in booked.failed])):
            for one in ids:
                self._count(by_id[one].stream, outcome, 1)
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
