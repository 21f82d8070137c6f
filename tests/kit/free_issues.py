"""Batteries that a branch and an employee hand out: counted, not charged."""

import uuid
from collections import Counter
from typing import Any

from connector.erp import Erp


class FreeIssues:
    """Branch F and employee E, each with a card for a program of their own.

    :param boss: the administrator; *till*: a till, whose reader the cards are put into
    :param product: what is handed out
    """

    def __init__(self, boss: Erp, till: Erp, product: int) -> None:
        self._boss, self._till, self._product = boss, till, product
        (self.customer,) = self._create("res.partner", name="Battery customer")
        company = self._find("res.company")[:1]
        boss.call("res.company", "write", company, vals={"card_issue_partner_id": self.customer})
        lines = [[0, 0, {"product_id": product}]]
        values = {"kind": "bonus_item", "insert_action": "decrease", "line_ids": lines}
        (self.program,) = self._create("loyalty.program", name="Free issues", **values)
        (self.employee,) = self._create("hr.employee", name="Sabine Verkauf")
        self.branch = self._find("stock.warehouse")[0]
        self._tokens = {
            "E": self._card("employee", employee_id=self.employee),
            "F": self._card("branch", warehouse_id=self.branch),
        }

    def _card(self, kind: str, **holder: int) -> str:
        (of,) = self._create("customer.card.type", name=f"Issue card {kind}", holder_type=kind)
        (card,) = self._create("customer.card", card_type_id=of, **holder)
        wish = {"program_id": self.program, "customer_card_id": card}
        self._boss.call("loyalty.enrol", "action_enrol", self._create("loyalty.enrol", **wish))
        return self._written(card)

    def _written(self, card: int) -> str:
        """Ask for the card on a screen, as only a manager may for a badge, and write a blank."""
        till = self._find("customer.till")[0]
        self._screen = self._boss.call("customer.till", "pair_screen", till_id=till)["secret"]
        wish = {"card_id": card, "screen": self._screen}
        self._boss.call("customer.card.encoding", "request", **wish)
        blank = {
            "key": uuid.uuid4().hex,
            "kind": "uid",
            "value": "04F0F1F2F3F4F5",
            "medium": "rfid",
        }
        (answer,) = self._till.call("customer.till", "card_presented", events=[blank])
        job = answer["encode"]
        done = {"encoding_id": job["encoding_id"], "read_back": job["token"]}
        self._till.call("customer.card.encoding", "confirm", **done)
        return str(job["token"])

    def give(self, who: str, quantity: float, purpose: str) -> None:
        """Insert a card and issue."""
        event = {"key": uuid.uuid4().hex, "kind": "token", "medium": "chip"}
        event["value"] = self._tokens[who]
        (answer,) = self._till.call("customer.till", "card_presented", events=[event])
        asked = {"event_id": answer["event_id"], "page": "backend", "screen": self._screen}
        claim = self._boss.call("customer.card.event", "claim", **asked)
        self._boss.call(
            "customer.card.event",
            "issue",
            event_id=answer["event_id"],
            allowance_id=claim["counters"][0]["allowance_id"],
            product_id=self._product,
            quantity=quantity,
            key=uuid.uuid4().hex,
            purpose=purpose,
            screen=self._screen,
        )

    def take_back(self, who: str) -> None:
        """Take the last issue of this card back in its history."""
        held = "employee_id" if who == "E" else "warehouse_id"
        mine = [["program_id", "=", self.program], [f"customer_card_id.{held}", "!=", False]]
        found = self._boss.call("loyalty.card", "search", domain=mine)
        self._boss.call("loyalty.card", "action_reverse_last_issue", found)

    def report(self, by: str) -> Counter[str]:
        """Return what the report says was handed out."""
        found = self._boss.call(
            "loyalty.card.issue.report",
            "search_read",
            domain=[["program_id", "=", self.program]],
            fields=[by, "quantity"],
        )
        counted: Counter[str] = Counter()
        for one in found:
            value = one[by]
            counted[value[1] if isinstance(value, list) else value] += int(one["quantity"])
        return counted

    def moved(self) -> Counter[str]:
        """Return the pieces of the done stock moves, by their partner."""
        found = self._boss.call(
            "stock.move",
            "search_read",
            domain=[
                ["card_entry_id.card_id.program_id", "=", self.program],
                ["state", "=", "done"],
            ],
            fields=["partner_id", "quantity"],
        )
        counted: Counter[str] = Counter()
        for move in found:
            counted[move["partner_id"][1]] += int(move["quantity"])
        return counted

    def owed(self) -> float:
        """Return what the battery customer has to pay."""
        (read,) = self._boss.call("res.partner", "read", [self.customer], fields=["credit"])
        return float(read["credit"])

    def invoiced(self) -> int:
        """Return the number of lines of invoices over what is handed out, whoever got them."""
        domain = [["product_id", "=", self._product], ["partner_id", "=", self.customer]]
        return int(self._boss.call("account.move.line", "search_count", domain=domain))

    def _create(self, model: str, **values: Any) -> list[int]:
        return list(self._boss.call(model, "create", vals_list=[values]))

    def _find(self, model: str) -> list[int]:
        return list(self._boss.call(model, "search", domain=[]))
