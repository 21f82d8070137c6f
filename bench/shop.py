"""What the office prepares for a run: an article, programs, customers with cards."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.erp import Erp, ErpSettings, connect
from dev.parts import TILL_KEY, TILL_LOGIN
from dev.stack import DemoOdoo
from tests.kit.chips import write_chip

PASSWORD = "demo"
SELLER, OFFICE = "verkauf", "admin"
TILL = "Theke 1"
PLENTY = 100_000


@dataclass(frozen=True, slots=True)
class Card:
    """A customer's card: what is printed on it and what is in its chip."""

    id: int
    number: str
    token: str
    customer: int
    name: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A presented card on a seller's screen, with the counter to issue from."""

    event: int
    allowance: int


class Shop:
    """The shop of the demo data, and what people do there over RPC as its screens do it."""

    def __init__(self, odoo: DemoOdoo) -> None:
        self.odoo = odoo
        self.office = self.sign_in(OFFICE)
        self.seller = self.sign_in(SELLER)
        key = (Path(odoo.keys) / TILL_KEY).read_text().strip()
        self.bridge = connect(ErpSettings(odoo.url, odoo.database, TILL_LOGIN, key))
        self.till = self.seller.call("customer.till", "screen_tills")[0]["id"]
        paired = self.seller.call("customer.till", "pair_screen", till_id=self.till)
        self.screen = paired["secret"]
        self.battery = self._one("product.product", [("default_code", "=", "B10")])
        self.pos = self._one("pos.config", [("name", "=", TILL)])
        self.article = self._stocked_article()
        self.counter = self._create(
            "loyalty.program",
            {
                "name": "Messprogramm",
                "kind": "bonus_item",
                "insert_action": "decrease",
                "line_ids": [(0, 0, {"product_id": self.article, "quantity": PLENTY})],
            },
        )

    def sign_in(self, login: str) -> Erp:
        """Return a new session of a person."""
        return connect(ErpSettings(self.odoo.url, self.odoo.database, login, PASSWORD, "web"))

    def program(self, action: str) -> int:
        """Return the demo's discount program with this insert action."""
        return self._one(
            "loyalty.program", [("insert_action", "=", action), ("kind", "=", "discount")]
        )

    def customer(self, name: str, program: int) -> Card:
        """Make a customer with a chip card and this program on it."""
        partner = self._create("res.partner", {"name": name})
        card = self._create("customer.card", {"partner_id": partner})
        self.enrol(partner, card, program)
        number = self.office.call("customer.card", "read", [card], fields=["number"])[0]["number"]
        return Card(card, number, write_chip(self.office, self.bridge, card), partner, name)

    def enrol(self, partner: int, card: int, program: int) -> None:
        """Give the customer a program, on his card."""
        values = {"program_id": program, "partner_id": partner, "customer_card_id": card}
        wizard = self._create("loyalty.enrol", values)
        self.office.call("loyalty.enrol", "action_enrol", [wizard])

    def lift_program_limit(self) -> None:
        """Allow more programs on a card than the demo's shop does."""
        companies = self.office.call("res.company", "search", domain=[])
        self.office.call("res.company", "write", companies, vals={"card_program_limit": 0})

    def discount(self) -> int:
        """Return a discount (master record) of the demo data."""
        return self._one("loyalty.discount", [])

    def present(self, card: Card) -> Claim:
        """Put a counter card on the seller's screen without a reader, ready to be confirmed."""
        event = {"key": uuid.uuid4().hex, "kind": "token", "value": card.token, "medium": "chip"}
        (answer,) = self.bridge.call("customer.till", "card_presented", events=[event])
        asked = {"event_id": answer["event_id"], "page": "backend", "screen": self.screen}
        claim = self.seller.call("customer.card.event", "claim", **asked)
        return Claim(answer["event_id"], claim["counters"][0]["allowance_id"])

    def issue(self, claim: Claim, key: str) -> dict[str, Any]:
        """Confirm one pack, as the issue dialog does; safe to repeat with its key."""
        return self.seller.call(
            "customer.card.event",
            "issue",
            event_id=claim.event,
            allowance_id=claim.allowance,
            product_id=self.article,
            quantity=1,
            key=key,
            screen=self.screen,
        )

    def waiting(self) -> int:
        """Return how many rows the worker still has to book."""
        return self.office.call("customer.card.outbox", "search_count", domain=[])

    def _stocked_article(self) -> int:
        values = {"name": "Messbatterie", "type": "consu", "is_storable": True, "list_price": 10.0}
        article = self._create("product.product", values)
        self.place = self.office.call(
            "stock.warehouse", "search_read", domain=[], fields=["lot_stock_id"], limit=1
        )[0]["lot_stock_id"][0]
        quant = {"product_id": article, "location_id": self.place, "inventory_quantity": PLENTY}
        made = self._create("stock.quant", quant)
        self.office.call("stock.quant", "action_apply_inventory", [made])
        return article

    def _one(self, model: str, domain: list[Any]) -> int:
        return self.office.call(model, "search", domain=domain, limit=1)[0]

    def _create(self, model: str, values: dict[str, Any]) -> int:
        return self.office.call(model, "create", vals_list=[values])[0]
