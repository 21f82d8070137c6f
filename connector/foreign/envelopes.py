"""What the receiver keeps of a row, and how one that does not fit is shown to people."""

from collections.abc import Sequence
from typing import Any

from connector.documents import as_json
from connector.exceptions import RowUnmappable
from connector.mapping.plan import Plan
from connector.rows import Row

Kept = dict[str, Any]


def fitting(plan: Plan, rows: Sequence[Row]) -> tuple[list[Kept], list[Kept]]:
    """Return what the receiver keeps of these rows, and those that do not fit."""
    records = plan.records(rows)
    if records is not None:
        return [_envelope(plan, *one) for one in zip(rows, records, strict=True)], []
    kept, rejects = [], []
    for row in rows:
        try:
            kept.append(_envelope(plan, row, as_json(plan.document(row))))
        except RowUnmappable as error:
            rejects.append(_reject(plan, row, error))
    return kept, rejects


def _envelope(plan: Plan, row: Row, document: Kept) -> Kept:
    """Return the document, and what finds and compares it."""
    return {
        "key": document["key"],
        "id": row["id"],
        "document": document["document"],
        "changed": row.get("write_date") or "",
        "weight": float(sum(row[name] or 0 for name in plan.fingerprint)),
        "digest": plan.digest(row),
        "data": document,
    }


def _reject(plan: Plan, row: Row, error: RowUnmappable) -> Kept:
    """Return a row that does not fit, as people need it to see why."""
    return {
        "key": error.key,
        "id": row["id"],
        "document": plan.document_key(row),
        "raw": row,
        "reasons": error.reasons,
    }
