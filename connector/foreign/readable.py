"""Reads a page of which the ERP cannot give every row, as when a field cannot be computed."""

from collections.abc import Iterator, Sequence
from typing import Any

from connector.exceptions import ErpRefused
from connector.mapping.plan import Plan
from connector.rows import HIDDEN, Domain, Row, Rows

# If more rows than these cannot be read, the rows are not to blame: a field was renamed, say.
MOST = 10


def read(
    rows: Rows, plan: Plan, area: Domain, *, limit: int, also: Sequence[str]
) -> tuple[list[Row], dict[int, str]]:
    """Return rows by id, and for those that the ERP cannot give its words, by id.

    Those are among the rows; a record that a row points to and that is hidden is one reason.

    :raises ErpRefused: it refuses us, or no row can be read
    """
    bad: dict[int, str] = {}
    try:
        found = rows.read(plan, area, limit=limit, also=also, many=True)
    except ErpRefused as error:
        if error.is_access and not error.is_of_records:
            raise
        found, bad = _Search(rows, plan, also, error).within(area, limit)
    return found, bad | {row["id"]: row.pop(HIDDEN) for row in found if HIDDEN in row}


class _Search:
    """Halves of a page until the rows that spoil it are alone."""

    def __init__(self, rows: Rows, plan: Plan, also: Sequence[str], error: ErpRefused) -> None:
        self._rows = rows
        self._plan = plan
        self._also = also
        self._error = error
        self._bad: dict[int, str] = {}

    def within(self, area: Domain, limit: int) -> tuple[list[Row], dict[int, str]]:
        fields = ["id", *([self._plan.parent] if self._plan.parent else [])]
        stubs = self._rows.search(self._plan, area, fields, limit=limit)
        ids = [row["id"] for row in stubs]
        # Some other row has to be readable, or no single row is at fault.
        self._rows.read(self._plan, [["id", "not in", ids]], limit=1, also=self._also)
        good = {row["id"]: row for row in self._readable(ids)}
        if self._error.is_access and not good:
            raise self._error  # it is the right to read the model, not a record
        return [good.get(row["id"], row) for row in stubs], self._bad

    def _readable(self, ids: Sequence[int]) -> Iterator[Row]:
        if not ids:
            return
        try:
            some = [["id", "in", list(ids)]]
            yield from self._rows.read(self._plan, some, limit=len(ids), also=self._also)
        except ErpRefused as error:
            if len(self._bad) > MOST or (error.is_access and not error.is_of_records):
                raise
            if len(ids) == 1:
                self._bad[ids[0]] = error.message
                return
            middle = len(ids) // 2
            yield from self._readable(ids[:middle])
            yield from self._readable(ids[middle:])


def reject(plan: Plan, row: Row, why: str) -> dict[str, Any]:
    """Return what people are shown of a row that the ERP cannot give."""
    return {
        "key": f"{plan.section.model}:{row['id']}",
        "id": row["id"],
        "document": plan.document_key(row),
        "raw": row,
        "reasons": {"erp": [why]},
    }
