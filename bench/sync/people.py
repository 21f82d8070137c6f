"""The people at the foreign ERP while its past is read: by day, and without manners."""

import statistics
import threading
import time
from datetime import UTC, datetime

from bench.figures import percentile
from bench.sync.figures import Figure
from bench.sync.rig import WINDOW_S, Rig
from connector.foreign.pace import Night, Pace
from connector.foreign.source import Source
from connector.mapping import schema
from connector.rows import Rows

SECONDS = 8.0


def measure(rig: Rig) -> list[Figure]:
    """Return how long a click takes, idle, by day and at full speed."""
    idle = _clicks(rig)
    by_day = _beside(rig, Pace(Night(), now=lambda: datetime(2026, 11, 20, 11, tzinfo=UTC)))
    rude = _beside(rig, Pace(Night(timezone="UTC"), now=_midnight, sleep=lambda _: None))
    p95 = [percentile(one, 0.95) or 0.0 for one in (idle, by_day, rude)]
    return [
        Figure(
            *("a click while the past is read by day, p95", "ms", p95[1] * 1000),
            *("idle", p95[0] * 1000, False, "≤ 1.6× idle"),
        ),
        Figure(
            *("the same at full speed, p95", "ms", p95[2] * 1000),
            *("idle", p95[0] * 1000, False, "for the night"),
        ),
        Figure("a click by day, median", "ms", statistics.median(by_day) * 1000),
    ]


def _midnight() -> datetime:
    return datetime(2026, 11, 20, 0, tzinfo=UTC)


def _clicks(rig: Rig, until: float = 0.0) -> list[float]:
    """Open a list of customers again and again, as somebody at a desk."""
    erp, found = rig.erp(), []
    until = until or time.monotonic() + SECONDS
    domain = [["name", "ilike", "e"]]
    while time.monotonic() < until:
        began = time.perf_counter()
        ids = erp.call("res.partner", "search", domain=domain, limit=40)
        erp.call("res.partner", "read", ids, fields=["name", "ref", "city", "email"])
        found.append(time.perf_counter() - began)
        time.sleep(0.05)
    return found


def _beside(rig: Rig, pace: Pace) -> list[float]:
    rig.again()
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    streams = ("invoice_line",)
    pull = Source(rig.host.remote, rows, pace, window_s=WINDOW_S, streams=streams)
    until = time.monotonic() + SECONDS

    def read() -> None:
        while time.monotonic() < until:
            if not pull.past(lambda: time.monotonic() < until):
                rig.again()

    reader = threading.Thread(target=read)
    reader.start()
    found = _clicks(rig, until)
    reader.join()
    return found
