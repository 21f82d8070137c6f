"""A mapping section tied to the fields of one ERP: rows in, documents out.

The hot path is a row of small closures. A row that they reject goes through marshmallow, which
takes its time and says why; both give the same verdict on every row (a property test).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from connector.documents import Document, Row, day, kinds, schema
from connector.exceptions import ConfigInvalid, RowUnmappable
from connector.mapping.schema import MISSING, Condition, Rule, Section
from connector.mapping.yamlfile import did_you_mean

FieldInfo = Mapping[str, Any]
Describe = Callable[[str], Mapping[str, FieldInfo] | None]
Getter = Callable[[Row], Any]

_TYPES = {
    "number": {"integer", "float", "monetary"},
    "date": {"date", "datetime"},
    "ref": {"many2one", "many2one_reference", "integer"},
    "text": {"char", "text", "selection", "html"},
}
_TYPES["any"] = set().union(*_TYPES.values(), {"boolean"})
_LINKS = {"many2one", "one2many", "many2many"}


@dataclass(slots=True)
class Join:
    """What has to be read of the records that a many2one field points to."""

    model: str
    fields: set[str] = field(default_factory=set)
    joins: dict[str, "Join"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read one model and make documents of its rows.

    :param parent: the field that names the document, None where each row is its own
    :param parent_model: what the documents are in the ERP
    :param domain: an Odoo domain
    :param root: fields to read, with the joins of dotted paths
    """

    section: Section
    parent: str | None
    parent_model: str
    domain: list[list[Any]]
    root: Join
    _getters: tuple[Getter, ...]
    _rules: Mapping[str, tuple[Rule, str]]

    def document(self, row: Row) -> Document:
        """Return the document of *row*; dotted paths stand in the row under their full name.

        :raises RowUnmappable: with every reason
        """
        try:
            return self.section.document(*[get(row) for get in self._getters])
        except (LookupError, TypeError, ValueError, ArithmeticError):
            return self.explain(row)

    def explain(self, row: Row) -> Document:
        """Do the same through marshmallow, thirty times slower.

        :raises RowUnmappable: with every reason
        """
        key = f"{self.section.model}:{row.get('id')}"
        raw: dict[str, Any] = {"key": key, "document": self.document_key(row)}
        reasons: dict[str, list[str]] = {}
        for name, (rule, path) in self._rules.items():
            try:
                raw[name] = _evaluate(rule, path, row)
            except (LookupError, TypeError, ArithmeticError) as error:
                reasons[name] = [str(error).strip('"')]
        try:
            raw["void"] = not _holds(self.section.live, row)
            data = schema(self.section.document).load(raw)
        except ValidationError as error:
            for name, why in error.normalized_messages().items():  # type: ignore[no-untyped-call]
                reasons.setdefault(name, [str(text) for text in why])
            raise RowUnmappable(key, reasons) from error
        except (LookupError, TypeError) as error:
            raise RowUnmappable(key, {"live": [str(error)]}) from error
        return self.section.document(**data)

    def document_key(self, row: Row) -> str:
        """Return the document that *row* belongs to, as "model:id"."""
        return f"{self.parent_model}:{row[self.parent] if self.parent else row['id']}"


def bind(section: Section, describe: Describe) -> Plan:
    """Tie *section* to an ERP.

    :param describe: the ERP's ``fields_get`` of a model, None for a model it does not have
    :raises ConfigInvalid: every field that is not there or does not fit, with file and line
    """
    return _Binder(section, describe).plan()


class _Binder:
    def __init__(self, section: Section, describe: Describe) -> None:
        self._section = section
        self._describe = describe
        self._problems: list[str] = []
        self._root = Join(section.model, {"id"})

    def plan(self) -> Plan:
        section = self._section
        if self._describe(section.model) is None:
            raise ConfigInvalid([f"{section.at}: the ERP has no model '{section.model}'"])
        parent, parent_model = self._parent()
        rules = {}
        for name, kind in kinds(section.document).items():
            if name in section.rules and name != "document":
                rules[name] = self._rule(name, kind, section.rules[name])
        self._condition(section.live, section.at)
        domain = [term for term in map(self._term, section.where) if term]
        if self._problems:
            raise ConfigInvalid(self._problems)
        plan_rules = {name: bound for name, bound in rules.items() if bound}
        getters = tuple(self._getters(parent, parent_model, plan_rules))
        if self._problems:
            raise ConfigInvalid(self._problems)
        return Plan(section, parent, parent_model, domain, self._root, getters, plan_rules)

    def _parent(self) -> tuple[str | None, str]:
        rule = self._section.rules.get("document")
        if rule is None:
            return None, self._section.model
        name = rule.paths[0] if rule.paths else ""
        info = (self._describe(self._section.model) or {}).get(name, {})
        if len(rule.paths) != 1 or info.get("type") != "many2one":
            self._problems.append(
                f"{rule.at}: 'document' must be a field of {self._section.model}"
                " that points to the invoice or order"
            )
            return None, self._section.model
        self._root.fields.add(name)
        return name, str(info["relation"])

    def _rule(self, name: str, kind: str, rule: Rule) -> tuple[Rule, str] | None:
        if rule.negate_when is not None:
            self._condition(rule.negate_when, rule.at)
            if kind != "number":
                self._problems.append(f"{rule.at}: '{name}' is a {kind}, nothing to negate")
        if not rule.paths:
            return rule, ""
        problems = []
        for path in rule.paths:
            info, problem = self._walk(path)
            if info is None:
                problems.append(problem)
                continue
            fits = _TYPES["any"] if rule.map is not None else _TYPES[kind]
            if info["type"] not in fits:
                self._problems.append(
                    f"{rule.at}: '{name}' is a {kind}, but {path} is a {info['type']} in the ERP"
                )
            self._need(path)
            return rule, path
        self._problems.append(f"{rule.at}: {'; '.join(problems)}")
        return None

    def _condition(self, condition: Condition, at: str) -> None:
        for path in condition.values:
            info, problem = self._walk(path)
            if info is None:
                self._problems.append(f"{at}: {problem}")
            elif info["type"] not in _TYPES["any"]:
                self._problems.append(f"{at}: {path} is a {info['type']}: no single value")
            else:
                self._need(path)

    def _term(self, term: tuple[str, str, Any]) -> list[Any] | None:
        path, operator, value = term
        info, problem = self._walk(path.removesuffix("?"), through=_LINKS)
        if info is None and not path.endswith("?"):
            self._problems.append(f"{self._section.at}: where: {problem}")
        return [path.removesuffix("?"), operator, value] if info else None

    def _walk(
        self, path: str, through: Iterable[str] = ("many2one",)
    ) -> tuple[FieldInfo | None, str]:
        """Return what the ERP says about the field at the end of *path*, or what is wrong."""
        model, info = self._section.model, None
        for step, name in enumerate(path.split(".")):
            if info is not None:
                if info["type"] not in through:
                    before = path.split(".")[step - 1]
                    return None, f"{model}.{before} does not point to one record"
                model = str(info["relation"])
            known = self._describe(model)
            if known is None or name not in known:
                hint = did_you_mean(name, sorted(known or ()))
                return None, f"the ERP has no field '{name}' in {model}{hint}"
            info = known[name]
        return info, ""

    def _need(self, path: str) -> None:
        join = self._root
        *links, last = path.split(".")
        for link in links:
            relation = (self._describe(join.model) or {})[link]["relation"]
            join.fields.add(link)
            join = join.joins.setdefault(link, Join(str(relation), {"id"}))
        join.fields.add(last)

    def _getters(
        self, parent: str | None, parent_model: str, rules: Mapping[str, tuple[Rule, str]]
    ) -> Iterator[Getter]:
        model, live = self._section.model, _holder(self._section.live)
        document = parent or "id"
        for name, kind in kinds(self._section.document).items():
            if name == "key":
                yield lambda row: f"{model}:{row['id']}"
            elif name == "document":
                yield lambda row: f"{parent_model}:{row[document]}"
            elif name == "void":
                yield lambda row: not live(row)
            else:
                rule, path = rules[name]
                try:
                    yield _getter(rule, path, _CONVERTERS[kind])
                except (TypeError, ValueError):
                    self._problems.append(f"{rule.at}: '{name}' needs a {kind}")


def _getter(rule: Rule, path: str, convert: Callable[[Any], Any]) -> Getter:
    if not path:
        constant = convert(rule.const)
        return lambda row: constant
    for value in (*(rule.map or {}).values(), *([] if rule.default is MISSING else [rule.default])):
        if value is not None or rule.default is None:
            convert(value)
    if rule.map is None and rule.default is MISSING and rule.negate_when is None:
        return lambda row: convert(row[path])
    value_of = _lookup(rule, path)
    if rule.negate_when is None:
        return lambda row: convert(value_of(row))
    negated = _holder(rule.negate_when)

    def negating(row: Row) -> Any:
        value = convert(value_of(row))
        return 0.0 - value if negated(row) else value

    return negating


def _lookup(rule: Rule, path: str) -> Getter:
    table, default = rule.map, rule.default
    maps_false = table is not None and any(key is False for key in table)

    def look_up(row: Row) -> Any:
        value = row[path]
        if value is False and not maps_false:
            value = None
        if value is not None and table is not None:
            value = table[value] if default is MISSING else table.get(value, default)
        return default if value is None and default is not MISSING else value

    return look_up


def _holder(condition: Condition) -> Callable[[Row], bool]:
    items = [(path, frozenset(values)) for path, values in condition.values.items()]
    if len(items) == 1:
        path, values = items[0]
        return lambda row: row[path] in values
    return lambda row: all(row[path] in values for path, values in items)


def _number(value: Any) -> float:
    if type(value) is float:
        if math.isfinite(value):
            return value
    elif type(value) is int:
        return float(value)
    raise TypeError(value)


def _ref(value: Any) -> int | None:
    if value is False or value is None:
        return None
    if type(value) is int and value > 0:
        return value
    raise TypeError(value)


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if value is False or value is None:
        return ""
    raise TypeError(value)


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "number": _number,
    "ref": _ref,
    "text": _text,
    "date": day,
}


def _evaluate(rule: Rule, path: str, row: Row) -> Any:
    """Return the value of a rule, verb by verb, as the manual describes them."""
    if not path:
        return rule.const
    if path not in row:
        raise LookupError(f"the ERP sent no field '{path}'")
    value = row[path]
    hash(value)
    if rule.map is not None:
        known = [ours for theirs, ours in rule.map.items() if theirs == value]
        if value is False:
            known = [ours for theirs, ours in rule.map.items() if theirs is False]
        if known:
            value = known[0]
        elif value is not None and value is not False:
            if rule.default is MISSING:
                raise LookupError(f"'{value}' is not in the map")
            return rule.default
    if (value is None or value is False) and rule.default is not MISSING:
        value = rule.default
    if rule.negate_when is not None and _holds(rule.negate_when, row) and type(value) is not bool:
        return 0.0 - value if isinstance(value, int | float) else value
    return value


def _holds(condition: Condition, row: Row) -> bool:
    return all(row[path] in frozenset(values) for path, values in condition.values.items())
