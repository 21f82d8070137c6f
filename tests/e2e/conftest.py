"""A shop in the morning: the whole chain, a seller at her screen, and an eye on the database."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.erp import Erp, ErpSettings, connect
from dev.parts import CARDS
from tests.kit.pages.screen import Screen, eventually

PICTURES = Path(__file__).parents[2] / ".dev" / "screenshots"
TILL = "Theke 1"


class Shop:
    """What stands in the database, asked over RPC as the administrator."""

    def __init__(self, chain) -> None:
        self.chain = chain
        self.odoo = chain.odoo
        self.erp: Erp = connect(
            ErpSettings(
                url=self.odoo.url,
                database=self.odoo.database,
                login="admin",
                secret="demo",
                transport="web",
            )
        )

    def call(self, model: str, method: str, ids=None, /, **arguments):
        """Call a method in the database."""
        return self.erp.call(model, method, ids, **arguments)

    def find(self, model: str, *domain, fields=("id",), **options) -> list[dict]:
        """Return the rows that match."""
        found = self.call(
            model, "search_read", domain=list(domain), fields=list(fields), load=None, **options
        )
        return found

    def one(self, model: str, *domain, fields=("id",)) -> dict:
        """Return the one row that matches."""
        (row,) = self.find(model, *domain, fields=fields)
        return row

    def customer(self, name: str) -> int:
        """Return the id of a customer."""
        return self.one("res.partner", ("name", "=", name))["id"]

    def article(self, name: str) -> int:
        """Return the id of an article."""
        return self.one("product.product", ("name", "=", name))["id"]

    def on_hand(self, name: str) -> float:
        """Return the stock of an article."""
        product = self.call(
            "product.product", "read", [self.article(name)], fields=["qty_available"]
        )
        return product[0]["qty_available"]

    def enrolment(self, customer: str, program: str) -> dict:
        """Return a customer's enrolment in a program."""
        return self.one(
            "loyalty.card",
            ("partner_id", "=", self.customer(customer)),
            ("program_id.name", "=", program),
            fields=("points", "expiration_date", "blocked", "customer_card_id"),
        )

    def history(self, enrolment: int) -> list[dict]:
        """Return the entries of an enrolment, the latest first, and check that they add up."""
        entries = self.find(
            "loyalty.card.entry",
            ("card_id", "=", enrolment),
            fields=(
                *("date", "reason", "delta", "balance", "quantity", "remaining", "key"),
                *("product_id", "user_id", "till_id", "customer_card_id", "origin_name"),
            ),
        )
        points = self.call("loyalty.card", "read", [enrolment], fields=["points"])[0]["points"]
        assert abs(points - sum(entry["delta"] for entry in entries)) < 1e-6
        return entries

    def card(self, customer: str) -> dict:
        """Return a customer's card."""
        return self.one(
            "customer.card",
            ("partner_id", "=", self.customer(customer)),
            fields=("number", "state", "medium_ids"),
        )

    def events(self, *domain) -> list[dict]:
        """Return the presented cards, the latest first."""
        fields = ("status", "state", "action", "message", "key")
        return self.find("customer.card.event", *domain, fields=fields)

    def bridge_says(self, text: str, since: int = 0) -> str:
        """Wait for a line in the bridge's log and return it."""

        def line() -> str:
            lines = self.chain.log(self.chain.bridge)[since:].splitlines()
            return next((line for line in reversed(lines) if text in line), "")

        return eventually(line, f"{text!r} in the log of the bridge")

    def bridge_log_size(self) -> int:
        """Return where the bridge's log ends now."""
        return len(self.chain.log(self.chain.bridge))

    def token(self, card: str) -> str:
        """Return the token on a card of the demo."""
        return json.loads((self.odoo.keys / CARDS).read_text())[card]


class Stopwatch:
    """Measures what a seller waits for; printed at the end of the run."""

    figures: list[tuple[str, float]] = []

    def __init__(self) -> None:
        self.began = time.monotonic()

    def stop(self, what: str) -> float:
        """Note how long it took, in seconds."""
        took = time.monotonic() - self.began
        self.figures.append((what, took))
        return took


def pytest_terminal_summary(terminalreporter) -> None:
    """Print the measured times."""
    for what, took in Stopwatch.figures:
        terminalreporter.write_line(f"  {what}: {took:.2f} s")


@pytest.fixture
def stopwatch() -> type[Stopwatch]:
    """Starts a measurement when called."""
    return Stopwatch


@pytest.fixture(scope="module")
def shop(chain) -> Shop:
    """The database of the shop."""
    return Shop(chain)


@pytest.fixture(scope="module")
def seller(browser, odoo, chain) -> Iterator[Screen]:
    """A seller whose screen is paired with the till."""
    screen = Screen(browser, odoo.url, PICTURES)
    screen.sign_in("verkauf")
    screen.pair_with(TILL)
    yield screen
    screen.close()


@pytest.fixture(autouse=True)
def empty_reader(chain) -> Iterator[None]:
    """Every test begins and ends without a card in the reader."""
    yield
    chain.remove()


@pytest.fixture(autouse=True)
def picture_of_a_failure(request, seller) -> Iterator[None]:
    """Keep what the seller saw when a test failed."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        seller.picture(f"failed-{request.node.name}")
