"""An ERP made of dictionaries, with our outbox in front: fast, and it fails on command."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connector.exceptions import ErpRefused
from connector.outbox.host import OUTBOX

RELATIONS = {
    "move_id": "account.move",
    "order_id": "pos.order",
    "partner_id": "res.partner",
    "product_id": "product.product",
    "product_uom_id": "uom.uom",
    "currency_id": "res.currency",
    "company_id": "res.company",
}
SALE = {
    "product_id": 8,
    "product_uom_id": 1,
    "price_unit": 10.0,
    "discount": 0.0,
    "currency_id": 125,
}


def describe(record: dict[str, Any]) -> dict[str, Any]:
    kinds = {int: "integer", float: "float", str: "char", list: "one2many"}
    named = {"date": {"type": "date"}, "date_order": {"type": "datetime"}}
    links = {name: {"type": "many2one", "relation": model} for name, model in RELATIONS.items()}
    known = named | links
    return {
        name: known[name] if name in known else {"type": kinds[type(value)]}
        for name, value in record.items()
    }


class TableErp:
    """Call it like an ERP; put exceptions into ``errors`` to have the next calls fail."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[int, dict[str, Any]]] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        self.outbox: dict[int, dict[str, Any]] = {}
        self.settled: list[str] = []
        self.issued: list[int] = []
        self.failures: dict[int, str] = {}
        self.errors: list[Exception] = []
        self.poison: set[int] = set()
        self.calls: list[tuple[str, str]] = []
        self.server_time = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.unreadable: set[int] = set()

    def version(self) -> str:
        return "19.0"

    def add(self, model: str, **record: Any) -> int:
        table = self.tables.setdefault(model, {})
        record.setdefault("id", len(table) + 1)
        self.fields.setdefault(model, describe(record))
        table[record["id"]] = record
        return record["id"]

    def invoice(self, *amounts: float, state: str = "posted", kind: str = "out_invoice") -> int:
        """Add an invoice with one line per gross amount, and note it in the outbox."""
        move = self.add("account.move", move_type=kind, partner_id=7, pos_order_ids=[], state=state)
        for amount in amounts:
            self.add(
                "account.move.line",
                move_id=move,
                move_name=f"INV/{move}",
                date="2026-11-21",
                display_type="product",
                quantity=1.0,
                price_subtotal=amount / 1.19,
                price_total=amount,
                company_id=1,
                **SALE,
            )
        return self.note("sale", "account.move", move)

    def note(self, stream: str, model: str, res_id: int, event: str = "posted") -> int:
        row = max(self.outbox, default=0) + 1
        self.outbox[row] = {
            "id": row,
            "stream": stream,
            "model": model,
            "res_id": res_id,
            "event": event,
        }
        return row

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        self.calls.append((model, method))
        if self.errors:
            raise self.errors.pop(0)
        if model == OUTBOX:
            return getattr(self, method)(list(ids or ()), **kwargs)
        if model not in self.tables:
            raise ErpRefused("werkzeug.exceptions.NotFound", f"the model '{model}' does not exist")
        if method == "fields_get":
            return dict(self.fields[model])
        return getattr(self, method)(self.tables[model], ids, **kwargs)

    def search_read(
        self, table: Any, _ids: Any, *, domain: Any, fields: Any, limit: int = 0, **_: Any
    ) -> Any:
        (_, _, wanted), (_, _, last) = domain[-2:]
        if self.unreadable & set(wanted):
            raise ErpRefused("odoo.exceptions.AccessError", "You are not allowed to access this.")
        parent = domain[-2][0]
        found = [row for row in table.values() if row[parent] in wanted and row["id"] > last]
        return [{name: row[name] for name in fields} for row in found[: limit or None]]

    def read(self, table: Any, ids: Any, *, fields: Any, **_: Any) -> Any:
        return [{name: table[one][name] for name in fields} for one in ids if one in table]

    def pull(self, _ids: Any, *, streams: Any, limit: int, worker: str, version: str) -> Any:
        due = [row for row in self.outbox.values() if row["stream"] in streams]
        return {"now": "2026-11-21 12:00:00", "backlog": len(due), "rows": due[:limit]}

    def book_issues(self, ids: list[int]) -> Any:
        return self._book(ids, lambda row: self.issued.append(row["res_id"]))

    def settle_sales(self, ids: list[int], *, rejects: Any) -> Any:
        refused = {reject["id"]: reject["error"] for reject in rejects}

        def settle(row: dict[str, Any]) -> None:
            self.settled.append(f"{row['model']}:{row['res_id']}")

        return self._book(ids, settle, refused)

    def _book(self, ids: list[int], book: Any, refused: dict[int, str] | None = None) -> Any:
        refused = refused or {}
        if self.poison & set(ids) - set(refused):
            raise ErpRefused("builtins.MemoryError", "The whole call broke.")
        failures = self.failures | refused
        failed = [{"id": one, "error": failures[one]} for one in ids if one in failures]
        for one in ids:
            row = self.outbox.pop(one, None)
            if row and one not in failures:
                book(row)
        return {"done": [one for one in ids if one not in failures], "failed": failed, "busy": []}
