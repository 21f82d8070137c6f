"""The slow path: the verbs one by one, as the manual describes them, with reasons."""

from typing import Any

from connector.documents import Row
from connector.mapping.days import day_reader
from connector.mapping.model import MISSING, Condition, Rule


def evaluate(rule: Rule, path: str, row: Row, kind: str) -> Any:
    """Return the value of a rule for a field of this kind.

    :raises LookupError: the ERP sent no such field, or the map has no such value
    :raises ValueError: the text is no date of that format
    """
    if not path:
        return rule.const
    if path not in row:
        raise LookupError(f"the ERP sent no field '{path}'")
    day_of = day_reader(rule, kind)
    value = day_of(row[path]) if day_of else row[path]
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
    if rule.negate_when is not None and holds(rule.negate_when, row) and type(value) is not bool:
        return 0.0 - value if isinstance(value, int | float) else value
    return value


def holds(condition: Condition, row: Row) -> bool:
    """Return whether each path has one of its values."""
    return all(row[path] in frozenset(values) for path, values in condition.values.items())
