"""Carries what was issued here into the stock of a foreign ERP, as the worker does."""

from typing import Any

from connector.erp import ErpSettings, connect
from connector.outbound.settings import StockSettings
from connector.outbound.stock import ForeignStock
from connector.outbox.issues import Issues
from tests.kit.foreign_erp import ForeignErp
from tests.kit.foreign_shop import ForeignShop

Rows = list[dict[str, Any]]


class Carrier:
    """One ERP with our addon, and the shop that keeps its stock; *keys* of what was carried."""

    def __init__(self, odoo: Any, shop: ForeignShop) -> None:
        key = (odoo.keys / "worker.key").read_text().strip()
        worker = connect(ErpSettings(odoo.url, odoo.database, "worker", key))
        self._issues = Issues(worker, "test", "0")
        self._boss = ForeignErp(odoo.url, odoo.database)
        self._shop = shop
        self.keys: list[str] = []

    def carry(self) -> tuple[dict[tuple[int, str], float], Rows]:
        """Book what waits.

        :return: the pieces that have moved so far by entry and partner, and the rows of the report
        """
        waiting = self._issues.pull(100)
        self.keys += [one.key for one in waiting]
        outcomes = ForeignStock(self._shop.erp, StockSettings()).book(waiting)
        assert not any(one.error for one in outcomes), outcomes
        assert self._issues.done(outcomes).failed == []
        moved = {
            (int(key.rpartition("_")[2]), partner): pieces
            for (key, partner), pieces in self._shop.gone(*self.keys).items()
        }
        rows: Rows = self._boss.call(
            "loyalty.card.issue.report",
            "search_read",
            domain=[["id", "in", [number for number, _partner in moved]]],
            fields=["quantity", "employee_id", "holder", "purpose"],
        )
        return moved, rows


def by(name: str, rows: Rows) -> dict[Any, float]:
    """Return the pieces of the report's rows by one of its columns."""
    found: dict[Any, float] = {}
    for row in rows:
        value = row[name][1] if isinstance(row[name], list) else row[name]
        found[value] = found.get(value, 0) + row["quantity"]
    return found
