import logging

import pytest

from connector.exceptions import ErpRefused, ErpUnreachable
from connector.outbox.issues import Issues, Outcome
from tests.unit.table_notes import TableNotes
from worker.outage import Outage
from worker.push import Push
from worker.suspects import Suspects


class Cards:
    """The ERP with our addon: issues that wait."""

    def __init__(self, number: int) -> None:
        self.rows = {one: self._row(one) for one in range(1, number + 1)}
        self.references: dict[int, str] = {}
        self.errors: dict[int, str] = {}

    @staticmethod
    def _row(number: int) -> dict:
        return {
            "id": number,
            "key": f"host_{number}",
            "quantity": 1.0,
            "unit": "Units",
            "product": {"code": "B10", "barcode": "", "name": "Battery"},
            "customer": {"ref": "K-1", "name": "Erika Meier"},
            "place": "Counter 1",
            "lot": "",
            "origin": "Batteries",
            "date": "2026-03-02 10:00:00",
        }

    def call(self, model, method, ids=None, /, **kwargs):
        if method == "pull_issues":
            due = [row for one, row in self.rows.items() if one not in self.errors]
            return {"rows": due[: kwargs["limit"]], "backlog": len(due)}
        assert (model, method) == ("customer.card.outbox", "push_done")
        failed = []
        for one in kwargs["results"]:
            if one["error"]:
                self.errors[one["id"]] = one["error"]
                failed.append({"id": one["id"], "error": one["error"]})
            else:
                self.references[one["id"]] = one["reference"]
                del self.rows[one["id"]]
        return {
            "done": [one for one in ids if one in self.references],
            "failed": failed,
            "busy": [],
        }


class Stock:
    """The foreign ERP."""

    def __init__(self) -> None:
        self.pages: list[list[int]] = []
        self.stumbles: set[int] = set()
        self.error: Exception | None = None

    def book(self, issues):
        self.pages.append([one.id for one in issues])
        if self.error:
            raise self.error
        if self.stumbles & {one.id for one in issues}:
            raise KeyError("lot_stock_id")
        return [
            Outcome(one.id, "", "No such article.")
            if one.id == 2
            else Outcome(one.id, f"OUT/{one.id}")
            for one in issues
        ]


class Lease:
    without_notes = False

    def __init__(self, rounds: int = 3) -> None:
        self.rounds = rounds

    def keep(self) -> bool:
        self.rounds -= 1
        return self.rounds >= 0


@pytest.fixture
def counted() -> dict[str, int]:
    return {}


@pytest.fixture
def push(counted):
    def make(cards: Cards, stock: Stock) -> Push:
        def count(_stream: str, outcome: str, number: int) -> None:
            counted[outcome] = counted.get(outcome, 0) + number

        return Push(
            Issues(cards, "worker@shop", "0"),
            stock,
            Outage(),
            Suspects(TableNotes(), "push"),
            page=100,
            count=count,
            poll_s=0.5,
            sleep=lambda _: None,
        )

    return make


def test_a_page_is_booked_and_confirmed_in_one_call_each(push, counted):
    cards, stock = Cards(5), Stock()
    assert push(cards, stock).round()
    assert stock.pages == [[1, 2, 3, 4, 5]]
    assert cards.references == {one: f"OUT/{one}" for one in (1, 3, 4, 5)}
    assert cards.errors == {2: "No such article."}
    assert counted == {"done": 4, "failed": 1}


def test_a_mistake_of_ours_is_the_fault_of_one_issue(push, caplog):
    caplog.set_level(logging.CRITICAL)
    cards, stock = Cards(8), Stock()
    stock.stumbles = {6}
    push(cards, stock).round()
    assert cards.errors[6] == "KeyError: 'lot_stock_id'"
    assert set(cards.references) == {1, 3, 4, 5, 7, 8}


@pytest.mark.parametrize(
    "error",
    [
        ErpUnreachable("No answer from the ERP."),
        ErpRefused("odoo.exceptions.AccessError", "You may not book transfers."),
    ],
)
def test_an_erp_that_is_away_or_refuses_us_keeps_the_rows(push, caplog, error):
    cards, stock = Cards(3), Stock()
    stock.error = error
    loop = push(cards, stock)
    loop.run(Lease(), 5, 5)
    assert (len(cards.rows), cards.errors) == (3, {})
    assert [record.message for record in caplog.records][0].startswith(str(error))
    stock.error = None
    loop.run(Lease(), 5, 5)
    assert set(cards.references) == {1, 3}
