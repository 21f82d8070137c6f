"""What people do in a shop all day, over RPC: issue goods, post invoices and credit notes.

Each booking carries a key and is repeated until the ERP has said yes or no, as screens do it.
"""

import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from connector.erp import ErpSettings, connect
from connector.exceptions import RetryableError

PASSWORD = "demo"
CUSTOMER = "meier"
PRICE = 20.0
POINTS = 200  # of one care kit: 10 % of its price, 100 points per euro
PATIENCE_S = 90.0


class BusyShop:
    """One customer with a counter without end and a points program, on the demo database."""

    def __init__(self, url: str, database: str, keys: Path) -> None:
        self.boss = connect(ErpSettings(url, database, "admin", PASSWORD, "web", 10))
        till_key = (keys / "till.key").read_text().strip()
        self.till = connect(ErpSettings(url, database, "theke1", till_key, timeout_s=10))
        self._token = json.loads((keys / "cards.json").read_text())[CUSTOMER]
        self.issued = 0
        self.sold = 0
        self._prepare()

    def _prepare(self) -> None:
        self.customer = self._one("res.partner", [["name", "=", "Erika Meier"]])
        self.battery = self._one("product.product", [["default_code", "=", "B10"]])
        self.packs = self._packs()
        self.kit = self._one("product.product", [["default_code", "=", "PS"]])
        program = {
            "name": f"Probe {uuid.uuid4().hex[:6]}",
            "kind": "bonus_item",
            "insert_action": "decrease",
            "line_ids": [[0, 0, {"product_id": one}] for one in (self.battery, self.packs)],
        }
        (self.program,) = self._boss("loyalty.program", "create", vals_list=[program])
        wish = {"program_id": self.program, "partner_id": self.customer}
        wizard = self._boss("loyalty.enrol", "create", vals_list=[wish])
        self._boss("loyalty.enrol", "action_enrol", wizard)
        self.counter = self._one("loyalty.card", [["program_id", "=", self.program]])
        self.account = self._one(
            "loyalty.card",
            [["partner_id", "=", self.customer], ["program_id.kind", "=", "points"]],
        )
        self.points_before = self.points()
        till = self._one("customer.till", [])
        self._screen = self._boss("customer.till", "pair_screen", till_id=till)["secret"]

    def _packs(self) -> int:
        """Return a new article "B10" that is kept in packs of six, with ten packs in stock."""
        six = self._one("uom.uom", [["name", "=", "Pack of 6"]])
        values = {"name": "Batteries", "default_code": "B10", "uom_id": six, "is_storable": True}
        (product,) = self._boss("product.product", "create", vals_list=[values])
        place = self._one("stock.warehouse", [])
        (house,) = self._boss("stock.warehouse", "read", [place], fields=["lot_stock_id"], load="")
        there = {"product_id": product, "location_id": house["lot_stock_id"]}
        quant = self._boss("stock.quant", "create", vals_list=[{**there, "inventory_quantity": 10}])
        self._boss("stock.quant", "action_apply_inventory", quant)
        return int(product)

    def insert_card(self) -> None:
        """Insert the customer's card: the screen offers to issue."""
        event = {"key": uuid.uuid4().hex, "kind": "token", "value": self._token, "medium": "chip"}
        claim = None
        while not claim:  # an answer that was lost: the card is inserted once more
            event["key"] = uuid.uuid4().hex
            (answer,) = _patiently(
                lambda: self.till.call("customer.till", "card_presented", events=[event])
            )
            self._event = answer["event_id"]
            asked = {"event_id": self._event, "page": "backend", "screen": self._screen}
            claim = self._boss("customer.card.event", "claim", **asked)
        self._allowances = {
            one["products"][0]["id"]: one["allowance_id"]
            for one in claim["counters"]
            if one["enrolment_id"] == self.counter
        }

    def issue(self, product: int | None = None, quantity: float = 1, clicks: int = 1) -> None:
        """Insert the card and issue batteries; more *clicks* confirm the same once more."""
        self.insert_card()
        product, key = product or self.battery, uuid.uuid4().hex
        for _ in range(clicks):
            self._boss(
                "customer.card.event",
                "issue",
                event_id=self._event,
                allowance_id=self._allowances[product],
                product_id=product,
                quantity=quantity,
                key=key,
                screen=self._screen,
            )
        self.issued += 1

    def on_hand(self, product: int) -> float:
        """Return the stock of an article, in its own unit."""
        wanted = ["qty_available"]
        (found,) = self._boss("product.product", "read", [product], fields=wanted)
        return float(found["qty_available"])

    def issued_of(self, product: int) -> float:
        """Return how much of an article the counter says was issued."""
        mine = [["card_id", "=", self.counter], ["product_id", "=", product]]
        found = self._boss("loyalty.card.entry", "search_read", domain=mine, fields=["quantity"])
        return float(sum(entry["quantity"] for entry in found))

    def sell(self, *, refund: bool = False) -> int:
        """Post an invoice over one care kit, or its credit note; return its id."""
        reference = uuid.uuid4().hex
        line = {"product_id": self.kit, "quantity": 1, "price_unit": PRICE}
        invoice = {
            "move_type": "out_refund" if refund else "out_invoice",
            "partner_id": self.customer,
            "ref": reference,
            "invoice_line_ids": [[0, 0, line]],
        }

        def book() -> int:
            # A call whose answer was lost may have been done: look before doing it again.
            there = [["ref", "=", reference]]
            found = self.boss.call("account.move", "search", domain=there)
            found = found or self.boss.call("account.move", "create", vals_list=[invoice])
            (move,) = self.boss.call("account.move", "read", found, fields=["state"])
            if move["state"] == "draft":
                self.boss.call("account.move", "action_post", found)
            return int(found[0])

        made = _patiently(book)
        self.sold += -1 if refund else 1
        return made

    def something(self) -> None:
        """Do one of the things of the day."""
        if random.random() < 0.6:
            self.issue()
        else:
            self.sell(refund=self.sold > 2 and random.random() < 0.3)

    def points(self) -> float:
        """Return the customer's points."""
        (account,) = self._boss("loyalty.card", "read", [self.account], fields=["points"])
        return float(account["points"])

    def waiting(self) -> list[dict[str, Any]]:
        """Return the rows of the outbox."""
        wanted = ["stream", "model", "res_id", "state", "error", "attempts"]
        return list(self._boss("customer.card.outbox", "search_read", domain=[], fields=wanted))

    def moves_per_entry(self) -> Counter[int]:
        """Return how many done stock moves each issue of this shop has."""
        mine = [["card_id", "=", self.counter], ["reason", "=", "issue"]]
        entries = self._boss("loyalty.card.entry", "search", domain=mine)
        moves = self._boss(
            "stock.move",
            "search_read",
            domain=[["card_entry_id", "in", entries], ["state", "=", "done"]],
            fields=["card_entry_id"],
            load="",
        )
        counted = Counter(move["card_entry_id"] for move in moves)
        counted.update(dict.fromkeys(entries, 0))
        return counted

    def settled(self, within_s: float = 30.0) -> bool:
        """Wait until the worker has nothing left to do."""
        return any(not self.waiting() for _ in _tries(within_s))

    def check(self) -> None:
        """Assert that nothing is lost and nothing doubled.

        Every issue has exactly one stock move; the points are those of the documents; the balance
        is the sum of its entries.
        """
        assert self.settled(), self.waiting()
        moves = self.moves_per_entry()
        assert len(moves) == self.issued
        assert set(moves.values()) <= {1}, moves
        assert self.points() - self.points_before == POINTS * self.sold
        mine = [["card_id", "=", self.account]]
        entries = self._boss("loyalty.card.entry", "search_read", domain=mine, fields=["delta"])
        assert sum(entry["delta"] for entry in entries) == self.points()

    def _one(self, model: str, domain: list[Any]) -> int:
        return int(self._boss(model, "search", domain=domain, limit=1)[0])

    def _boss(self, model: str, method: str, *ids: Any, **kwargs: Any) -> Any:
        return _patiently(lambda: self.boss.call(model, method, *ids, **kwargs))


def _patiently(work: Callable[[], Any]) -> Any:
    for _ in _tries(PATIENCE_S):
        try:
            return work()
        except RetryableError as error:
            last = error
    raise last


def _tries(within_s: float) -> Iterator[None]:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        yield
        time.sleep(0.2)
