"""A dry run: what the last days' documents would book. The host tries it and takes it back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.foreign.changes import STAMP, Changes, Page, Position
from connector.foreign.currencies import coded
from connector.foreign.host import SyncHost
from connector.foreign.pace import Pace
from connector.mapping.model import SECTIONS
from connector.rows import Rows

ENTITIES = ("customer", "product")
LARGEST = 10
Row = dict[str, Any]


@dataclass(slots=True)
class Preview:
    """What would be booked.

    :param booked: our customer's id -> name, points, pieces, documents
    :param failed: number of a document and why it would wait; *rejected*: the same of a row
    :param unknown: ids over there of customers whom nobody is found for
    """

    documents: int = 0
    rows: int = 0
    booked: dict[int, tuple[str, float, float, int]] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)

    @property
    def points(self) -> float:
        """All of them."""
        return sum(points for _, points, _, _ in self.booked.values())

    def add(self, answer: dict[str, Any]) -> None:
        """Add what the host says about one page."""
        self.documents += answer["documents"]
        self.unknown |= set(answer["unknown"])
        self.failed += [(name, why) for name, why in answer["failed"]]
        for partner, name, points, pieces, documents in answer["booked"]:
            _, old, issued, number = self.booked.get(partner, ("", 0.0, 0.0, 0))
            total = name, old + points, issued + pieces, number + len(documents)
            self.booked[partner] = total

    def sentences(self) -> Iterator[str]:
        """Yield what people want to know of it."""
        yield f"{self.documents} documents with {self.rows} rows."
        yield f"Would be booked: {self.points:g} points for {len(self.booked)} customers."
        pieces = sum(issued for _, _, issued, _ in self.booked.values())
        if pieces:
            yield f"Would be issued: {pieces:g} pieces."
        largest = sorted(self.booked.values(), key=lambda one: -abs(one[1]))[:LARGEST]
        yield from (
            f"  {name or '?'}: {points:g} points, {number} documents"
            for name, points, _, number in largest
        )
        if self.unknown:
            yield f"{len(self.unknown)} customers of these documents are nobody here."
        yield from _listed("rows would be rejected", self.rejected)
        yield from _listed("documents would wait", self.failed)
        yield "Nothing was written."


def _listed(what: str, found: list[tuple[str, str]]) -> Iterator[str]:
    if found:
        yield f"{len(found)} {what}:"
        yield from (f"  {name}: {why}" for name, why in found[:LARGEST])


def preview(
    rows: Rows, host: SyncHost, pace: Pace, days: int, streams: tuple[str, ...] = ()
) -> Preview:
    """Return what the documents of the last *days* would book; safe to repeat.

    :raises RetryableError: one of the two ERPs is away
    :raises ConfigInvalid: the mapping does not fit
    """
    return _Preview(rows, host, pace).of(days, streams)


class _Preview:
    def __init__(self, rows: Rows, host: SyncHost, pace: Pace) -> None:
        self._rows = rows
        self._host = host
        self._pace = pace
        self._entities: dict[str, dict[int, Row | None]] = {name: {} for name in ENTITIES}

    def of(self, days: int, streams: tuple[str, ...]) -> Preview:
        result = Preview()
        for name in SECTIONS:
            is_wanted = name in self._rows.mapping.sections and (not streams or name in streams)
            if name in ENTITIES or not is_wanted or not (changes := self._changes(name)):
                continue
            for page in self._pages(changes, days):
                result.rejected += [(one["key"], _why(one)) for one in page.rejects]
                result.rows += len(page.rows)
                if page.rows:
                    sent = {name: page.rows, **self._named(page)}
                    result.add(self._host.preview(sent))
        return result

    def _changes(self, name: str) -> Changes | None:
        section = self._rows.mapping.sections[name]
        if self._rows.describe(section.model) is None:
            return None
        return Changes(self._rows, self._rows.watched(section), window_s=0, page=self._pace.page)

    def _pages(self, changes: Changes, days: int) -> Iterator[Page]:
        """Yield the documents of the last days: what is dated then was written since."""
        now = changes.history_begin().began
        first = _days_before(now, days)
        position = Position(since=f"{first} 00:00:00", began=now)
        while True:
            *parts, last = changes.changed(position)
            for page in (*parts, last):
                page = coded(self._rows, page)
                half = {one["document"] for one in page.rejects}
                page.rows = [
                    row
                    for row in page.rows
                    if row["data"]["date"] >= first and row["document"] not in half
                ]
                yield page
            if last.done:
                return
            position = last.position

    def _named(self, page: Page) -> dict[str, list[Row]]:
        """Return the customers and articles that the page names, as rows."""
        found = {}
        for name in ENTITIES:
            ids = {row["data"].get(name) for row in page.rows} - {None}
            known = self._read(name, ids)
            # An address stands for its customer, who may be one of somebody else.
            for _ in range(2):
                parents = {row["data"].get("parent") for row in known} - {None}
                known = self._read(name, ids := ids | parents)
            found[name] = known
        return found

    def _read(self, name: str, ids: set[int]) -> list[Row]:
        known = self._entities[name]
        if (new := ids - known.keys()) and name in self._rows.mapping.sections:
            known.update(dict.fromkeys(new))
            changes = self._changes(name)
            for page in changes.documents(sorted(new)) if changes else ():
                known.update({row["id"]: row for row in page.rows})
        return [row for one in sorted(ids) if (row := known.get(one))]


def _why(reject: Row) -> str:
    return "; ".join(f"{name}: {' '.join(why)}" for name, why in sorted(reject["reasons"].items()))


def _days_before(stamp: str, days: int) -> str:
    day = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) - timedelta(days=days)
    return day.date().isoformat()
