"""The addon's outbox: what there is to do, and the calls that book the result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from connector.erp import Erp

OUTBOX = "customer.card.outbox"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing to do: *event* happened to the record *res_id* of *model*."""

    id: int
    stream: str
    model: str
    res_id: int
    event: str

    @property
    def document(self) -> str:
        """The record, as documents name it."""
        return f"{self.model}:{self.res_id}"


@dataclass(frozen=True, slots=True)
class Due:
    """Rows that are due, and how many there are in all."""

    rows: Sequence[OutboxRow]
    backlog: int


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of the rows of one call.

    :param failed: row -> the ERP's sentence; the ERP keeps the row and says when to try again
    :param busy: rows that another worker holds
    """

    done: Sequence[int] = ()
    failed: Sequence[tuple[int, str]] = ()
    busy: Sequence[int] = ()


class Host:
    """The ERP with our addon; every call may be repeated, nothing is booked twice.

    :param worker: who asks, shown in the ERP
    """

    def __init__(self, erp: Erp, worker: str, version: str) -> None:
        self._erp = erp
        self._who = {"worker": worker, "version": version}

    def pull(self, streams: Sequence[str], limit: int) -> Due:
        """Return the rows that are due; this is also the worker's sign of life."""
        answer = self._erp.call(OUTBOX, "pull", streams=list(streams), limit=limit, **self._who)
        return Due([OutboxRow(**row) for row in answer["rows"]], answer["backlog"])

    def book_issues(self, ids: Sequence[int]) -> Booked:
        """Book the stock moves of these issues and remove the rows."""
        return _booked(self._erp.call(OUTBOX, "book_issues", list(ids)))

    def settle_sales(self, ids: Sequence[int], rejects: Iterable[tuple[int, str]] = ()) -> Booked:
        """Bring the points of these rows' documents to what the ERP finds them worth.

        :param rejects: rows that could not be worked off, with the reason
        """
        refused = [{"id": row, "error": error} for row, error in rejects]
        return _booked(self._erp.call(OUTBOX, "settle_sales", list(ids), rejects=refused))


def _booked(answer: dict[str, Any]) -> Booked:
    failed = [(row["id"], row["error"]) for row in answer["failed"]]
    return Booked(answer["done"], failed, answer["busy"])
