"""Rows of an ERP with the fields of the records they point to: one call for each model."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connector.bulk import Bulk
from connector.erp import Erp
from connector.exceptions import ConfigInvalid, ErpBusy, ErpRefused
from connector.mapping.binder import bind
from connector.mapping.model import ErpMapping, Section
from connector.mapping.plan import Join, Plan

# Without active_test Odoo would hide archived products and partners silently.
CONTEXT = {"active_test": False, "lang": "en_US"}
ATTRIBUTES = ["type", "relation", "store", "selection", "translate", "company_dependent"]
# From this version on search_read can leave out the names of links, which cost more than the rest.
SEARCH_READ_LOADS = 15
TRIES = 5
# Under this name a row says which record that it points to cannot be seen.
HIDDEN = "?"
HIDES = "the ERP does not show this record to this user, or it was deleted"
Domain = Sequence[Any]
Row = dict[str, Any]


class Rows:
    """One ERP read through one mapping; remembers what the ERP says about its fields."""

    def __init__(self, erp: Erp, mapping: ErpMapping) -> None:
        self.erp = erp
        self.mapping = mapping
        # Codes of currencies by their ids, as far as they were asked for.
        self.currencies: dict[int, str] = {}
        self._fields: dict[str, Mapping[str, Any] | None] = {}
        self._plans: dict[str, Plan] = {}
        self._bulk = Bulk(erp, mapping.version, self._one_by_one)

    def forget(self) -> None:
        """Ask the ERP for its fields again at the next use: apps come and go."""
        self._bulk = Bulk(self.erp, self.mapping.version, self._one_by_one)
        self.currencies.clear()
        self._fields.clear()
        self._plans.clear()

    def describe(self, model: str) -> Mapping[str, Any] | None:
        """Return the ERP's fields of *model*, None if it has no such model.

        :raises ErpRefused: this user may not see it
        :raises ErpBusy: it says something else, as while it starts; that is not a "no"
        """
        if model not in self._fields:
            try:
                answer = self.erp.call(model, "fields_get", attributes=ATTRIBUTES)
            except ErpRefused as error:
                if error.is_access:
                    raise
                if model not in error.message:
                    raise ErpBusy(f"The ERP cannot tell its fields now: {error}") from error
                answer = None
            self._fields[model] = answer
        return self._fields[model]

    def plan(self, section: Section) -> Plan:
        """Return how to read *section*.

        :raises ConfigInvalid: the mapping does not fit this ERP
        """
        if section.name not in self._plans:
            self._plans[section.name] = bind(section, self.describe)
        return self._plans[section.name]

    def watched(self, section: Section) -> Plan:
        """Return how to read the changes of *section*.

        :raises ConfigInvalid: it does not fit, or its changes cannot be seen
        """
        plan = self.plan(section)
        if plan.unwatched:
            raise ConfigInvalid(plan.unwatched)
        return plan

    def read(
        self,
        plan: Plan,
        domain: Domain,
        *,
        limit: int,
        also: Iterable[str] = (),
        many: bool = False,
        of: Join | None = None,
    ) -> list[Row]:
        """Return rows by id, dotted paths under their full name.

        :param also: more fields of the model itself
        :param of: what to read; without it all that *plan* needs
        :param many: more than a few are likely, so that it pays to ask for the ids first
        """
        of = of or plan.root
        rows = self.search(plan, domain, sorted(of.fields | set(also)), limit=limit, many=many)
        self._join(rows, rows, of, "")
        return rows

    def search(
        self,
        plan: Plan,
        domain: Domain,
        fields: Sequence[str],
        *,
        limit: int,
        order: str = "id",
        many: bool = False,
    ) -> list[Row]:
        """Return the model's own fields of the rows that the plan's domain and *domain* leave.

        :raises ErpBusy: rows are deleted faster than they can be read
        """
        model, whole = plan.section.model, [*plan.domain, *domain]
        options: dict[str, Any] = {"order": order, "limit": limit, "context": CONTEXT}
        if self.mapping.version >= SEARCH_READ_LOADS and not many:
            answer: list[Row] = self.erp.call(
                model, "search_read", domain=whole, fields=fields, load="", **options
            )
            return answer
        for _ in range(TRIES):
            ids = self.erp.call(model, "search", domain=whole, **options)
            rows = self._read(model, ids, fields)
            # A page that is not full would be the last one.
            if len(rows) == len(ids):
                return rows
        raise ErpBusy(f"Rows of {model} disappear while they are read.")

    def _read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Row]:
        if not ids:
            return []
        return self._bulk.read(model, self.describe(model) or {}, ids, fields)

    def _linked(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Row]:
        """Return those of these records that this user may see; one hidden one refuses them all."""
        try:
            return self._read(model, ids, fields)
        except ErpRefused as error:
            if not error.is_of_records:
                raise
            domain = [["id", "in", list(ids)]]
            seen = self.erp.call(model, "search", domain=domain, context=CONTEXT)
            if len(seen) == len(ids):
                raise  # it is not the records: a field that this user may not read
            return self._read(model, seen, fields)

    def _one_by_one(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Row]:
        answer: list[Row] = self.erp.call(
            model, "read", ids, fields=list(fields), load="", context=CONTEXT
        )
        return answer

    def _join(
        self, rows: Sequence[Row], at: Sequence[Mapping[str, Any]], join: Join, prefix: str
    ) -> None:
        """Put the fields of linked records into *rows* under their dotted names.

        :param at: per row, the record that *join* has reached
        """
        for link, inner in join.joins.items():
            wanted = sorted({record[link] for record in at if record.get(link)})
            linked = self._linked(inner.model, wanted, sorted(inner.fields))
            known: dict[Any, Mapping[str, Any]] = {record["id"]: record for record in linked}
            for row, record in zip(rows, at, strict=True):
                if (one := record.get(link)) and one not in known:
                    row.setdefault(HIDDEN, f"{prefix}{link} {inner.model}:{one}: {HIDES}")
            reached = [known.get(record.get(link), {}) for record in at]
            for name in inner.fields:
                full = f"{prefix}{link}.{name}"
                for row, record in zip(rows, reached, strict=True):
                    row[full] = record.get(name)
            self._join(rows, reached, inner, f"{prefix}{link}.")
