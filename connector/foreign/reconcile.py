"""Compares both sides by sums over ranges of ids, and reads again only where they differ.

Finds what no time stamp shows: deleted rows, and rows that were changed by SQL. What sums do not
show either is found by :mod:`connector.foreign.deep`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from connector.foreign import deep
from connector.foreign.changes import Changes
from connector.foreign.currencies import coded
from connector.foreign.host import Sums, SyncHost
from connector.foreign.keeping import Keeping
from connector.foreign.pace import Pace
from connector.mapping.plan import Plan
from connector.rows import CONTEXT, Rows

PARTS = 8
# Ranges no longer than this are read again instead of being split further.
SMALLEST = 2000
# From this version on another method sums over RPC; the older one is going away.
FORMATTED = 19


@dataclass(slots=True)
class Compared:
    """What a comparison found and mended."""

    ranges: int = 0
    differing: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0


def compare(
    rows: Rows,
    plan: Plan,
    changes: Changes,
    host: SyncHost,
    pace: Pace,
    *,
    start: int = 0,
    everything: bool = False,
) -> Compared:
    """Compare one stream and repair it; what changes meanwhile is repaired for nothing.

    :param start: only rows with higher ids
    :param everything: each row, not only the sums and the part that is due tonight
    :raises RetryableError: go on another time; what was repaired stays
    """
    result = Compared()
    name = plan.section.name
    by_sums = _differing(rows, plan, host, result, start)
    by_rows = deep.differing(rows, plan, host, pace, start=start, everything=everything)
    for low, high in chain(by_sums, by_rows):
        _, kept = Keeping(host, name).keep(coded(rows, changes.block(low, high)), "", "", 0.0)
        result.differing += 1
        result.new += kept.new
        result.changed += kept.changed
        result.gone += kept.gone
    return result


def _differing(
    rows: Rows, plan: Plan, host: SyncHost, result: Compared, start: int
) -> Iterator[tuple[int, int]]:
    newest = rows.search(plan, [], ["id"], limit=1, order="id desc")
    ranges = [(start, max(newest[0]["id"] if newest else 0, start + SMALLEST)), (0, 0)]
    # Above the newest there is nothing left at the source, but perhaps here.
    ranges[1] = (ranges[0][1], 2**31 - 1)
    while ranges:
        split: list[tuple[int, int]] = []
        for (low, high), theirs in zip(ranges, host.sums(plan.section.name, ranges), strict=True):
            result.ranges += 1
            if sums(rows, plan, low, high).agrees(theirs):
                continue
            if high - low <= SMALLEST or high == ranges[-1][1] == 2**31 - 1:
                yield low, high
            else:
                step = -(-(high - low) // PARTS)
                split += [(start, min(start + step, high)) for start in range(low, high, step)]
        ranges = split


def sums(rows: Rows, plan: Plan, low: int, high: int) -> Sums:
    """Return the ERP's own sums over the ids above *low* and up to *high*."""
    model, names = plan.section.model, list(plan.fingerprint)
    known = rows.describe(model) or {}
    stamped = "write_date" in known
    domain = [*plan.domain, ["id", ">", low], ["id", "<=", high]]
    if rows.mapping.version >= FORMATTED:
        wanted = ["__count", *(f"{name}:sum" for name in names)]
        wanted += ["write_date:max"] if stamped else []
        (answer,) = rows.erp.call(
            model,
            "formatted_read_group",
            domain=domain,
            groupby=[],
            aggregates=wanted,
            context=CONTEXT,
        )
        return _sums(answer, "__count", [f"{name}:sum" for name in names], "write_date:max")
    wanted = ["number:count(id)", *(f"sum_{name}:sum({name})" for name in names)]
    wanted += ["latest:max(write_date)"] if stamped else []
    found = rows.erp.call(
        model, "read_group", domain=domain, fields=wanted, groupby=[], context=CONTEXT
    )
    return _sums(found[0] if found else {}, "number", [f"sum_{name}" for name in names], "latest")


def _sums(answer: dict[str, Any], count: str, names: list[str], latest: str) -> Sums:
    weight = sum(float(answer.get(name) or 0) for name in names)
    changed = answer.get(latest) or ""
    return Sums(int(answer.get(count) or 0), weight, str(changed)[:19])
