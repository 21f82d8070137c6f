"""A mapping section tied to the fields of one ERP: rows in, documents out.

The hot path is a row of small closures. A row that they reject goes through marshmallow, which
takes its time and says why; both give the same verdict on every row (a property test).
"""

import marshal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any
from zlib import crc32

from marshmallow import ValidationError

from connector.documents import Document, Row, kinds, schema
from connector.exceptions import RowUnmappable
from connector.mapping.closures import Getter
from connector.mapping.columns import Column
from connector.mapping.explain import evaluate, holds
from connector.mapping.model import Rule, Section


@dataclass(slots=True)
class Join:
    """What has to be read of the records that a many2one field points to."""

    model: str
    fields: set[str] = field(default_factory=set)
    joins: dict[str, "Join"] = field(default_factory=dict)

    def names(self, prefix: str = "") -> list[str]:
        """Return the full names of its fields in a row, always in the same order."""
        below = [inner.names(f"{prefix}{link}.") for link, inner in sorted(self.joins.items())]
        own = [prefix + name for name in sorted(self.fields) if not (prefix and name == "id")]
        return own + [name for one in below for name in one]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read one model and make documents of its rows.

    :param parent: the field that names the document, None where each row is its own
    :param parent_model: what the documents are in the ERP
    :param domain: an Odoo domain
    :param unwatched: what is wrong with the time stamps to watch, where there is no outbox
    :param fingerprint: the fields of the model whose sums tell whether two sides agree
    :param root: fields to read, with the joins of dotted paths
    :param counted: the part of it that a comparison reads: what points follow from, of the row and
        of its document
    """

    section: Section
    parent: str | None
    parent_model: str
    domain: list[list[Any]]
    unwatched: tuple[str, ...]
    fingerprint: tuple[str, ...]
    root: Join
    counted: Join
    _getters: tuple[Getter, ...]
    _columns: Mapping[str, Column]
    _rules: Mapping[str, tuple[Rule, str]]
    _counted: Callable[[Row], Any]

    def document(self, row: Row) -> Document:
        """Return the document of *row*; dotted paths stand in the row under their full name.

        :raises RowUnmappable: with every reason
        """
        try:
            return self.section.document(*[get(row) for get in self._getters])
        except (LookupError, TypeError, ValueError, ArithmeticError):
            return self.explain(row)

    def records(self, rows: Sequence[Row]) -> list[dict[str, Any]] | None:
        """Return the documents of a page as they travel to the addon.

        :return: None if one of the rows does not fit; :meth:`document` says which, and why
        """
        try:
            columns = [values(rows) for values in self._columns.values()]
        except (LookupError, TypeError, ValueError, ArithmeticError):
            return None
        # Half as fast again as a comprehension: nothing of it is Python's own code.
        return list(map(dict, map(zip, repeat(tuple(self._columns)), zip(*columns, strict=True))))

    def explain(self, row: Row) -> Document:
        """Do the same through marshmallow, thirty times slower.

        :raises RowUnmappable: with every reason
        """
        key = f"{self.section.model}:{row.get('id')}"
        raw: dict[str, Any] = {"key": key, "document": self.document_key(row)}
        reasons: dict[str, list[str]] = {}
        of = kinds(self.section.document)
        for name, (rule, path) in self._rules.items():
            try:
                raw[name] = evaluate(rule, path, row, of[name])
            except (LookupError, TypeError, ValueError, ArithmeticError) as error:
                reasons[name] = [str(error).strip('"')]
        try:
            raw["void"] = not holds(self.section.live, row)
            data = schema(self.section.document).load(raw)
        except ValidationError as error:
            for name, why in error.normalized_messages().items():  # type: ignore[no-untyped-call]
                reasons.setdefault(name, [str(text) for text in why])
            raise RowUnmappable(key, reasons) from error
        except (LookupError, TypeError) as error:
            raise RowUnmappable(key, {"live": [str(error)]}) from error
        return self.section.document(**data)

    def digest(self, row: Row) -> int:
        """Return a number that is another one if something that counts is another.

        Summed over rows it still tells two values that changed places. It is made of the row as it
        was read, so that a comparison needs nothing else.
        """
        # Version 0 of marshal writes equal values the same way, wherever they came from.
        return crc32(marshal.dumps(self._counted(row), 0)) >> 1  # a column of 31 bits

    def document_key(self, row: Row) -> str:
        """Return the document that *row* belongs to, as "model:id"."""
        return f"{self.parent_model}:{row[self.parent] if self.parent else row['id']}"
