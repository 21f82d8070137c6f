"""Brings a foreign ERP to the host: its changes, then its past, then a comparison."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from connector.changes import Changes, Page, Position, Scope
from connector.exceptions import ConfigInvalid, ErpBusy, ErpRefused
from connector.pace import Pace
from connector.reconcile import Compared, compare
from connector.rows import Rows
from connector.synchost import Kept, Opened, SyncHost

_logger = logging.getLogger(__name__)
LIVE, HISTORY = "live", "history"
# What the host raises over a row that it cannot keep, by the last part of its name. Anything else
# says something about the host, as a KeyError while it loads, and nothing about the row.
FAULTS_OF_A_ROW = {
    "CharacterNotInRepertoire",
    "DataError",
    "DatetimeFieldOverflow",
    "InvalidDatetimeFormat",
    "InvalidTextRepresentation",
    "NotNullViolation",
    "NumericValueOutOfRange",
    "OverflowError",
    "StringDataRightTruncation",
    "TypeError",
    "UntranslatableCharacter",
    "ValidationError",
    "ValueError",
}
Going = Callable[[], bool]
Observe = Callable[[str, Page, Kept, float], None]


@dataclass(frozen=True, slots=True)
class Stream:
    """One section of the mapping, tied to the ERP."""

    name: str
    changes: Changes


def _nobody(*_: Any) -> None:
    """Nobody wants to know."""


class Pull:
    """One foreign ERP.

    :param window_s: longer than the ERP's longest transaction that writes
    :param observe: told of each page that was kept, with the seconds it took
    """

    def __init__(
        self,
        host: SyncHost,
        rows: Rows,
        pace: Pace,
        *,
        window_s: float,
        streams: Sequence[str] = (),
        observe: Observe | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._rows = rows
        self._pace = pace
        self._window_s = window_s
        self._wanted = streams
        self._observe = observe or _nobody
        self._clock = clock

    def forget(self) -> None:
        """Ask the ERP for its fields again."""
        self._rows.forget()

    def changes(self, going: Going = lambda: True) -> bool:
        """Scan every stream once for changes, and read again what people want tried again.

        :return: whether anything was new
        :raises RetryableError: go on another time
        :raises ConfigInvalid: the mapping does not fit this ERP
        """
        streams = self._streams()
        opened = self._host.open([stream.name for stream in streams])
        worked = self._again(streams, opened)
        for stream in streams:
            pages = self._scan(stream, opened.live[stream.name], going)
            worked = any([bool(kept.new or kept.changed or kept.gone) for kept in pages]) or worked
        return worked

    def past(self, going: Going = lambda: True) -> bool:
        """Read what was there before, politely; return whether anything is left to read."""
        streams = self._streams()
        opened = self._host.open([stream.name for stream in streams])
        return any(not self._past(one, opened.history[one.name], going) for one in streams)

    def is_compare_due(self) -> bool:
        """Return whether the night has come, or somebody asks; never before the past is read.

        What of the past is missing would be found as a difference, and read without manners.
        """
        opened = self._host.open([stream.name for stream in self._streams()])
        if not opened.asked and not (opened.compare and self._pace.hurries):
            return False
        return all(is_read(Position.parse(one)) for one in opened.history.values())

    def compare(self) -> dict[str, Compared]:
        """Compare both sides and repair what differs; return what was found, by stream.

        Under "points" are the documents whose points did not match their lines, if there are any.
        """
        found = {}
        for stream in self._streams():
            plan = self._rows.plan(self._rows.mapping.sections[stream.name])
            found[stream.name] = compare(self._rows, plan, stream.changes, self._host)
        if repaired := self._host.note(compared=True):
            found["points"] = Compared(differing=repaired, changed=repaired)
        return found

    def _streams(self) -> list[Stream]:
        streams = []
        for name, section in self._rows.mapping.sections.items():
            if self._wanted and name not in self._wanted:
                continue
            # A section for an app that this ERP does not have is no mistake.
            if self._rows.describe(section.model) is None:
                continue
            plan = self._rows.watched(section)
            changes = Changes(self._rows, plan, window_s=self._window_s, page=self._pace.page)
            streams.append(Stream(name, changes))
        if not streams:
            raise ConfigInvalid([f"{self._rows.mapping.path}: nothing of it is in this ERP"])
        return streams

    def _past(self, stream: Stream, expected: str, going: Going) -> bool:
        """Read the past of one stream; return whether nothing of it is left.

        The next page is read while the host keeps this one, unless the ERP is to rest.
        """
        position = Position.parse(expected)
        with ThreadPoolExecutor(1) as ahead:
            coming: Future[Page] | None = None
            while not is_read(position):
                if not going():
                    return False
                stream.changes.page = self._pace.page
                began = self._clock()
                page = coming.result() if coming else stream.changes.history(position)
                hurry = self._pace.hurries and not page.done
                coming = ahead.submit(stream.changes.history, page.position) if hurry else None
                kept = self._keep(stream.name, page, HISTORY, expected, began)
                if kept.stale:
                    coming = None
                expected = kept.position if kept.stale else str(page.position)
                position = Position.parse(expected)
                self._pace.rest(self._clock() - began)
        return True

    def _scan(self, stream: Stream, expected: str, going: Going) -> Iterator[Kept]:
        while True:
            began = self._clock()
            *parts, page = stream.changes.changed(Position.parse(expected))
            for part in parts:
                yield self._keep(stream.name, part, "", "", began)
            kept = self._keep(stream.name, page, LIVE, expected, began)
            yield kept
            if kept.stale or page.done or not going():
                return
            expected = str(page.position)

    def _again(self, streams: Iterable[Stream], opened: Opened) -> bool:
        for stream in streams:
            if wanted := opened.retry.get(stream.name):
                ids = [int(document.rpartition(":")[2]) for document in wanted]
                for page in stream.changes.documents(ids):
                    self._keep(stream.name, page, "", "", self._clock())
        return bool(opened.retry)

    def _keep(self, stream: str, page: Page, lane: str, expected: str, began: float) -> Kept:
        """Keep the page; where the host refuses it as a whole, find the document that spoils it."""
        seconds = self._clock() - began
        try:
            kept = self._host.keep(stream, page, lane, expected, seconds)
        except ErpRefused as error:
            if error.is_access:
                raise
            self._in_parts(stream, page, error)
            kept = self._host.move(stream, page, lane, expected) if lane else Kept()
        self._observe(stream, page, kept, self._clock() - began)
        return kept

    def _in_parts(self, stream: str, page: Page, error: ErpRefused) -> None:
        named = {row["document"] for row in [*page.rows, *page.rejects]}
        documents = sorted(named | set(page.scope.documents))
        if len(documents) <= 1:
            if error.name.rsplit(".", 1)[-1] not in FAULTS_OF_A_ROW:
                raise ErpBusy(f"The host cannot take {', '.join(documents)} now: {error}")
            self._host.keep(stream, _rejected(page, error))
            return
        for half in (documents[: len(documents) // 2], documents[len(documents) // 2 :]):
            part = _part(page, half)
            try:
                self._host.keep(stream, part)
            except ErpRefused as again:
                if again.is_access:
                    raise
                self._in_parts(stream, part, again)


def is_read(position: Position) -> bool:
    """Return whether a position of the past is its end; where nothing was, that is the end."""
    return bool(position.began) and position.last >= position.until


def _part(page: Page, documents: Sequence[str]) -> Page:
    wanted = set(documents)
    return replace(
        page,
        rows=[row for row in page.rows if row["document"] in wanted],
        rejects=[row for row in page.rejects if row["document"] in wanted],
        scope=Scope(documents=documents if page.scope.documents else ()),
    )


def _rejected(page: Page, error: ErpRefused) -> Page:
    """Return a page of nothing but rejects, for rows that the host cannot take."""
    _logger.warning("The host refuses a document: %s", error)
    refused = [
        {
            "key": row["key"],
            "id": row["id"],
            "document": row["document"],
            "raw": row["data"],
            "reasons": {"host": [error.message]},
        }
        for row in page.rows
    ]
    return replace(page, rows=[], rejects=[*page.rejects, *refused])
