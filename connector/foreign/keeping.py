"""Hands pages to the host; a row that the host cannot keep is found and set aside, with its reason.

What the host says about a row is not always a known fault. An unknown one counts as the row's own
only if the host takes an empty page of the same kind, and refuses the row once more after that.
Else it says something about the host, as a KeyError while it loads: then everything waits.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from connector.exceptions import ErpBusy, ErpRefused
from connector.foreign.changes import Page, Scope
from connector.foreign.host import Kept, SyncHost

_logger = logging.getLogger(__name__)
# What the host raises about a row that it cannot keep, by the last part of its name.
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
# Where this many rows are refused for an unknown reason, and neither one of them nor one of some
# samples is taken, the host is to blame and not a row.
SEVERAL, SAMPLES = 3, 8
COUNTS = [one.name for one in fields(Kept) if one.name not in {"stale", "position", "lateness"}]
Envelope = dict[str, Any]


class Keeping:
    """One page: kept whole, or in parts until the rows that spoil it are known.

    One bad row costs a call for each halving and at most five more; what was kept meanwhile is
    known already when the rest of the page is sent again, and changes nothing.
    """

    def __init__(self, host: SyncHost, stream: str) -> None:
        self._host = host
        self._stream = stream
        self._page = Page()
        self._parts: list[Kept] = []
        self._error = ErpRefused("", "")
        self._is_known = self._takes_rows = False

    def keep(self, page: Page, lane: str, expected: str, seconds: float) -> tuple[Page, Kept]:
        """Keep *page* and, with a lane, move its position.

        :return: the page as it was kept at last, and what came of all its parts
        :raises RetryableError: the host cannot take anything of this kind now
        :raises ErpRefused: it refuses us, not a row
        """
        aside: set[str] = set()
        self._page = page
        while True:
            try:
                kept = self._host.keep(self._stream, page, lane, expected, seconds)
            except ErpRefused as error:
                self._judge(error)
            else:
                return page, _sum([*self._parts, kept])
            bad = self._all(page) if aside else self._find(page)
            if not bad:
                # Each part is fine, together they are too much.
                self._halves(page)
                kept = self._host.move(self._stream, page, lane, expected) if lane else Kept()
                return page, _sum([*self._parts, kept])
            if bad <= aside:
                raise ErpBusy(f"The host cannot take {', '.join(sorted(bad))}: {self._error}")
            aside |= bad
            some = ", ".join(sorted(bad)[:3]) + (" and others" if len(bad) > 3 else "")
            _logger.warning("The host refuses %s: %s", some, self._error)
            page = _without(page, bad, self._error.message)
            self._doubt(len(aside))

    def _doubt(self, bad: int) -> None:
        """Raise if it refuses whatever is not empty, for a reason that nobody has heard of."""
        if bad < SEVERAL or self._is_known or self._takes_rows:
            return
        documents = _with_rows(self._page)
        samples = documents[:: -(-len(documents) // SAMPLES) or 1]
        if not any(self._fits(_part(self._page, [one])) for one in samples):
            text = f"The host refuses all rows of {self._stream}, it is not their fault"
            raise ErpBusy(f"{text}: {self._error}")

    def _judge(self, error: ErpRefused) -> None:
        """Raise unless *error* may be about a row."""
        self._error = error
        if error.is_access:
            raise error
        self._is_known = error.name.rpartition(".")[2] in FAULTS_OF_A_ROW
        if self._is_known:
            return
        try:
            self._host.keep(self._stream, Page())
        except ErpRefused as again:
            if again.is_access:
                raise
            text = f"The host cannot take anything of {self._stream} now: {again}"
            raise ErpBusy(text) from again

    def _find(self, page: Page) -> set[str]:
        """Return the keys of what spoils the page; nothing if each document alone is fine."""
        document = self._search(_documents(page), lambda some: _part(page, some))
        if not document:
            return set()
        alone = _part(page, document)
        rows = [row["key"] for row in alone.rows]
        if len(rows) > 1 and (row := self._search(rows, lambda some: _only(alone, some))):
            return set(row)
        return {row["key"] for row in [*alone.rows, *alone.rejects]}

    def _all(self, page: Page) -> set[str]:
        """Return the same where it is more than one: twice the calls for each, but no more."""
        documents, bad = _with_rows(page), set[str]()
        if len(documents) == 1:
            return self._find(_part(page, documents))
        for half in _halved(documents):
            part = _part(page, half)
            if not self._fits(part):
                bad |= self._all(part)
            self._doubt(len(bad))
        return bad

    def _search(self, suspects: Sequence[str], part: Callable[[Sequence[str]], Page]) -> list[str]:
        """Halve the suspects until one is left that the host refuses alone; else nothing."""
        refused = False
        while len(suspects) > 1:
            half = suspects[: len(suspects) // 2]
            refused = not self._fits(part(half))
            suspects = half if refused else suspects[len(half) :]
        refused = refused or not self._fits(part(suspects))
        return list(suspects) if refused else []

    def _fits(self, part: Page) -> bool:
        try:
            self._parts.append(self._host.keep(self._stream, part))
        except ErpRefused as error:
            if error.is_access:
                raise
            self._error = error
            return False
        self._takes_rows = self._takes_rows or bool(part.rows)
        return True

    def _halves(self, page: Page) -> None:
        for half in _halved(_documents(page)):
            _, kept = Keeping(self._host, self._stream).keep(_part(page, half), "", "", 0.0)
            self._parts.append(kept)


def _documents(page: Page) -> list[str]:
    named = {row["document"] for row in [*page.rows, *page.rejects]}
    return sorted(named | set(page.scope.documents))


def _with_rows(page: Page) -> list[str]:
    return sorted({row["document"] for row in page.rows})


def _halved(some: list[str]) -> list[list[str]]:
    middle = len(some) // 2
    return [half for half in (some[:middle], some[middle:]) if half]


def _part(page: Page, documents: Iterable[str]) -> Page:
    """Return these documents of *page*."""
    wanted = set(documents)
    return replace(
        page,
        rows=[row for row in page.rows if row["document"] in wanted],
        rejects=[row for row in page.rejects if row["document"] in wanted],
        scope=Scope(documents=sorted(wanted) if page.scope.documents else ()),
    )


def _only(page: Page, keys: Iterable[str]) -> Page:
    """Return the document with these rows only; the others hold its points back meanwhile."""
    others = {row["key"] for row in page.rows}.difference(keys)
    return _without(page, others, "The row that cannot be kept is being looked for.")


def _without(page: Page, keys: Iterable[str], why: str) -> Page:
    """Return the page with these rows rejected."""
    aside = set(keys)
    named = {row["key"] for row in page.rejects}
    return replace(
        page,
        rows=[row for row in page.rows if row["key"] not in aside],
        rejects=[
            # What was rejected before may be refused for what it holds.
            *({**row, "raw": {}} if row["key"] in aside else row for row in page.rejects),
            *(_reject(row, why) for row in page.rows if row["key"] in aside - named),
        ],
    )


def _reject(row: Envelope, why: str) -> Envelope:
    names = {name: row[name] for name in ("key", "id", "document")}
    return {**names, "raw": row["data"], "reasons": {"host": [why]}}


def _sum(parts: Sequence[Kept]) -> Kept:
    sums = {name: sum(getattr(one, name) for one in parts) for name in COUNTS}
    return replace(parts[-1], **sums, lateness=max(one.lateness for one in parts))
