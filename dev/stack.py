"""The parts that belong together: one stack for the demo, one for the tests."""

import contextlib
import fcntl
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO, TypeVar

from dev import debian, odoo, odoo14, odoo_home, state, templates, venvs
from dev.paths import DEV, lock
from dev.pcsc import Pcscd
from dev.postgres import Cluster
from dev.redis import Redis

TEST_STACK = "CUSTOMER_CARD_TEST_STACK"  # which one the fixtures of the tests use
AnyServer = TypeVar("AnyServer", bound=odoo.Server)


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
    """PostgreSQL, Redis and pcscd under one name.

    As a context it stops them at the end, unless another command still uses them.
    """

    name: str
    durable: bool = False
    kin: str = ""
    _use: TextIO | None = None

    def __post_init__(self) -> None:
        self.postgres = Cluster(self.name, durable=self.durable, kin=self.kin)
        self.redis = Redis(self.name)
        self.pcscd = Pcscd(self.name)

    def start(self, *parts: Cluster | Redis | Pcscd) -> None:
        """Start the given parts, or all, where they do not run yet."""
        with lock(f"start-{self.name}"):
            for part in parts or self.parts:
                part.start()

    def take_over(self, other: "Stack", *databases: str) -> None:
        """Start PostgreSQL with these databases; where one is missing, as a copy of *other*'s."""
        self.start(self.postgres)
        if not set(databases) <= self.postgres.databases():
            with lock(f"start-{self.name}"):
                self.postgres.take_over(other.postgres)
                self.postgres.start()

    @property
    def parts(self) -> tuple[Cluster, Redis, Pcscd]:
        """Return all parts."""
        return self.postgres, self.redis, self.pcscd

    def __enter__(self) -> Self:
        self._use = (DEV / f"use-{self.name}.lock").open("w")
        fcntl.flock(self._use, fcntl.LOCK_SH)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._use
        with self._use, contextlib.suppress(BlockingIOError):
            fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for part in self.parts:
                part.stop()

    @contextlib.contextmanager
    def odoo(self) -> Iterator["DemoOdoo"]:
        """Run an Odoo on its own copy of the demo database."""
        self.start(self.postgres)
        template, keys = templates.demo(self.postgres)
        with self._copy("odoo", template, partial(DemoOdoo, keys=keys)) as server:
            server.start()
            yield server

    @contextlib.contextmanager
    def plain_odoo(self, script: str) -> Iterator["odoo.Server"]:
        """Run an Odoo with its own modules only, after *script* was run on its database."""
        self.start(self.postgres)
        with self._copy("odoo", templates.base(self.postgres), odoo.Server) as server:
            odoo.shell("A shop without our modules", self.postgres, server.database, script)
            server.start()
            yield server

    @contextlib.contextmanager
    def odoo14(self) -> Iterator["odoo14.Server"]:
        """Run an Odoo 14 on its own copy of its template.

        :raises Trouble: on a machine where it cannot be had
        """
        self.start(self.postgres)
        with self._copy("odoo14", odoo14.template(self.postgres), odoo14.Server) as server:
            server.start()
            yield server

    @contextlib.contextmanager
    def _copy(
        self, kind: str, template: str, make: Callable[[str, Cluster, str], AnyServer]
    ) -> Iterator[AnyServer]:
        """Make a server on its own copy of a template; both are gone at the end."""
        database = f"copy_{uuid.uuid4().hex[:8]}"
        server = make(f"{self.name}-{kind}-{database}", self.postgres, database)
        odoo.copy_database(self.postgres, template, database)
        try:
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
    return stack_beside(os.environ.get(TEST_STACK, "test"))


def stack_beside(name: str) -> Stack:
    """Return a stack for tests that run beside others and break things.

    It takes over the templates of the first, see :meth:`Stack.take_over`.
    """
    return Stack(name, kin="test")


def demo_stack() -> Stack:
    """Return the stack of the demo: its data survives a crash."""
    return Stack("demo", durable=True)
