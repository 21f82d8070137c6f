"""The hot path: rules as small closures from a row of the ERP to a value of ours."""

import math
from collections.abc import Callable
from typing import Any

from connector.documents import Row, day
from connector.mapping.model import MISSING, Condition, Rule

Getter = Callable[[Row], Any]


def getter(
    rule: Rule, path: str, convert: Callable[[Any], Any], day_of: Callable[[Any], Any] | None = None
) -> Getter:
    """Return the closure of *rule*, which reads *path*.

    :param day_of: see :mod:`connector.mapping.days`
    :raises TypeError: a value that the rule itself names does not fit
    """
    if not path:
        constant = convert(rule.const)
        return lambda row: constant
    for value in (*(rule.map or {}).values(), *([] if rule.default is MISSING else [rule.default])):
        if value is not None or rule.default is None:
            convert(value)
    if rule.map is None and rule.default is MISSING and rule.negate_when is None:
        if day_of is None:
            return lambda row: convert(row[path])
        return lambda row: convert(day_of(row[path]))
    value_of = _lookup(rule, path, day_of)
    if rule.negate_when is None:
        return lambda row: convert(value_of(row))
    negated = holder(rule.negate_when)

    def negating(row: Row) -> Any:
        value = convert(value_of(row))
        return 0.0 - value if negated(row) else value

    return negating


def _lookup(rule: Rule, path: str, day_of: Callable[[Any], Any] | None) -> Getter:
    table, default = rule.map, rule.default
    maps_false = table is not None and any(key is False for key in table)

    def look_up(row: Row) -> Any:
        value = row[path] if day_of is None else day_of(row[path])
        if value is False and not maps_false:
            value = None
        if value is not None and table is not None:
            value = table[value] if default is MISSING else table.get(value, default)
        return default if value is None and default is not MISSING else value

    return look_up


def holder(condition: Condition) -> Callable[[Row], bool]:
    """Return the closure that says whether a row fulfils *condition*."""
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


def _day_or_none(value: Any) -> str | None:
    return None if value is False or value is None else day(value)


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "number": _number,
    "ref": _ref,
    "text": _text,
    "date": day,
    "birthday": _day_or_none,
}
