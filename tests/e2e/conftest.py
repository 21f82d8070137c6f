"""A shop in the morning: the whole chain, a seller at her screen, and an eye on the database."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.stack import DemoOdoo
from tests.conftest import Chain
from tests.kit.pages.screen import Screen
from tests.kit.shop import Shop

PICTURES = Path(__file__).parents[2] / ".dev" / "screenshots"
TILL = "Theke 1"


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


@pytest.fixture(scope="session")
def odoo(real_parts) -> Iterator[DemoOdoo]:
    """One Odoo for all stories: its start is the longest part of each."""
    with real_parts.odoo() as server:
        yield server


@pytest.fixture(scope="session")
def chain(odoo, redis, pcscd, tmp_path_factory) -> Iterator[Chain]:
    """Its worker, its bridge and the cards."""
    with contextlib.closing(Chain(odoo, redis, pcscd, tmp_path_factory.mktemp("chain"))) as running:
        redis.flush()
        running.start_worker()
        running.start_bridge()
        yield running


@pytest.fixture(scope="session")
def shop(chain) -> Shop:
    """The database of the shop."""
    return Shop(chain)


@pytest.fixture(scope="session")
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
