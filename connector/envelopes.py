"""What the receiver keeps of a row, and how one that does not fit is shown to people."""

from typing import Any

from connector.documents import as_json
from connector.exceptions import RowUnmappable
from connector.mapping.plan import Plan
from connector.rows import Row


def envelope(plan: Plan, row: Row) -> dict[str, Any]:
    """Return what the receiver keeps of one row: the document, and what finds and compares it.

    :raises RowUnmappable: it does not fit the mapping
    """
    document = as_json(plan.document(row))
    return {
        "key": document["key"],
        "id": row["id"],
        "document": document["document"],
        "changed": row.get("write_date") or "",
        "weight": weight(plan, row),
        "data": document,
    }


def reject(plan: Plan, row: Row, error: RowUnmappable) -> dict[str, Any]:
    """Return a row that does not fit, as people need it to see why."""
    return {
        "key": error.key,
        "id": row["id"],
        "document": plan.document_key(row),
        "raw": row,
        "reasons": error.reasons,
    }


def weight(plan: Plan, row: Row) -> float:
    """Return the row's part of the sums that both sides compare."""
    return float(sum(row[name] or 0 for name in plan.fingerprint))
