"""Prints the figures as a table and keeps them as JSON."""

import datetime
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figures import Row, Section
from dev import odoo_home

WIDTH = 40
HEAD = f"{'':{WIDTH}}{'n':>5}{'p50':>8}{'p95':>8}   {'script p50':>10}{'p95':>8}{'ratio':>8}"
LEGEND = """\
All times in milliseconds. script: the same action by a plain odoorpc script, call by call, from
the card's number on; it has no reader and no screen. ratio: script p50 / our p50; above 1 we are
quicker. busy: how often the ERP asked a till to repeat, because others were writing.
"""


def machine() -> dict[str, Any]:
    """Return what the figures depend on, to be called before there is any load of our own."""
    return {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        "odoo": odoo_home.find().version,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def text(where: dict[str, Any], reader_s: Sequence[float], sections: Sequence[Section]) -> str:
    """Return the table."""
    cost = Row("virtual reader: insert → pcscd tells", reader_s)
    lines = [
        f"Customer card bench · {where['at']} · Odoo {where['odoo']} · {where['cores']} cores,"
        f" load before {where['load']}",
        "",
        HEAD,
        _line(cost),
        "  pcscd looks into the virtual reader (vpcd) every 400 ms; a USB reader reports at once.",
        "  This waiting is in every row that starts with 'insert', and it is not ours.",
    ]
    for section in sections:
        lines += ["", section.title, *(_line(row) for row in section.rows)]
    return "\n".join([*lines, "", LEGEND])


def save(
    path: Path, where: dict[str, Any], reader_s: Sequence[float], sections: Sequence[Section]
) -> None:
    """Write everything measured, the single durations too."""
    found = {
        "machine": where,
        "virtual_reader": Row("insert → pcscd tells", reader_s).as_dict(),
        "sections": [
            {"title": section.title, "rows": [row.as_dict() for row in section.rows]}
            for section in sections
        ],
    }
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _line(row: Row) -> str:
    figures = row.as_dict()
    line = f"  {row.name:{WIDTH - 2}}{figures['n']:>5}" + _pair(figures, "p50_ms", "p95_ms")
    if row.plain_s:
        line += "   " + _pair(figures, "plain_p50_ms", "plain_p95_ms", 10)
        line += f"{figures['ratio']:>7.1f}×"
    if row.per_s is not None:
        line += f"   {row.per_s:>6.1f} a second{row.busy:>6} busy"
    if row.lost:
        line += f"   LOST: {row.lost}"
    return line


def _pair(figures: dict[str, Any], first: str, second: str, width: int = 8) -> str:
    return f"{figures[first]:>{width}.0f}{figures[second]:>8.0f}"
