"""Issues whose goods lie in a foreign ERP: handed out by the addon, confirmed in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from connector.erp import Erp
from connector.outbox.host import OUTBOX, Booked


@dataclass(frozen=True, slots=True)
class Issue:
    """Goods that went over the counter, in numbers and names that both ERPs know.

    :param id: the row of the outbox
    :param key: names the issue for ever
    :param quantity: in *unit*; negative: the goods came back
    :param place: the till
    """

    id: int
    key: str
    quantity: float
    unit: str
    code: str
    barcode: str
    name: str
    customer: str
    place: str
    lot: str
    origin: str

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> Self:
        """Return the issue of one row of ``pull_issues``."""
        product, plain = row["product"], ("id", "key", "quantity", "unit", "place", "lot", "origin")
        return cls(
            code=product["code"],
            barcode=product["barcode"],
            name=product["name"],
            customer=row["customer"]["ref"],
            **{name: row[name] for name in plain},
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an issue.

    :param reference: its documents in the foreign ERP
    :param error: why it is not, or not wholly, booked; empty when it is
    """

    id: int
    reference: str
    error: str = ""


class Issues:
    """The issues that wait in the ERP with our addon.

    :param worker: who asks, shown there
    """

    def __init__(self, erp: Erp, worker: str, version: str) -> None:
        self._erp = erp
        self._who = {"worker": worker, "version": version}

    def pull(self, limit: int) -> list[Issue]:
        """Return those that are due; claims nothing."""
        answer = self._erp.call(OUTBOX, "pull_issues", limit=limit, **self._who)
        return [Issue.parse(row) for row in answer["rows"]]

    def done(self, outcomes: Sequence[Outcome]) -> Booked:
        """Note what was booked and remove these rows; the others wait with their reason."""
        results = [
            {"id": one.id, "reference": one.reference, "error": one.error} for one in outcomes
        ]
        answer = self._erp.call(OUTBOX, "push_done", [one.id for one in outcomes], results=results)
        failed = [(row["id"], row["error"]) for row in answer["failed"]]
        return Booked(answer["done"], failed, answer["busy"])
