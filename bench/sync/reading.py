"""Reading: beside a naive and a careful script and raw search_read; and whether it stays flat."""

import resource
import statistics
import time
from pathlib import Path
from typing import Any

from bench.sync import naive
from bench.sync.figures import Figure
from bench.sync.rig import Rig
from connector.changes import Page
from connector.erp import ErpSettings
from connector.mapping import schema
from connector.pace import NIGHT_PAGE
from connector.rows import Rows

NAIVE, CAREFUL = 15, 40


def measure(rig: Rig) -> list[Figure]:
    """Return what reading costs."""
    times: list[float] = []
    sizes: list[int] = []

    def watch(_stream: str, page: Page, _kept: Any, seconds: float) -> None:
        if len(page.rows) == NIGHT_PAGE:
            times.append(seconds)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        sizes.append(pages * resource.getpagesize() // 2**20)

    rig.again()
    pull = rig.puller(streams=("invoice_line",), observe=watch)
    pull.changes()
    _, ours_s, ours_cpu = _timed(rig, lambda: pull.past())
    figures = [*_scripts(rig, rig.lines / ours_s, ours_cpu * 1000 / rig.lines)]
    figures += _raw(rig, rig.lines / ours_s)
    fifth = max(1, len(times) // 5)
    if len(times) > 1:
        first, last = statistics.median(times[:fifth]), statistics.median(times[-fifth:])
        figures.append(
            Figure(
                *("time of the last pages", "ms", last * 1000),
                *("time of the first pages", first * 1000, False, "≤ 1.1× growth"),
            )
        )
        figures.append(
            Figure(
                *("memory after the last page", "MB", float(sizes[-1])),
                *("after the third", float(sizes[min(2, len(sizes) - 1)]), False, "≤ 2 MB more"),
            )
        )
    figures += _again(rig, pull)
    return figures


def _timed(rig: Rig, work: Any) -> tuple[Any, float, float]:
    cpu, began = rig.cpu_s(), time.perf_counter()
    result = work()
    return result, time.perf_counter() - began, rig.cpu_s() - cpu


def _scripts(rig: Rig, ours: float, cpu: float) -> list[Figure]:
    host = rig.host.odoo
    source = naive.sign_in(rig.settings)
    target = naive.sign_in(ErpSettings(host.url, host.database, "admin", "demo"))
    ids = source.execute("account.move.line", "search", [("move_id.ref", "=", "clone")], 0, 200)
    script = naive.Script(source, target, rig.host.account, ids)
    figures = []
    for name, count, work, target_text in (
        ("naive odoorpc loop", NAIVE, script.naive, "≥ 5,000×"),
        ("careful script", CAREFUL, script.careful, "≥ 500×"),
    ):
        _, took, theirs = _timed(rig, lambda work=work, count=count: work(count))
        figures.append(
            Figure("lines a second", "1/s", ours, name, count / took, target=target_text)
        )
        figures.append(
            Figure(
                *("processor of both ERPs, 1000 lines", "s", cpu),
                *(name, theirs * 1000 / count, False, "≤ 0.035 s"),
            )
        )
    return figures


def _raw(rig: Rig, ours: float) -> list[Figure]:
    """The same pages by search_read alone: nothing mapped, nothing kept."""
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    fields = sorted(plan.root.fields)
    began, last, count = time.perf_counter(), 0, 0
    while page := rows.search(plan, [["id", ">", last]], fields, limit=NIGHT_PAGE):
        count, last = count + len(page), page[-1]["id"]
    raw = count / (time.perf_counter() - began)
    return [Figure("lines a second", "1/s", ours, "raw search_read", raw, target="≥ 0.85×")]


def _again(rig: Rig, pull: Any) -> list[Figure]:
    """What an idle scan costs, and comparing all beside reading all."""
    _, scan, _ = _timed(rig, pull.changes)
    quiet = rig.puller(streams=("invoice_line",), window_s=1.0)
    time.sleep(2)
    for _ in range(2):
        _, idle, idle_cpu = _timed(rig, quiet.changes)
        time.sleep(2)
    began = time.perf_counter()
    found = pull.compare()
    compared = time.perf_counter() - began
    assert not found["invoice_line"].differing
    rig.again()
    fresh = rig.puller(streams=("invoice_line",))
    fresh.changes()
    _, whole, _ = _timed(rig, lambda: fresh.past())
    return [
        Figure("a scan with everything in its window", "ms", scan * 1000),
        Figure("a scan with nothing in its window", "ms", idle * 1000),
        Figure("its processor time", "ms", idle_cpu * 1000),
        Figure(
            *("compare both sides", "ms", compared * 1000),
            *("read everything again", whole * 1000, False),
        ),
    ]
