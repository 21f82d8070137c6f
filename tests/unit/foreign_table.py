"""Two ERPs made of dictionaries: a foreign one whose rows change, and a host that keeps them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.exceptions import ErpRefused
from connector.foreign.host import SOURCE

MAPPING = """\
erp: odoo
version: 19
invoice_line:
  from: sale.line
  where: []
  watch: [write_date]
  fingerprint: [amount]
  live: {state: [posted]}
  fields:
    document: order_id
    number: name
    date: date
    customer: partner_id
    product: product_id
    quantity: quantity
    unit: {const: 1}
    price: amount
    discount: {const: 0}
    net: amount
    gross: amount
    currency: {const: 1}
    shop: {const: 1}
"""
TYPES = {
    "id": "integer",
    "order_id": "many2one",
    "partner_id": "many2one",
    "product_id": "many2one",
    "name": "char",
    "date": "date",
    "state": "selection",
    "quantity": "float",
    "amount": "float",
    "write_date": "datetime",
}
STATES = [["draft", "Draft"], ["posted", "Posted"], ["cancel", "Cancelled"]]
STAMP = "%Y-%m-%d %H:%M:%S"


class ForeignTable:
    """An ERP with one model. Time passes only when told; a row may become visible late."""

    def __init__(self) -> None:
        self.server_time = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.rows: dict[int, dict[str, Any]] = {}
        self.late: list[tuple[datetime, dict[str, Any]]] = []
        self.errors: list[Exception] = []
        # Rows of which a field cannot be computed.
        self.unreadable: set[int] = set()
        self.calls: list[str] = []
        self._next = 1
        # What else this user may see, by model.
        self.others: dict[str, list[dict[str, Any]]] = {
            "res.users": [{"id": 5, "company_ids": [1], "all_group_ids": [7]}],
            "res.company": [{"id": 1, "name": "Nord"}],
        }

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and commit what was to be committed by then."""
        self.server_time += timedelta(seconds=seconds)
        due = [one for one in self.late if one[0] <= self.server_time]
        self.late = [one for one in self.late if one[0] > self.server_time]
        for _, row in due:
            self.rows[row["id"]] = row

    def write(self, id_: int = 0, *, late_s: float = 0, **values: Any) -> int:
        """Write a row, stamped now and committed *late_s* seconds later."""
        if not id_:
            id_, self._next = self._next, self._next + 1
        old = self.rows.get(id_) or {
            "order_id": id_,
            "partner_id": 7,
            "product_id": 8,
            "name": f"INV/{id_}",
            "date": "2026-11-21",
            "state": "posted",
            "quantity": 1.0,
            "amount": 10.0,
        }
        row = {**old, **values, "id": id_, "write_date": self.server_time.strftime(STAMP)}
        if late_s:
            self.late.append((self.server_time + timedelta(seconds=late_s), row))
        else:
            self.rows[id_] = row
        return id_

    def version(self) -> str:
        return "19.0"

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        self.calls.append(method)
        if self.errors:
            raise self.errors.pop(0)
        if model in self.others and method == "fields_get":
            return dict.fromkeys(self.others[model][0], {})
        if model in self.others and method == "search_read":
            return self.others[model]
        if model != "sale.line" and method in {"fields_get", "search_read"}:
            raise ErpRefused("builtins.KeyError", model)
        if ids is not None and method == "read":
            return self.read(ids, **kwargs)
        return getattr(self, method)(**kwargs)

    def context_get(self) -> Any:
        return {}

    def fields_get(self, *, attributes: Any) -> Any:
        return {
            name: {
                "type": kind,
                "relation": "sale.order",
                "store": True,
                **({"selection": STATES} if kind == "selection" else {}),
            }
            for name, kind in TYPES.items()
        }

    def search_read(
        self, *, domain: Any, fields: Any, limit: int, order: str = "id", **_: Any
    ) -> Any:
        found = sorted(self._found(domain), key=lambda row: row["id"], reverse="desc" in order)
        if "name" in fields and self.unreadable & {row["id"] for row in found[:limit]}:
            raise ErpRefused("builtins.ZeroDivisionError", "float division by zero")
        return [{name: row[name] for name in fields} for row in found[:limit]]

    def search(self, *, domain: Any, limit: int, order: str = "id", **_: Any) -> Any:
        found = self.search_read(domain=domain, fields=["id"], limit=limit, order=order)
        return [row["id"] for row in found]

    def read(self, ids: Any, *, fields: Any, **_: Any) -> Any:
        if self.unreadable.intersection(ids):
            raise ErpRefused("builtins.ZeroDivisionError", "float division by zero")
        return [{name: self.rows[one][name] for name in fields} for one in ids if one in self.rows]

    def search_count(self, *, domain: Any) -> int:
        return len(self._found(domain))

    def formatted_read_group(self, *, domain: Any, **_: Any) -> Any:
        found = self._found(domain)
        return [
            {
                "__count": len(found),
                "amount:sum": sum(row["amount"] for row in found),
                "write_date:max": max((row["write_date"] for row in found), default=False),
            }
        ]

    def _found(self, domain: Any) -> list[dict[str, Any]]:
        tests = {
            ">": lambda a, b: a > b,
            ">=": lambda a, b: a >= b,
            "<=": lambda a, b: a <= b,
            "in": lambda a, b: a in b,
            "not in": lambda a, b: a not in b,
        }
        terms = [term for term in domain if term != "|"]
        return [
            row
            for row in self.rows.values()
            if all(tests[operator](row[name], value) for name, operator, value in terms)
        ]


class KeepingHost:
    """What our addon keeps, as dictionaries; the same calls."""

    def __init__(self) -> None:
        self.server_time = None
        self.positions: dict[tuple[str, str], str] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        self.rejects: dict[str, dict[str, Any]] = {}
        self.wanted: list[dict[str, str]] = []
        self.lateness = 0.0
        self.written = 0
        self.notes: list[tuple[str, bool]] = []
        self.poison: set[str] = set()
        self.fault = "psycopg2.errors.DataError"
        self.due = self.asked = False
        self.wrong_points = 0
        self.unsettled = 0
        self.troubles: dict[str, str] = {}
        self.tried: list[Any] = []
        # Rows that break the host, by key; and whether it refuses everything, as while it starts.
        self.poison_rows: set[str] = set()
        self.starting = False

    def version(self) -> str:
        return "19.0"

    def documents(self) -> dict[str, Any]:
        """Return what is here, by key."""
        return {key: row["data"] for key, row in self.kept.items()}

    def call(self, model: str, method: str, _ids: Any = None, /, **kwargs: Any) -> Any:
        assert model == SOURCE
        assert kwargs.pop("source") == "nord"
        return getattr(self, method)(**kwargs)

    def is_known(self) -> bool:
        return True

    def open_source(self, *, streams: Any, worker: str, version: str) -> Any:
        wanted, self.wanted = self.wanted, []
        return {
            "streams": {
                name: {lane: self.positions.get((name, lane), "") for lane in ("live", "history")}
                for name in streams
            },
            "retry": wanted,
            "compare": self.due,
            "asked": self.asked,
            "due": self.unsettled,
            "troubles": self.troubles,
        }

    def keep_page(
        self, *, stream: str, page: Any, lane: str, expected: str, position: str, status: Any
    ) -> Any:
        page = {**page, "rows": [{**row["data"], **row} for row in json.loads(page["rows"])]}
        if lane and self.positions.get((stream, lane), "") != expected:
            return {"stale": True, "position": self.positions[stream, lane]}
        poison = self.poison & {row["document"] for row in page["rows"]}
        if self.starting or poison or self.poison_rows & {row["key"] for row in page["rows"]}:
            raise ErpRefused(self.fault, "The whole call broke.")
        named = {row["key"] for row in [*page["rows"], *page["rejects"]]}
        low, high = page.get("ids") or (0, 0)
        gone = [
            key
            for key, row in self.kept.items()
            if key not in named
            and (row["document"] in page["documents"] or low < row["id"] <= high)
        ]
        for key in gone:
            del self.kept[key]
        new = [row for row in page["rows"] if row["key"] not in self.kept]
        changed = [
            row
            for row in page["rows"]
            if row["key"] in self.kept and self.kept[row["key"]]["data"] != row["data"]
        ]
        for row in page["rows"]:
            self.kept[row["key"]] = row
            self.rejects.pop(row["key"], None)
        self.rejects.update({row["key"]: row for row in page["rejects"]})
        self.written += len(new) + len(changed)
        if lane:
            self.positions[stream, lane] = position
        return {
            "stale": False,
            "new": len(new),
            "changed": len(changed),
            "gone": len(gone),
            "settled": 0,
            "failed": 0,
            "lateness": 0,
        }

    def sums(self, *, stream: str, ranges: Any) -> Any:
        found = []
        for low, high in ranges:
            rows = [row for row in self.kept.values() if low < row["id"] <= high]
            changed = max((row["changed"] for row in rows), default="")
            found.append([len(rows), sum(row["weight"] for row in rows), changed])
        return found

    def digests(self, *, stream: str, ranges: Any) -> Any:
        found = []
        for low, high in ranges:
            rows = [row for row in self.kept.values() if low < row["id"] <= high]
            found.append([len(rows), sum(row["digest"] for row in rows)])
        return found

    def preview(self, *, rows: Any) -> Any:
        """Book a point for each euro of its customer, in thoughts."""
        self.tried.append(rows)
        lines = [row["data"] for row in rows.get("invoice_line", [])]
        booked = [
            [one["customer"], f"No. {one['customer']}", one["gross"], 0, [1]] for one in lines
        ]
        documents = len({one["document"] for one in lines})
        return {"documents": documents, "unknown": [], "failed": [], "booked": booked}

    def settle_due(self) -> int:
        self.unsettled = max(0, self.unsettled - 100)
        return self.unsettled

    def check_points(self, *, after: int) -> Any:
        last = 0 if after == 2000 else after + 1000
        return {"last": last, "repaired": self.wrong_points if last == 2000 else 0}

    def note(self, *, error: str, part: str, compared: bool, repaired: int) -> bool:
        self.notes.append((error, compared))
        return True
