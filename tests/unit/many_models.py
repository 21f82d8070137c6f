"""A foreign ERP of several models that point to each other, made of dictionaries."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from connector.exceptions import ErpRefused

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: (a or "") >= b if isinstance(b, str) else a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}
Record = dict[str, Any]


class ManyModels:
    """An ERP as it is over RPC.

    :param fields: model -> field -> type, of links "many2one:model", of choices "selection:a,b"
    """

    def __init__(self, fields: dict[str, dict[str, str]], version: str = "19.0") -> None:
        self._fields = fields
        self._version = version
        self.server_time = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.tables: dict[str, dict[int, Record]] = {model: {} for model in fields}
        # What a record rule hides, by model, and which models this user may not read at all.
        self.hidden: dict[str, set[int]] = {model: set() for model in fields}
        self.closed: set[str] = set()
        self.calls: list[tuple[str, str]] = []

    def add(self, model: str, id_: int = 0, **values: Any) -> int:
        """Add a record, or write one without a time stamp, as SQL does."""
        table = self.tables[model]
        id_ = id_ or max(table, default=0) + 1
        empty = dict.fromkeys(self._fields[model], False)
        table[id_] = {**empty, **table.get(id_, {}), **values, "id": id_}
        return id_

    def version(self) -> str:
        return self._version

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        self.calls.append((model, method))
        if model == "res.users" and method == "context_get":
            return {}
        if model not in self.tables:
            raise ErpRefused("builtins.KeyError", model)
        if method == "fields_get":
            return {name: _described(kind) for name, kind in self._fields[model].items()}
        if model in self.closed:
            raise ErpRefused("odoo.exceptions.AccessError", f"You may not read {model}.")
        return getattr(self, method)(model, *([ids] if ids is not None else []), **kwargs)

    def search(
        self, model: str, *, domain: Any, limit: int | None = None, order: str = "id", **_: Any
    ) -> list[int]:
        rows = self._visible(model)
        found = [id_ for id_, row in rows.items() if self._holds(model, row, domain)]
        return sorted(found, reverse="desc" in order)[:limit]

    def search_count(self, model: str, *, domain: Any, **_: Any) -> int:
        return len(self.search(model, domain=domain))

    def search_read(self, model: str, *, fields: Any, **options: Any) -> list[Record]:
        return self.read(model, self.search(model, **options), fields=fields)

    def read(self, model: str, ids: Sequence[int], *, fields: Any, **_: Any) -> list[Record]:
        if self.hidden[model].intersection(ids):
            raise ErpRefused("odoo.exceptions.AccessError", "A record rule hides it.")
        rows = [self.tables[model][one] for one in ids if one in self.tables[model]]
        return [{name: row[name] for name in ("id", *fields)} for row in rows]

    def formatted_read_group(self, model: str, *, domain: Any, aggregates: Any, **_: Any) -> Any:
        rows = [self.tables[model][one] for one in self.search(model, domain=domain)]
        return [{term: _aggregate(rows, *term.rpartition(":")[::2]) for term in aggregates}]

    def _visible(self, model: str) -> dict[int, Record]:
        hidden = self.hidden[model]
        return {id_: row for id_, row in self.tables[model].items() if id_ not in hidden}

    def _holds(self, model: str, row: Record, domain: Any) -> bool:
        stack = [term for term in domain]
        return all(self._terms(model, row, iter(stack)))

    def _terms(self, model: str, row: Record, terms: Iterator[Any]) -> Iterator[bool]:
        for term in terms:
            yield self._term(model, row, term, terms)

    def _term(self, model: str, row: Record, term: Any, rest: Iterator[Any]) -> bool:
        if term == "|":
            either = [self._term(model, row, next(rest), rest) for _ in range(2)]
            return any(either)
        path, operator, value = term
        return OPERATORS[operator](self._follow(model, row, path), value)

    def _follow(self, model: str, row: Record, path: str) -> Any:
        name, _, rest = path.partition(".")
        if not rest:
            return row[name]
        model = self._fields[model][name].partition(":")[2]
        linked = self.tables[model].get(row[name])
        return self._follow(model, linked, rest) if linked else False


def _described(kind: str) -> dict[str, Any]:
    kind, _, of = kind.partition(":")
    info: dict[str, Any] = {"type": kind, "store": True, "company_dependent": False}
    if kind == "selection":
        info["selection"] = [[one, one.title()] for one in of.split(",")]
    elif of:
        info["relation"] = of
    return info


def _aggregate(rows: Sequence[Record], name: str, how: str) -> Any:
    if not name:  # "__count"
        return len(rows)
    values = [row[name] for row in rows]
    if how == "sum":
        return sum(value or 0 for value in values)
    if how == "max":
        return max(filter(None, values), default=False)
    return [None if value is False else value for value in values]
