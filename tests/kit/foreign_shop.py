"""The stock of a foreign ERP, Odoo 14 or 19 without our modules, as its people see it."""

import contextlib
import itertools
import threading
import uuid
from typing import Any

from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import ErpUnreachable, RetryableError
from connector.outbound.settings import StockSettings
from connector.outbound.stock import ForeignStock
from connector.outbox.issues import Issue, Outcome

LOGIN, PASSWORD = "sync", "demo"
_numbers = itertools.count(1)

# What dev/odoo14_data.py makes, for an Odoo 19 as it is installed.
SHOP = """
env.ref("base.user_admin").write({"password": "demo", "tz": "Europe/Berlin"})
group = ["stock.group_stock_user", "stock.group_production_lot", "uom.group_uom", "base.group_user"]
env["res.users"].create({
    "name": "Sync", "login": "sync", "password": "demo",
    "group_ids": [(6, 0, [env.ref(name).id for name in group])],
})
env["res.partner"].create({"name": "Erika Meier", "ref": "K-0001"})
unit = env.ref("uom.product_uom_unit")
env["uom.uom"].create(
    {"name": "Päckchen 6", "relative_factor": 6, "relative_uom_id": unit.id}
)
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
for code, tracking in (("B10", "none"), ("LOS", "lot")):
    product = env["product.product"].create({
        "name": code, "default_code": code, "type": "consu", "is_storable": True,
        "tracking": tracking,
    })
    lot = env["stock.lot"]
    if tracking == "lot":
        lot = lot.create({"name": "L1", "product_id": product.id})
    env["stock.quant"]._update_available_quantity(product, stock, 100, lot_id=lot)
env.cr.commit()
"""


def issue(quantity: float = 1.0, code: str = "B10", **values: Any) -> Issue:
    """Return an issue that nobody has booked yet."""
    number = next(_numbers)
    wanted = {
        "id": number,
        "key": f"{uuid.uuid4().hex[:8]}_{number}",
        "quantity": quantity,
        "unit": "Units",
        "code": code,
        "barcode": "",
        "name": code,
        "customer": "K-0001",
        "place": "Counter 1",
        "lot": "",
        "origin": "Batteries",
    }
    return Issue(**{**wanted, **values})


class ForeignShop:
    """One shop; articles B10 and LOS (by lot, there is L1), 100 of each."""

    def __init__(self, url: str, database: str) -> None:
        self.settings = ErpSettings(url, database, LOGIN, PASSWORD, "web", 60)
        self.erp = connect(self.settings)

    def book(self, *issues: Issue, erp: Erp | None = None, **settings: Any) -> list[Outcome]:
        """Book as the worker does."""
        return ForeignStock(erp or connect(self.settings), StockSettings(**settings)).book(issues)

    def on_hand(self, code: str = "B10") -> float:
        """Return what is there."""
        wanted = [["default_code", "=", code]]
        (product,) = self._read("product.product", wanted, ["qty_available"])
        return float(product["qty_available"])

    def moves(self, one: Issue) -> list[dict[str, Any]]:
        """Return the moves of an issue."""
        pickings = self.erp.call("stock.picking", "search", domain=[["origin", "=", one.key]])
        fields = ["state", "product_qty", "partner_id", "location_dest_id"]
        moves = self._read("stock.move", [["picking_id", "in", pickings]], fields)
        picked = self._read("stock.picking", [["id", "in", pickings]], ["partner_id"])
        partner = picked[0]["partner_id"] if picked else False
        return [{**move, "partner_id": partner} for move in moves]

    def lots(self, one: Issue) -> set[str]:
        """Return the lots that an issue took its goods from, or brought them back to."""
        wanted = [["move_id.origin", "=", one.key], ["state", "=", "done"]]
        lines = self._read("stock.move.line", wanted, ["lot_id"])
        return {line["lot_id"][1] if line["lot_id"] else "" for line in lines}

    def gone(self, *keys: str) -> dict[tuple[str, str], float]:
        """Return the pieces of done moves by key and partner; below zero: they came back."""
        pickings = self._read("stock.picking", [["origin", "in", keys]], ["partner_id", "origin"])
        of = {one["id"]: (one["origin"], one["partner_id"][1]) for one in pickings}
        done = "qty_done" if self.erp.version() == "14.0" else "quantity"
        found: dict[tuple[str, str], float] = {}
        for usage, sign in (("customer", 1), ("internal", -1)):
            wanted = [
                ["picking_id", "in", list(of)],
                ["state", "=", "done"],
                ["location_dest_id.usage", "=", usage],
            ]
            for line in self._read("stock.move.line", wanted, ["picking_id", done]):
                key = of[line["picking_id"][0]]
                found[key] = found.get(key, 0) + sign * line[done]
        return found

    def cancel(self, one: Issue) -> None:
        """Somebody cancels its transfer."""
        found = self.erp.call("stock.picking", "search", domain=[["origin", "=", one.key]])
        self.erp.call("stock.picking", "action_cancel", found)

    def receive(self, quantity: float) -> None:
        """Goods come in: as a return, which needs no supplier."""
        (outcome,) = self.book(issue(-quantity))
        assert not outcome.error, outcome

    def at_once(self, one: Issue, times: int) -> list[Outcome]:
        """Have several workers book the same issue: all have looked before the first one loads."""
        outcomes: list[Outcome] = []
        barrier = threading.Barrier(times)

        def work() -> None:
            erp = _Together(connect(self.settings), barrier)
            with contextlib.suppress(RetryableError):  # asked again by the next one
                outcomes.extend(self.book(one, erp=erp))

        threads = [threading.Thread(target=work) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def _read(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        return list(self.erp.call(model, "search_read", domain=domain, fields=fields))


class LostAnswers:
    """An ERP that does what it is asked, and whose answer to *method* is lost once."""

    def __init__(self, erp: Erp, method: str) -> None:
        self._erp = erp
        self._method = method

    def call(self, model: str, method: str, ids: Any = None, /, **kwargs: Any) -> Any:
        """Answer, but once."""
        answer = self._erp.call(model, method, ids, **kwargs)
        if method == self._method:
            self._method = ""
            raise ErpUnreachable("No answer from the ERP.")
        return answer


class _Together:
    """An ERP whose first load waits for the others'."""

    def __init__(self, erp: Erp, barrier: threading.Barrier) -> None:
        self._erp = erp
        self._barrier = barrier

    def call(self, model: str, method: str, ids: Any = None, /, **kwargs: Any) -> Any:
        if method == "load":
            with contextlib.suppress(threading.BrokenBarrierError):
                self._barrier.wait(30)
                self._barrier.abort()
        return self._erp.call(model, method, ids, **kwargs)
