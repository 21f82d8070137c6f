"""Looks whether the values that a mapping names are values that the ERP's fields can have."""

from collections.abc import Iterable, Iterator
from typing import Any

from connector.mapping.model import Section
from connector.mapping.paths import Describe, walk
from connector.mapping.yamlfile import did_you_mean

_ANY_LINK = ("many2one", "one2many", "many2many")


def unknown_values(section: Section, describe: Describe) -> Iterator[str]:
    """Yield a sentence for each value that a selection field of the ERP does not have."""
    for at, path, values in _named(section):
        info, _ = walk(describe, section.model, path, _ANY_LINK)
        if info is None or info["type"] != "selection" or not info.get("selection"):
            continue
        known = [str(key) for key, _label in info["selection"]]
        for value in values:
            if value is not False and value is not None and str(value) not in known:
                hint = did_you_mean(str(value), known)
                yield f"{at}: {path} is never '{value}' in this ERP{hint or _list(known)}"


def _named(section: Section) -> Iterator[tuple[str, str, Iterable[Any]]]:
    for path, operator, value in section.where:
        if operator in {"=", "!=", "in", "not in"}:
            named = value if isinstance(value, list) else [value]
            yield section.at, path.removesuffix("?"), named
    for path, values in section.live.values.items():
        yield section.at, path, values
    for rule in section.rules.values():
        for path, values in (rule.negate_when.values if rule.negate_when else {}).items():
            yield rule.at, path, values
        # Of several fields each has values of its own.
        if rule.map is not None and len(rule.paths) == 1:
            yield rule.at, rule.paths[0], list(rule.map)


def _list(known: list[str]) -> str:
    return f"; it is one of: {', '.join(known)}"
