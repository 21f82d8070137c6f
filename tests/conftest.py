"""The real parts as fixtures. They run on the test stack of ``dev/``, each with data of its own."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from dev import cards, chromium, parts, process, stack, state
from dev import odoo as odoo_program
from dev import odoo14 as odoo14_program
from dev.say import Trouble
from tests.kit import foreign_shop


@pytest.fixture(scope="session")
def real_parts() -> Iterator[stack.Stack]:
    """PostgreSQL, Redis and pcscd; they stop when nobody uses them any more."""
    with stack.test_stack() as running:
        yield running


@pytest.fixture(scope="module")
def odoo(real_parts: stack.Stack) -> Iterator[stack.DemoOdoo]:
    """An Odoo on its own copy of the demo database; it may be killed and restarted."""
    with real_parts.odoo() as server:
        yield server


@pytest.fixture(scope="module")
def odoo14(real_parts: stack.Stack) -> Iterator[odoo14_program.Server]:
    """A real Odoo 14 on its own copy of its demo database: the foreign ERP."""
    try:
        odoo14_program.ensure()
    except Trouble as trouble:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO ODOO 14 HERE: {trouble}")
    with real_parts.odoo14() as server:
        yield server


@pytest.fixture(scope="module")
def plain_odoo19(real_parts: stack.Stack) -> Iterator[odoo_program.Server]:
    """A real Odoo 19 without our modules, with a small shop: the same scenes as in Odoo 14."""
    with real_parts.plain_odoo(foreign_shop.SHOP) as server:
        yield server


@pytest.fixture(scope="session")
def redis(real_parts: stack.Stack) -> stack.Redis:
    """A Redis that may be stopped and started again."""
    real_parts.start(real_parts.redis)
    return real_parts.redis


@pytest.fixture(scope="session")
def redis_url(redis: stack.Redis) -> str:
    """The address of the Redis."""
    return redis.url


@pytest.fixture(scope="session")
def pcscd(real_parts: stack.Stack) -> stack.Pcscd:
    """A private pcscd with the virtual reader: ``port`` for the card, ``env`` for its clients."""
    real_parts.start(real_parts.pcscd)
    return real_parts.pcscd


class Chain:
    """Worker and bridge of one Odoo, and the cards that can be put into the reader."""

    def __init__(
        self, odoo: stack.DemoOdoo, redis: stack.Redis, pcscd: stack.Pcscd, folder: Path
    ) -> None:
        self.odoo, self.redis, self.pcscd, self.folder = odoo, redis, pcscd, folder
        self.worker = f"test-worker-{odoo.database}"
        self.bridge = f"test-bridge-{odoo.database}"
        self.cards = cards.CardBox(odoo.keys, folder / "cards")

    def start_worker(self) -> None:
        """Start the worker; its log is ``log(chain.worker)``."""
        target = (self.odoo.keys, self.odoo.url, self.odoo.database)
        parts.start_worker(self.worker, self.folder, *target, self.redis)

    def start_bridge(self) -> None:
        """Start the bridge; its log is ``log(chain.bridge)``."""
        target = (self.odoo.keys, self.odoo.url, self.odoo.database)
        parts.start_bridge(self.bridge, self.folder, *target, self.pcscd)

    def stop(self, name: str) -> None:
        """Stop the worker or the bridge as systemd would."""
        process.stop(name)

    def crash(self, name: str) -> None:
        """Kill the worker or the bridge."""
        process.crash(name)

    def log(self, name: str) -> str:
        """Return what the worker or the bridge has logged."""
        return process.log_of(name).read_text(errors="replace")

    def insert(self, card: str) -> None:
        """Put a card of the demo into the reader, by its name."""
        cards.insert(self.pcscd, self.cards.image(card))

    def remove(self) -> None:
        """Take the card out."""
        cards.remove(self.pcscd)

    def close(self) -> None:
        """Leave nothing running."""
        self.remove()
        process.stop(self.bridge)
        process.stop(self.worker)
        state.forget(self.bridge)


@pytest.fixture(scope="module")
def chain(
    odoo: stack.DemoOdoo, redis: stack.Redis, pcscd: stack.Pcscd, tmp_path_factory
) -> Iterator[Chain]:
    """The whole chain on that Odoo: worker, bridge and cards."""
    running = Chain(odoo, redis, pcscd, tmp_path_factory.mktemp("chain"))
    with contextlib.closing(running):
        redis.flush()
        running.start_worker()
        running.start_bridge()
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium under Playwright."""
    with sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium.EXECUTABLE, args=chromium.FLAGS)
        yield started
        started.close()
