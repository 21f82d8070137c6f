"""Reading: beside a naive and a careful script and raw search_read; and whether it stays flat."""

import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.sync import naive
from bench.sync.figures import Figure
from bench.sync.rig import Cpu, Rig
from connector.erp import ErpSettings
from connector.foreign.changes import Page
from connector.foreign.pace import NIGHT_PAGE
from connector.mapping import schema
from connector.rows import CONTEXT, SEARCH_READ_LOADS, Rows

NAIVE, CAREFUL = 15, 40
# From here on memory and time have to stay as they are.
FLAT_FROM = 100_000


def measure(rig: Rig) -> list[Figure]:
    """Return what reading costs."""
    watch = _Watch()
    rig.again()
    pull = rig.puller(streams=("invoice_line",), observe=watch)
    pull.changes()
    _, took_s, used = _timed(rig, lambda: pull.past())
    rate, cpu = rig.lines / took_s, used.each(rig.lines / 1000)
    figures = [*_scripts(rig, rate, cpu), *_raw(rig, rate, cpu)]
    figures += [
        Figure("processor of our own Odoo, 1000 lines", "s", cpu.host),
        Figure("processor of PostgreSQL, 1000 lines", "s", cpu.database),
        Figure("processor of the worker, 1000 lines", "s", cpu.worker),
    ]
    return [*figures, *watch.figures(), *_again(rig, pull)]


class _Watch:
    """How long each full page took, and our memory after it."""

    def __init__(self) -> None:
        self._lines = 0
        self._times: list[float] = []
        self._sizes: list[tuple[int, float]] = []

    def __call__(self, _stream: str, page: Page, _kept: Any, seconds: float) -> None:
        self._lines += len(page.rows)
        if not page.done:
            self._times.append(seconds)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self._sizes.append((self._lines, pages * resource.getpagesize() / 2**20))

    def figures(self) -> list[Figure]:
        """Return the last pages beside the first."""
        fifth = max(1, len(self._times) // 5)
        if len(self._times) < 2:
            return []
        first, last = (
            statistics.median(some) for some in (self._times[:fifth], self._times[-fifth:])
        )
        flat_from = min(FLAT_FROM, self._lines // 2)
        early = next(size for lines, size in self._sizes if lines >= flat_from)
        return [
            Figure(
                *("time of the last pages", "ms", last * 1000),
                *("time of the first pages", first * 1000, False, "≤ 1.1× growth"),
            ),
            Figure(
                *("memory after the last page", "MB", self._sizes[-1][1]),
                *(f"after {flat_from:,} lines", early, False, "≤ 2 MB more"),
            ),
        ]


def _timed(rig: Rig, work: Callable[[], Any]) -> tuple[Any, float, Cpu]:
    cpu, began = rig.cpu(), time.perf_counter()
    result = work()
    return result, time.perf_counter() - began, rig.cpu() - cpu


def _scripts(rig: Rig, ours: float, cpu: Cpu) -> list[Figure]:
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
                *("processor of both ERPs, 1000 lines", "s", cpu.erps),
                *(name, theirs.each(count / 1000).erps, False, "≤ 0.035 s"),
            )
        )
    return figures


def _raw(rig: Rig, ours: float, cpu: Cpu) -> list[Figure]:
    """The same pages by search_read alone: nothing joined, mapped or kept."""
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    model, fields = plan.section.model, sorted(plan.root.fields)

    def page(last: int) -> list[dict[str, Any]]:
        domain = [*plan.domain, ["id", ">", last]]
        wanted = {"domain": domain, "order": "id", "limit": NIGHT_PAGE, "context": CONTEXT}
        if rows.mapping.version >= SEARCH_READ_LOADS:
            return rows.erp.call(model, "search_read", fields=fields, load="", **wanted)
        # The older search_read cannot leave the names of links away; this is twice as fast.
        ids = rows.erp.call(model, "search", **wanted)
        return rows.erp.call(model, "read", ids, fields=fields, load="", context=CONTEXT)

    def everything() -> int:
        last = count = 0
        while found := page(last):
            count, last = count + len(found), found[-1]["id"]
        return count

    count, took, used = _timed(rig, everything)
    theirs = used.each(count / 1000)
    name = "processor of the foreign ERP, 1000 lines"
    return [
        Figure("lines a second", "1/s", ours, "raw search_read", count / took, target="≥ 0.85×"),
        Figure(name, "s", cpu.foreign, "raw search_read", theirs.foreign, more_is_better=False),
    ]


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
        Figure("a scan after all was written", "ms", scan * 1000),
        Figure("a scan with nothing in its window", "ms", idle * 1000),
        Figure("its processor time", "ms", idle_cpu.erps * 1000),
        Figure(
            *("compare both sides", "ms", compared * 1000),
            *("read everything again", whole * 1000, False),
        ),
    ]
