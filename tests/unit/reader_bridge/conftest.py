"""What most of the bridge's unit tests need."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reader_bridge.board import Board
from reader_bridge.events import CardPresented, Credential
from reader_bridge.sender import Sender
from reader_bridge.spool import Spool
from reader_bridge.writings import Writings
from tests.kit.fakes import Clock, FakeLink, Shown


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def open_spool(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Spool]]:
    """Opens the same spool file, as often as a test restarts the bridge."""
    opened: list[Spool] = []

    def make(boot: str = "boot 1") -> Spool:
        opened.append(Spool(tmp_path / "spool.sqlite", clock, clock, boot))
        return opened[-1]

    yield make
    for spool in opened:
        spool.close()


@pytest.fixture
def spool(open_spool: Callable[..., Spool]) -> Spool:
    return open_spool()


@pytest.fixture
def writings(tmp_path: Path) -> Iterator[Writings]:
    kept = Writings(tmp_path / "spool.sqlite")
    yield kept
    kept.close()


@pytest.fixture
def card() -> Callable[..., CardPresented]:
    """Makes a presented card."""

    def make(key: str = "k1", value: str = "K1.X", **changes: Any) -> CardPresented:
        kind = changes.get("kind", "token")
        return CardPresented(
            key,
            Credential(kind, value, "rfid"),
            changes.get("reader", "R"),
            changes.get("origin", "insert"),
            changes.get("at_s", 1000.0),
        )

    return make


@pytest.fixture
def sender(spool, link, shown, board, clock, writings) -> Sender:
    return Sender(spool, link, shown, board, writings, clock, jitter=lambda: 1.0)
