"""Reads the lines of given documents, whichever ERP they are in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.documents import InvoiceLine
from connector.erp import Erp
from connector.exceptions import ConfigInvalid, RowUnmappable
from connector.mapping.model import ErpMapping
from connector.mapping.plan import Plan
from connector.rows import Rows

PAGE = 2000


@dataclass(slots=True)
class Lines:
    """The lines of some documents, and the documents that cannot be had.

    :param rejects: "model:id" -> why
    """

    lines: list[InvoiceLine] = field(default_factory=list)
    rejects: dict[str, str] = field(default_factory=dict)


class Reader:
    """One ERP read through one mapping; ties the mapping to the ERP's fields at first use."""

    def __init__(self, erp: Erp, mapping: ErpMapping) -> None:
        self._mapping = mapping
        self._rows = Rows(erp, mapping)
        self._plans: dict[str, Plan] = {}
        self._unusable = ""

    def forget(self) -> None:
        """Ask the ERP for its fields again at the next use: apps come and go."""
        self._rows.forget()
        self._plans.clear()

    def lines(self, model: str, ids: Sequence[int]) -> Lines:
        """Return the invoice lines of the documents *ids* of *model*.

        A document with a line that does not fit is rejected as a whole.

        :raises RetryableError: nothing was changed, ask again
        :raises ErpRefused: the ERP does not let us read one of them
        """
        found = Lines()
        plan = self._plan(model)
        if plan is None:
            why = self._unusable or f"The mapping {self._mapping.path.name} reads no {model}."
            found.rejects = {f"{model}:{one}": why for one in ids}
            return found
        for row in self._lines(plan, ids):
            try:
                line = plan.document(row)
            except RowUnmappable as error:
                found.rejects.setdefault(plan.document_key(row), str(error))
                continue
            assert isinstance(line, InvoiceLine)
            found.lines.append(line)
        found.lines = [line for line in found.lines if line.document not in found.rejects]
        return found

    def _plan(self, model: str) -> Plan | None:
        if model in self._plans:
            return self._plans[model]
        self._unusable = ""
        for section in self._mapping.sections.values():
            # A section for an app that is not installed is no mistake, unless its rows come.
            if section.document is not InvoiceLine or self._rows.describe(section.model) is None:
                continue
            try:
                plan = self._rows.plan(section)
            except ConfigInvalid as error:
                self._unusable = str(error)
                continue
            self._plans[plan.parent_model] = plan
        return self._plans.get(model)

    def _lines(self, plan: Plan, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        last = 0
        while True:
            theirs = [[plan.parent or "id", "in", list(ids)], ["id", ">", last]]
            rows = self._rows.read(plan, theirs, limit=PAGE)
            yield from rows
            if len(rows) < PAGE:
                return
            last = rows[-1]["id"]
