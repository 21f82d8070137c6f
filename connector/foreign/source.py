"""A foreign ERP as it is read: its changes, then its past, then a comparison with the host."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from connector.exceptions import ConfigInvalid
from connector.foreign.changes import Changes, Page, Position
from connector.foreign.currencies import coded
from connector.foreign.host import Kept, Opened, SyncHost
from connector.foreign.keeping import Keeping
from connector.foreign.pace import Pace
from connector.foreign.reconcile import Compared, compare
from connector.rows import Rows

_logger = logging.getLogger(__name__)
LIVE, HISTORY = "live", "history"
# What can be in trouble by itself, beside the scan of changes and the past.
COMPARISON = "comparison"
# Who is who has to be known, whatever is wanted of the documents of the past.
ENTITIES = {"customer", "product"}
# For so long what became due is settled before the next scan.
SETTLE_S = 20.0
Going = Callable[[], bool]
Observe = Callable[[str, Page, Kept, float], None]


@dataclass(frozen=True, slots=True)
class Stream:
    """One section of the mapping, tied to the ERP."""

    name: str
    changes: Changes


def _nobody(*_: Any) -> None:
    """Nobody wants to know."""


class Source:
    """One foreign ERP, brought to the host.

    :param window_s: longer than the ERP's longest transaction that writes
    :param history: read the documents of the past, too; customers and articles are read in any case
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
        history: bool = True,
        observe: Observe | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._rows = rows
        self._pace = pace
        self._window_s = window_s
        self._wanted = streams
        self._history = history
        self._observe = observe or _nobody
        self._clock = clock
        # What the host showed as wrong at the last visit, by part.
        self.troubles: dict[str, str] = {}
        # Somebody wants a comparison now, as the host said at the last visit.
        self.asked = False

    def forget(self) -> None:
        """Ask the ERP for its fields again."""
        self._rows.forget()

    def changes(self, going: Going = lambda: True) -> bool:
        """Scan every stream once for changes, and read again what people want tried again.

        :return: whether anything was new
        :raises RetryableError: go on another time
        :raises ConfigInvalid: the mapping does not fit this ERP
        """
        streams, opened = self._visit()
        worked = self._again(streams, opened)
        for stream in streams:
            pages = self._scan(stream, opened.live[stream.name], going)
            worked = any([bool(kept.new or kept.changed or kept.gone) for kept in pages]) or worked
        self._settle(opened.due, going)
        return worked

    def past(self, going: Going = lambda: True) -> bool:
        """Read what was there before, politely; return whether anything is left to read."""
        streams, opened = self._visit()
        wanted = [one for one in streams if self._wants_past(one.name)]
        return any(not self._past(one, opened.history[one.name], going) for one in wanted)

    def is_compare_due(self) -> bool:
        """Return whether the night has come, or somebody asks; never before the past is read.

        What of the past is missing would be found as a difference, and read without manners.
        """
        _, opened = self._visit()
        if not opened.asked and not (opened.compare and self._pace.hurries):
            return False
        return all(
            is_read(Position.parse(one)) or not self._wants_past(name)
            for name, one in opened.history.items()
        )

    def compare(self) -> dict[str, Compared]:
        """Compare both sides and repair what differs; return what was found, by stream.

        Under "points" are the documents whose points did not match their lines, if there are any.
        """
        found = {}
        streams, opened = self._visit()
        for stream in streams:
            plan = self._rows.plan(self._rows.mapping.sections[stream.name])
            start = 0
            if not self._wants_past(stream.name):
                start = began_above(Position.parse(opened.history[stream.name]))
            found[stream.name] = compare(
                self._rows,
                plan,
                stream.changes,
                self._host,
                self._pace,
                start=start,
                everything=opened.asked,
            )
        if repaired := self._host.check_points():
            found["points"] = Compared(differing=repaired, changed=repaired)
        self._host.report(part=COMPARISON, compared=True, repaired=repaired)
        self._follow_customers(streams)
        return found

    def _follow_customers(self, streams: Sequence[Stream]) -> None:
        """Read the documents of customers again that the comparison has found gone: merged."""
        names, before = [stream.name for stream in streams], None
        while (opened := self._host.open(names)).retry and opened.retry != before:
            before = opened.retry
            self._again(streams, opened)

    def _visit(self) -> tuple[list[Stream], Opened]:
        """Return what there is to read, and where it goes on.

        Where the past is not wanted, it is noted what was there when reading began.
        """
        streams = self._streams()
        opened = self._host.open([stream.name for stream in streams])
        self.troubles, self.asked = opened.troubles, opened.asked
        for stream in streams:
            if not opened.history[stream.name] and not self._wants_past(stream.name):
                page = Page(position=stream.changes.past_left_out(), done=True)
                self._host.move(stream.name, page, HISTORY, "")
                opened.history[stream.name] = str(page.position)
        return streams, opened

    def _wants_past(self, stream: str) -> bool:
        return self._history or stream in ENTITIES

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
        if position.since:
            position = Position()  # the past is wanted now
        with ThreadPoolExecutor(1) as ahead:
            coming: Future[Page] | None = None
            while not is_read(position):
                if not going():
                    return False
                stream.changes.page = self._pace.page
                began = self._clock()
                page = coming.result() if coming else stream.changes.history(position)
                page = coded(self._rows, page)  # before the ERP is asked for the next one beside it
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
        seconds = self._clock() - began
        page = coded(self._rows, page)
        page, kept = Keeping(self._host, stream).keep(page, lane, expected, seconds)
        self._observe(stream, page, kept, self._clock() - began)
        return kept

    def _settle(self, due: int, going: Going) -> None:
        """Let the host settle what became due: what is known of one article may be thousands."""
        if due:
            _logger.info("%s: %d documents are settled, slice by slice.", self._host.source, due)
        until = self._clock() + SETTLE_S
        while due and going() and self._clock() < until:
            due = self._host.settle_due()
            # Whoever brings documents meanwhile gets a turn between two slices.
            self._pace.step_back()


def is_read(position: Position) -> bool:
    """Return whether a position of the past is its end; where nothing was, that is the end."""
    return bool(position.began) and position.last >= position.until and not position.since


def began_above(position: Position) -> int:
    """Return the id above which everything was read, also where the past is not wanted (now)."""
    return 0 if is_read(position) else position.until
