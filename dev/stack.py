"""The parts that belong together: one stack for the demo, one for the tests."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from dev import debian, odoo, odoo_home, process, state, templates, venvs
from dev.paths import DEV, lock
from dev.pcsc import Pcscd
from dev.postgres import Cluster
from dev.redis import Redis


def setup() -> None:
    """Provide everything that has to be installed; quick when it is there."""
    with lock("setup"):
        debian.ensure()
        venvs.ensure()
        odoo_home.tell()


def setup_tools() -> None:
    """Provide what the linters need, without Odoo's parts."""
    with lock("setup"):
        debian.ensure()
        venvs.ensure_ours()


@dataclass
class Stack:
    """PostgreSQL, Redis and pcscd under one name; as a context it stops only what it started."""

    name: str
    durable: bool = False
    _started: list[Cluster | Redis | Pcscd] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.postgres = Cluster(self.name, durable=self.durable)
        self.redis = Redis(self.name)
        self.pcscd = Pcscd(self.name)

    def start(self, *parts: Cluster | Redis | Pcscd) -> None:
        """Start the given parts, or all, where they do not run yet."""
        for part in parts or (self.postgres, self.redis, self.pcscd):
            if not process.running(part.name):
                part.start()
                self._started.append(part)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._started:
            self._started.pop().stop()

    @contextlib.contextmanager
    def odoo(self) -> Iterator["DemoOdoo"]:
        """Run an Odoo on its own copy of the demo database."""
        self.start(self.postgres)
        template, keys = templates.demo(self.postgres)
        database = f"copy_{uuid.uuid4().hex[:8]}"
        server = DemoOdoo(f"{self.name}-odoo-{database}", self.postgres, database, keys=keys)
        odoo.copy_database(self.postgres, template, database)
        try:
            server.start()
            yield server
        finally:
            server.stop()
            state.forget(server.name)
            odoo.drop_database(self.postgres, database)


class DemoOdoo(odoo.Server):
    """An Odoo with the demo data and the folder of its keys and cards."""

    def __init__(self, name: str, cluster: Cluster, database: str, *, keys: Path) -> None:
        super().__init__(name, cluster, database)
        self.keys = keys


def test_stack() -> Stack:
    """Return the stack of the tests: fast, its data is worth nothing."""
    return Stack("test")


def demo_stack() -> Stack:
    """Return the stack of the demo: its data survives a crash."""
    return Stack("demo", durable=True)


DEMO = DEV / "demo"
