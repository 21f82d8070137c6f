"""Looks whether the values that a mapping names are values that the ERP's fields can have."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from connector.mapping.model import Section
from connector.mapping.paths import Describe, FieldInfo, walk
from connector.mapping.yamlfile import did_you_mean

_ANY_LINK = ("many2one", "one2many", "many2many")
_NUMBERS = {"integer", "float", "monetary"}
_TEXTS = {"char", "text", "selection", "html"}
# So many sentences about one mapping are enough.
SAID = 20


def unknown_values(section: Section, describe: Describe) -> Iterator[tuple[bool, str]]:
    """Yield a sentence for each value that a field of the ERP never has.

    :return: whether it is of another type, so that the whole condition never holds, and the
        sentence; choices come and go with apps and versions
    """
    yield from islice(_unknown(section, describe), SAID)


def _unknown(section: Section, describe: Describe) -> Iterator[tuple[bool, str]]:
    for at, path, values, decides in _named(section):
        info, _ = walk(describe, section.model, path, _ANY_LINK)
        if info is None:
            continue
        never = [(value, why) for value in values if (why := _why_not(info, value))]
        is_choice = info["type"] == "selection" and all(type(one) is str for one, _ in never)
        all_ = decides and len(never) == len(values) and not is_choice
        for value, why in never:
            yield all_, f"{at}: {path} is never '{value}' in this ERP{why}"


def _named(section: Section) -> Iterator[tuple[str, str, list[Any], bool]]:
    """Yield where, path and values of each condition, and whether rows depend on it."""
    where, live = (section.places.get(key, section.at) for key in ("where", "live"))
    for path, operator, value in section.where:
        if operator in {"=", "!=", "in", "not in"}:
            named = value if isinstance(value, list) else [value]
            yield where, path.removesuffix("?"), named, operator in {"=", "in"}
    for path, values in section.live.values.items():
        yield live, path, list(values), True
    for rule in section.rules.values():
        for path, values in (rule.negate_when.values if rule.negate_when else {}).items():
            yield rule.at, path, list(values), True
        # Of several fields each has values of its own.
        if rule.map is not None and len(rule.paths) == 1:
            yield rule.at, rule.paths[0], list(rule.map), False


def _why_not(info: FieldInfo, value: Any) -> str:
    """Return what to write instead of a value that the field never has, "" if it may have it."""
    kind = info["type"]
    if value is False or value is None:
        return ""  # nothing is in the field
    if value in [key for key, _label in info.get("selection") or ()]:
        return ""
    if kind == "boolean":
        return "" if value is True else ": it is true or false, without quotes"
    if kind == "selection" and info.get("selection") and type(value) is str:
        known = [str(key) for key, _label in info["selection"]]
        return did_you_mean(value, known) or _list(known)
    if kind in _TEXTS and type(value) is not str:
        return f': a text needs quotes, write "{_as_written(value)}"'
    if kind in _NUMBERS and type(value) not in {int, float}:
        return ": it is a number, without quotes"
    if kind in _ANY_LINK and type(value) is not int:
        return ": it points to a record, write a field of that, as with .name, or its id"
    return ""


def _as_written(value: Any) -> str:
    return {True: "yes"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _list(known: Iterable[str]) -> str:
    return f"; it is one of: {', '.join(known)}"
