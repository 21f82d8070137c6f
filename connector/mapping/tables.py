"""The tables of our fields in the manual, made of what the mapping is checked against."""

import re
from collections.abc import Iterator

from connector.documents import (
    Customer,
    DocumentClass,
    Product,
    allowed,
    counting,
    kinds,
    optional,
    targets,
)
from connector.mapping.model import COMPUTED, SECTIONS

_KINDS = {
    "key": "link to the receipt",
    "text": "text",
    "date": "date, time stamp, or text with `format`",
    "birthday": "date, may be empty",
    "number": "number",
    "ref": "link, may be empty",
}


def tables() -> str:
    """Return a table of the fields of each section, as Markdown."""
    seen: dict[DocumentClass, list[str]] = {}
    for name, document in SECTIONS.items():
        seen.setdefault(document, []).append(name)
    return "\n\n".join("\n".join(_table(names, one)) for one, names in seen.items())


def _table(names: list[str], document: DocumentClass) -> Iterator[str]:
    yield f"**{', '.join(f'`{name}`' for name in names)}**"
    yield ""
    yield "| field | type | allowed, meaning |"
    yield "|---|---|---|"
    said = dict(_said(document))
    for name, kind in kinds(document).items():
        # A section whose rows are documents of their own needs no link to one.
        if name in COMPUTED or (name == "document" and document in {Customer, Product}):
            continue
        yield f"| `{name}` | {_type(name, kind, document)} | {_meaning(name, document, said)} |"


def _type(name: str, kind: str, document: DocumentClass) -> str:
    to = targets(document).get(name)
    what = f"link to {_target(to)}, may be empty" if to else _KINDS[kind]
    need = "optional" if name in optional(document) or name == "document" else "required"
    return f"{what}; {need}"


def _target(to: str) -> str:
    return f"the model of `{to}`" if to in SECTIONS else f"`{to}`"


def _meaning(name: str, document: DocumentClass, said: dict[str, str]) -> str:
    words = [f"`{word}`" if word else "empty" for word in allowed(document).get(name, ())]
    parts = [", ".join(words), said.get(name, ""), "*" if name in counting(document) else ""]
    return " · ".join(filter(None, parts))


def _said(document: DocumentClass) -> Iterator[tuple[str, str]]:
    """Yield what the class says about its fields."""
    text = " ".join((document.__doc__ or "").split())
    for one in re.split(r":param ", text)[1:]:
        for part in re.split(r"; \*(?=\w+\*:)", one):
            if match := re.match(r"(\w+)\*?: (.*)", part):
                yield match[1], match[2].strip()
