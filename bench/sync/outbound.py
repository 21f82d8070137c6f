"""Issues into the stock of the foreign ERP: many in a call beside one by one."""

import time

from bench.sync.figures import Figure
from bench.sync.rig import Rig
from connector.outbound.settings import StockSettings
from connector.outbound.stock import ForeignStock
from tests.kit.foreign_shop import issue

SINGLE, BATCH = 8, 50


def measure(rig: Rig) -> list[Figure]:
    """Return milliseconds per issue."""
    if rig.version == "19":
        return []  # there it is the same database, and the addon books it itself
    stock = ForeignStock(rig.erp(), StockSettings())
    began = time.perf_counter()
    for _ in range(SINGLE):
        (outcome,) = stock.book([issue()])
        assert not outcome.error, outcome
    single = (time.perf_counter() - began) / SINGLE
    many = [issue() for _ in range(BATCH)]
    began = time.perf_counter()
    outcomes = stock.book(many)
    batch = (time.perf_counter() - began) / BATCH
    assert not any(one.error for one in outcomes), outcomes
    return [
        Figure(
            *(f"an issue, {BATCH} in a call", "ms", batch * 1000),
            *("one by one", single * 1000, False, "≥ 8×"),
        )
    ]
