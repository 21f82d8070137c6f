"""Rows to documents: the columns of a page beside marshmallow."""

import time
from typing import Any

from bench.sync.figures import Figure
from bench.sync.rig import Rig
from connector.documents import as_json
from connector.foreign.pace import NIGHT_PAGE
from connector.mapping import schema
from connector.rows import Rows

ROWS = 20000
FEW = 1000


def measure(rig: Rig) -> list[Figure]:
    """Return microseconds per line."""
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    page = rows.read(plan, [], limit=FEW)
    many = page * (ROWS // len(page))
    fast = min(_page_seconds(plan, many) for _ in range(3)) / len(many)
    slow = _seconds(plan.explain, page) / len(page)
    assert plan.records(page) == [as_json(plan.explain(row)) for row in page]
    return [
        Figure(
            *("map and check a line", "µs", fast * 1e6),
            *("marshmallow", slow * 1e6, False, "≤ 1.5 µs, ≥ 20×"),
        )
    ]


def _page_seconds(plan: Any, rows: list[Any]) -> float:
    began = time.perf_counter()
    for start in range(0, len(rows), NIGHT_PAGE):
        assert plan.records(rows[start : start + NIGHT_PAGE])
    return time.perf_counter() - began


def _seconds(convert: Any, rows: list[Any]) -> float:
    began = time.perf_counter()
    for row in rows:
        convert(row)
    return time.perf_counter() - began
