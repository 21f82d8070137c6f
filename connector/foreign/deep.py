"""The second half of a comparison: row by row, what sums cannot see.

Sums of a range stay the same where two amounts changed places, and know nothing of a document: SQL
that cancels a receipt, or gives it to another customer, changes no row of its lines. So of each row
what counts is read, with that of its document, and put into one number; the numbers of a range are
summed, and what differs is read again. A night has time for the newest rows and for a part of the
others, another part each night; who asks for a comparison gets all of them.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from connector.foreign.host import SyncHost
from connector.foreign.pace import Pace
from connector.mapping.plan import Plan
from connector.rows import HIDDEN, Rows

# A range is one call to the ERP and, for each link, one more.
RANGE = 5000
RANGES = 20
# Each night so many of the newest ids, and one of so many parts of the rest.
NEWEST, PARTS = 100_000, 28
# For so long at most in one stream; the newest come first, the rest is looked at another night.
LONGEST_S = 60.0
Range = tuple[int, int]


def differing(
    rows: Rows,
    plan: Plan,
    host: SyncHost,
    pace: Pace,
    *,
    start: int = 0,
    everything: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Range]:
    """Yield ranges of ids in which something that counts is not as the host has it.

    :param start: only rows with higher ids
    :param everything: not only the part that is due tonight
    :raises RetryableError: one of the two is away
    """
    newest = rows.search(plan, [], ["id"], limit=1, order="id desc")
    if not newest:
        return
    until = clock() + LONGEST_S
    wanted = list(_ranges(start, newest[0]["id"], everything=everything, night=_night(rows)))
    for at in range(0, len(wanted), RANGES):
        some = wanted[at : at + RANGES]
        for (low, high), theirs in zip(some, host.digests(plan.section.name, some), strict=True):
            began = clock()
            if began > until:
                return
            if _digest(rows, plan, low, high) != theirs:
                yield low, high
            pace.rest(clock() - began)


def _night(rows: Rows) -> int:
    return (rows.erp.server_time or datetime.now(UTC)).toordinal()


def _ranges(start: int, newest: int, *, everything: bool, night: int) -> Iterator[Range]:
    """Yield ranges from the newest to the oldest; their borders are the same every night."""
    for number in range((newest - 1) // RANGE, -1, -1):
        low, high = number * RANGE, (number + 1) * RANGE
        is_due = everything or high > newest - NEWEST or number % PARTS == night % PARTS
        if is_due and high > start:
            yield max(low, start), high


def _digest(rows: Rows, plan: Plan, low: int, high: int) -> tuple[int, int]:
    area = [["id", ">", low], ["id", "<=", high]]
    found = rows.read(plan, area, limit=high - low, many=True, of=plan.counted)
    return len(found), sum(plan.digest(row) for row in found if HIDDEN not in row)
