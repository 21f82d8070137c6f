"""Reads an ERP that has no outbox: what changed since the last scan, page by page.

Time stamps are no cursor: a transaction that commits late carries an early one, and RPC cuts them
to seconds. So each scan reads again what changed within the last *window* before the previous scan
began, pages by id, which never changes, and leaves it to the receiver to drop what he knows. What
was written at w is committed by w + window; the first scan that begins after that commit looks back
to before w. The domain holds nothing that can change (a state would hide what was un-posted): that
is for the mapping's ``live``. Deleted rows are found by the fingerprints in ``reconcile``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from connector.foreign import readable
from connector.foreign.envelopes import fitting
from connector.mapping.plan import Plan
from connector.rows import Domain, Row, Rows

STAMP = "%Y-%m-%d %H:%M:%S"
# How many lines a document may be expected to have, where documents are read whole.
LINES_EACH = 10


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading stopped.

    :param since: the ERP's time from which the scan reads (UTC), empty before the first; of a past
        that nobody wants, the time when it was left out
    :param began: the ERP's time when the scan began; the next one looks back from here
    :param last: the last id read in this scan
    :param until: the last id to read, 0 for a scan of changes
    """

    since: str = ""
    began: str = ""
    last: int = 0
    until: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the position that was written by :meth:`__str__`; empty text is the beginning."""
        return cls(**json.loads(text)) if text else cls()

    def __str__(self) -> str:
        """Return it for keeping; the same position is always the same text."""
        return json.dumps(asdict(self), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page speaks for: what the receiver knows in it and the page does not name is gone.

    :param documents: these documents, "model:id"
    :param ids: ids above the first and up to the second
    """

    documents: Sequence[str] = ()
    ids: tuple[int, int] | None = None


@dataclass(slots=True)
class Page:
    """Some rows of one section, as documents.

    :param rows: what the receiver keeps of each row, see :mod:`connector.foreign.envelopes`
    :param rejects: rows that do not fit the mapping, with the raw row and the reasons
    :param position: where reading goes on, once this page is kept
    :param done: nothing is left to read before the next scan
    :param seen: the scan before read all that was visible at this time of the ERP; a row that is
        new although it is older was committed late
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    scope: Scope = Scope()
    position: Position = Position()
    done: bool = False
    seen: str = ""


class Changes:
    """The changes of one section of one ERP.

    :param window_s: longer than the ERP's longest transaction that writes
    """

    def __init__(self, rows: Rows, plan: Plan, *, window_s: float, page: int) -> None:
        self._rows = rows
        self._plan = plan
        self._window = timedelta(seconds=window_s)
        self.page = page
        # Without it a page cannot say when a row changed, and nothing else is lost.
        self._scan = ""
        self._taken: set[int] = set()
        self._kept_at: tuple[str, set[int]] = ("", set())
        self._unreadable: dict[int, str] = {}
        known = rows.describe(plan.section.model) or {}
        self._also = [*plan.fingerprint, *(["write_date"] if "write_date" in known else [])]

    def changed(self, position: Position) -> Iterator[Page]:
        """Yield the next pages of the scan at *position*; a new scan begins where none is on.

        Only the last of them has a position: reading goes on there once all of them are kept.
        """
        if position.until or not position.began:
            position = self._begin(position)
        if self._scan != position.began:
            self._scan, self._taken, self._kept_at = position.began, set(), ("", set())
        # Begun elsewhere than where we left off, what we read may not have been kept.
        went_on = str(position) == self._kept_at[0]
        self._taken = self._taken | self._kept_at[1] if went_on else set()
        found = self._changed_ids(position)
        done = len(found) < self.page
        last = found[-1]["id"] if found else position.last
        wanted = {row[self._plan.parent or "id"] for row in found} - self._taken - {False}
        *parts, page = self._of_documents(sorted(wanted))
        for part in parts:
            yield replace(part, seen=self._seen(position))
        onward = Position(position.since, position.began, last)
        # Read whole since this scan began, and kept if the next call begins there: the rest of
        # the scan can leave them out, the next one looks back to before that.
        self._kept_at = (str(onward), wanted)
        after = Position(since=position.began) if done else onward
        yield replace(page, seen=self._seen(position), position=after, done=done)

    def history(self, position: Position) -> Page:
        """Return the next page of everything there was when *position* was made.

        It ends with a whole document, as far as the lines of one follow each other.
        """
        if not position.began:
            position = self.history_begin()
        area = [["id", ">", position.last], ["id", "<=", position.until]]
        rows = self._read(area)
        done = len(rows) < self.page
        if not done:
            rows = self._whole(rows)
        page = self._page(rows)
        page.done = done
        last = position.until if done else rows[-1]["id"]
        page.position = Position(position.since, position.began, last, position.until)
        return page

    def _whole(self, rows: list[Row]) -> list[Row]:
        """Return the rows of a full page without the last document, which may go on."""
        if not self._plan.parent:
            return rows
        last = rows[-1][self._plan.parent]
        whole = len(rows)
        while whole and rows[whole - 1][self._plan.parent] == last:
            whole -= 1
        return rows[:whole] or rows

    def history_begin(self) -> Position:
        """Return the position of a history that begins now."""
        found = self._rows.search(self._plan, [], ["id"], limit=1, order="id desc")
        return Position("", self._now(), 0, found[0]["id"] if found else 0)

    def past_left_out(self) -> Position:
        """Return the position of a history of which nothing is read."""
        begun = self.history_begin()
        return replace(begun, since=begun.began, last=begun.until)

    def documents(self, ids: Sequence[int]) -> list[Page]:
        """Return these documents, whole."""
        return self._of_documents(sorted(set(ids)))

    def block(self, low: int, high: int) -> Page:
        """Return all rows with ids above *low* and up to *high*."""
        page = Page(scope=Scope(ids=(low, high)))
        return self._fill(page, [["id", "<=", high]], low)

    def _begin(self, position: Position) -> Position:
        """Begin a scan; the very first one leaves what is older to the history."""
        now = self._now()
        if not position.since:
            return Position(now, now)
        return Position(_stamp(_time(position.since) - self._window), now)

    def _seen(self, position: Position) -> str:
        """Return up to when the scan before had read; the first had none before it."""
        if position.since == position.began:
            return ""
        return _stamp(_time(position.since) + self._window)

    def _changed_ids(self, position: Position) -> list[Row]:
        watch = [[path, ">=", position.since] for path in self._plan.section.watch]
        either = ["|"] * (len(watch) - 1) + watch
        fields = ["id", *([self._plan.parent] if self._plan.parent else [])]
        after = [*either, ["id", ">", position.last]]
        return self._rows.search(self._plan, after, fields, limit=self.page)

    def _of_documents(self, ids: Sequence[int]) -> list[Page]:
        """Return these documents with all their lines, as one of them may have been deleted.

        :return: at least one page, each with a few documents
        """
        parent = self._plan.parent
        some = max(1, self.page // LINES_EACH) if parent else self.page
        starts = range(0, max(1, len(ids)), some)
        return [self._some_documents(ids[start : start + some]) for start in starts]

    def _some_documents(self, ids: Sequence[int]) -> Page:
        page = Page(scope=Scope(documents=[f"{self._plan.parent_model}:{one}" for one in ids]))
        return self._fill(page, [[self._plan.parent or "id", "in", list(ids)]], 0) if ids else page

    def _fill(self, page: Page, area: Domain, last: int) -> Page:
        """Put all rows of *area* with ids above *last* into *page*."""
        while True:
            rows = self._read([["id", ">", last], *area])
            part = self._page(rows)
            page.rows += part.rows
            page.rejects += part.rejects
            if len(rows) < self.page:
                return page
            last = rows[-1]["id"]

    def _read(self, area: Domain) -> list[Row]:
        rows, self._unreadable = readable.read(
            self._rows, self._plan, area, limit=self.page, also=self._also
        )
        return rows

    def _page(self, rows: Sequence[Row]) -> Page:
        if not (bad := self._unreadable):
            return Page(*fitting(self._plan, rows))
        page = Page(*fitting(self._plan, [row for row in rows if row["id"] not in bad]))
        spoilt = [row for row in rows if row["id"] in bad]
        page.rejects += [readable.reject(self._plan, row, bad[row["id"]]) for row in spoilt]
        return page

    def _now(self) -> str:
        """Return the ERP's clock: ours may differ."""
        if self._rows.erp.server_time is None:
            self._rows.describe(self._plan.section.model)
            self._rows.erp.version()
        now = self._rows.erp.server_time or datetime.now(UTC)
        return _stamp(now)


def _stamp(time: datetime) -> str:
    return time.strftime(STAMP)


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
