"""Reads the lines of given documents, in as few calls as there are models."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.documents import InvoiceLine
from connector.erp import Erp
from connector.exceptions import ConfigInvalid, ErpRefused, RowUnmappable
from connector.mapping.plan import Join, Plan, bind
from connector.mapping.schema import ErpMapping

# Without active_test Odoo would hide archived products and partners silently.
CONTEXT = {"active_test": False, "lang": "en_US"}
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
        self._erp = erp
        self._mapping = mapping
        self._fields: dict[str, Mapping[str, Any] | None] = {}
        self._plans: dict[str, Plan] = {}
        self._unusable = ""

    def forget(self) -> None:
        """Ask the ERP for its fields again at the next use: apps come and go."""
        self._fields.clear()
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
        for row in self._rows(plan, ids):
            try:
                line = plan.document(row)
            except RowUnmappable as error:
                found.rejects.setdefault(plan.document_key(row), str(error))
                continue
            assert isinstance(line, InvoiceLine)
            found.lines.append(line)
        found.lines = [line for line in found.lines if line.document not in found.rejects]
        return found

    def describe(self, model: str) -> Mapping[str, Any] | None:
        """Return the ERP's fields of *model* (type, relation), None if it has no such model."""
        if model not in self._fields:
            try:
                answer = self._erp.call(model, "fields_get", attributes=["type", "relation"])
            except ErpRefused as error:
                if error.is_access:
                    raise
                answer = None
            self._fields[model] = answer
        return self._fields[model]

    def _plan(self, model: str) -> Plan | None:
        if model in self._plans:
            return self._plans[model]
        self._unusable = ""
        for section in self._mapping.sections.values():
            # A section for an app that is not installed is no mistake, unless its rows come.
            if section.document is InvoiceLine and self.describe(section.model) is not None:
                try:
                    plan = bind(section, self.describe)
                except ConfigInvalid as error:
                    self._unusable = str(error)
                    continue
                self._plans[plan.parent_model] = plan
        return self._plans.get(model)

    def _rows(self, plan: Plan, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        last = 0
        while True:
            rows: list[dict[str, Any]] = self._erp.call(
                plan.section.model,
                "search_read",
                domain=[*plan.domain, [plan.parent or "id", "in", list(ids)], ["id", ">", last]],
                fields=sorted(plan.root.fields),
                order="id",
                limit=PAGE,
                load="",
                context=CONTEXT,
            )
            self._join(rows, rows, plan.root, "")
            yield from rows
            if len(rows) < PAGE:
                return
            last = rows[-1]["id"]

    def _join(
        self,
        rows: Sequence[dict[str, Any]],
        at: Sequence[Mapping[str, Any]],
        join: Join,
        prefix: str,
    ) -> None:
        """Put the fields of linked records into *rows* under their dotted names.

        :param at: per row, the record that *join* has reached
        """
        for link, inner in join.joins.items():
            wanted = sorted({record[link] for record in at if record.get(link)})
            known = self._linked(inner, wanted)
            reached = [known.get(record.get(link), {}) for record in at]
            for row, record in zip(rows, reached, strict=True):
                for name in inner.fields:
                    row[f"{prefix}{link}.{name}"] = record.get(name)
            self._join(rows, reached, inner, f"{prefix}{link}.")

    def _linked(self, join: Join, ids: Iterable[int]) -> dict[Any, Mapping[str, Any]]:
        ids = list(ids)
        if not ids:
            return {}
        answer = self._erp.call(
            join.model, "read", ids, fields=sorted(join.fields), load="", context=CONTEXT
        )
        return {record["id"]: record for record in answer}
