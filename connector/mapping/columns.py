"""The hottest path: a whole page at once, one field after the other, without a call for each value.

What a column does not take at a glance it hands to the converter of :mod:`closures`, so both accept
and refuse the same; a page with a row that does not fit is done again row by row.
"""

from collections.abc import Callable, Sequence
from typing import Any

from connector.documents import Row
from connector.mapping.closures import CONVERTERS, Getter
from connector.mapping.model import MISSING, Rule

Column = Callable[[Sequence[Row]], list[Any]]
INFINITY = float("inf")


def column(rule: Rule, path: str, kind: str, get: Getter) -> Column:
    """Return how to read a page's values of *rule*.

    :param get: reads one of them
    """
    if not path:
        return lambda rows: [get({})] * len(rows)
    if rule.map is not None or rule.default is not MISSING:
        return lambda rows: [get(row) for row in rows]
    plain = _PLAIN[kind](path) if kind in _PLAIN else lambda rows: [get(row) for row in rows]
    if rule.negate_when is None:
        return plain
    items = list(rule.negate_when.values.items())
    if len(items) > 1:
        return lambda rows: [get(row) for row in rows]
    where, values = items[0][0], frozenset(items[0][1])
    return lambda rows: [
        0.0 - value if row[where] in values else value
        for value, row in zip(plain(rows), rows, strict=True)
    ]


def _numbers(path: str) -> Column:
    slow = CONVERTERS["number"]
    return lambda rows: [
        value if type(value := row[path]) is float and -INFINITY < value < INFINITY else slow(value)
        for row in rows
    ]


def _refs(path: str) -> Column:
    slow = CONVERTERS["ref"]
    return lambda rows: [
        value if type(value := row[path]) is int and value > 0 else slow(value) for row in rows
    ]


def _texts(path: str) -> Column:
    slow = CONVERTERS["text"]
    return lambda rows: [value if type(value := row[path]) is str else slow(value) for row in rows]


_PLAIN: dict[str, Callable[[str], Column]] = {
    "number": _numbers,
    "ref": _refs,
    "text": _texts,
}
