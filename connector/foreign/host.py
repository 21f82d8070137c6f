"""The addon's side of a foreign ERP: where reading stopped, and what is kept of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.erp import Erp
from connector.foreign.changes import Page, Position

SOURCE = "customer.card.sync.source"
# Of a row; its key and its document stand in the data.
SENT = ("id", "changed", "weight", "digest", "data")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the host says at each visit.

    :param live: stream -> where the scan of changes goes on; *history*: the same of the past
    :param retry: stream -> documents whose rejected rows are to be read again, "model:id"
    :param compare: the last comparison was a day ago
    :param asked: a person wants one now
    :param troubles: what the host shows as wrong, by the worker's part; "vanished": it asks
    :param due: documents that wait for :meth:`SyncHost.settle_due`
    """

    live: dict[str, str] = field(default_factory=dict)
    history: dict[str, str] = field(default_factory=dict)
    retry: dict[str, list[str]] = field(default_factory=dict)
    compare: bool = False
    asked: bool = False
    due: int = 0
    troubles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a page.

    :param stale: another worker is ahead, nothing was kept; its position is *position*
    """

    stale: bool = False
    position: str = ""
    new: int = 0
    changed: int = 0
    gone: int = 0
    settled: int = 0
    failed: int = 0
    lateness: float = 0.0


@dataclass(frozen=True, slots=True)
class Sums:
    """What two sides compare of a range of ids.

    :param weight: the sum of the fingerprint's fields; *changed*: the latest time stamp
    """

    count: int
    weight: float
    changed: str

    def agrees(self, other: "Sums") -> bool:
        """Return whether both saw the same; sums of floats may differ in the last digits."""
        close = abs(self.weight - other.weight) <= 1e-6 * max(1.0, abs(self.weight))
        return self.count == other.count and self.changed == other.changed and close


class SyncHost:
    """One foreign ERP as the host knows it; every call may be repeated, nothing is kept twice.

    :param source: its name in the host
    :param worker: who asks, shown there
    """

    def __init__(self, erp: Erp, source: str, worker: str = "", version: str = "") -> None:
        self._erp = erp
        self.source = source
        self._who = {"worker": worker, "version": version}

    def open(self, streams: Sequence[str]) -> Opened:
        """Return where reading goes on.

        :raises ErpRefused: the host knows no such source
        """
        answer = self._call("open_source", streams=list(streams), **self._who)
        retry: dict[str, list[str]] = {}
        for one in answer["retry"]:
            documents = retry.setdefault(one["stream"], [])
            if one["document"] not in documents:
                documents.append(one["document"])
        return Opened(
            {name: lanes["live"] for name, lanes in answer["streams"].items()},
            {name: lanes["history"] for name, lanes in answer["streams"].items()},
            retry,
            answer["compare"],
            answer["asked"],
            answer["due"],
            answer["troubles"],
        )

    def keep(
        self, stream: str, page: Page, lane: str = "", expected: str = "", seconds: float = 0.0
    ) -> Kept:
        """Keep *page* and, with a lane, move its position if it still is *expected*."""
        body: dict[str, Any] = {
            # As text: the host hands it to PostgreSQL without looking at each row.
            "rows": json.dumps([{name: row[name] for name in SENT} for row in page.rows]),
            "rejects": page.rejects,
            "documents": list(page.scope.documents),
        }
        if page.scope.ids:
            body["ids"] = list(page.scope.ids)
        answer = self._call(
            "keep_page",
            stream=stream,
            page=body,
            lane=lane,
            expected=expected,
            position=str(page.position) if lane else "",
            status=_status(page, lane, seconds),
        )
        return Kept(**answer)

    def move(self, stream: str, page: Page, lane: str, expected: str) -> Kept:
        """Move the position only: what the page held has been kept before."""
        return self.keep(stream, Page(position=page.position, done=page.done), lane, expected)

    def sums(self, stream: str, ranges: Sequence[tuple[int, int]]) -> list[Sums]:
        """Return what the host has of these ranges of ids."""
        answer = self._call("sums", stream=stream, ranges=[list(one) for one in ranges])
        return [Sums(*one) for one in answer]

    def digests(self, stream: str, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return how many rows the host has in these ranges, and the sum of their digests."""
        answer = self._call("digests", stream=stream, ranges=[list(one) for one in ranges])
        return [(count, digest) for count, digest in answer]

    def preview(self, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        """Let the host say what these rows would change; nothing of it stays."""
        sent = {
            stream: [{name: row[name] for name in SENT} for row in some]
            for stream, some in rows.items()
        }
        answer: dict[str, Any] = self._call("preview", rows=sent)
        return answer

    def settle_due(self) -> int:
        """Let the host settle for some seconds what is due; return how many documents are left."""
        return int(self._call("settle_due"))

    def check_points(self) -> int:
        """Let the host look whether its points stand on its lines.

        :return: the documents whose points did not, and were put right
        """
        repaired, last, more = 0, 0, True
        while more:
            step = self._call("check_points", after=last)
            repaired, last = repaired + step["repaired"], step["last"]
            more = bool(last)
        return repaired

    def report(
        self, error: str = "", *, part: str = "", compared: bool = False, repaired: int = 0
    ) -> None:
        """Tell the host what is wrong, for people; without an error it is over.

        :param part: of the worker; what one of them tells the others do not take away
        :param compared: both sides are the same
        :param repaired: documents whose points were put right
        """
        self._call("note", error=error, part=part, compared=compared, repaired=repaired)

    def _call(self, method: str, **kwargs: Any) -> Any:
        return self._erp.call(SOURCE, method, source=self.source, **kwargs)


def _status(page: Page, lane: str, seconds: float) -> dict[str, Any]:
    status: dict[str, Any] = {"since": page.seen, "seconds": seconds}
    if lane == "live":
        status["scanned"] = page.position.since if page.done else ""
    if lane == "history":
        status["progress"] = progress(page.position)
    return status


def progress(position: Position) -> float:
    """Return how much of the history is read, in percent."""
    return 100.0 * position.last / position.until if position.until else 100.0
