"""Starts the whole chain for one run, on parts of its own, and stops it whatever happens."""

import contextlib
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import timed_bridge
from bench.reader import CardReader, Stamps
from dev import parts, process, stack, state
from dev.paths import ROOT, VENV
from dev.pcsc import Pcscd

NAME = "bench"


@dataclass(frozen=True, slots=True)
class Chain:
    """A running Odoo with worker and bridge, and the reader of its till."""

    odoo: stack.DemoOdoo
    reader: CardReader


@contextlib.contextmanager
def running() -> Iterator[Chain]:
    """Run everything; a Redis and a reader of our own, so that no other run is in the way."""
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        odoo = ends.enter_context(ends.enter_context(stack.test_stack()).odoo())
        own = ends.enter_context(stack.Stack(NAME))
        own.start(own.redis, own.pcscd)
        own.redis.flush()
        worker, bridge = f"{NAME}-worker", f"{NAME}-bridge"
        for name in (worker, bridge):
            process.stop(name)
            ends.callback(process.stop, name)
        parts.start_worker(worker, folder, odoo.keys, odoo.url, odoo.database, own.redis)
        stamps = ends.enter_context(contextlib.closing(Stamps(folder / "stamps.jsonl")))
        _start_bridge(bridge, folder, odoo, own.pcscd)
        reader = CardReader(own.pcscd.port, stamps)
        ends.callback(reader.let_go)
        yield Chain(odoo, reader)


def _start_bridge(name: str, folder: Path, odoo: stack.DemoOdoo, pcscd: Pcscd) -> None:
    settings, health = folder / "bridge.yaml", state.port(f"{name}-health")
    settings.write_text(
        parts.BRIDGE.format(
            url=odoo.url,
            database=odoo.database,
            login=parts.TILL_LOGIN,
            secret=odoo.keys / parts.TILL_KEY,
            spool=folder / "spool.sqlite",
            health=health,
        )
    )
    stamps = {timed_bridge.FILE: str(folder / "stamps.jsonl"), "PYTHONPATH": str(ROOT)}
    process.start(
        name,
        [VENV / "bin/python", "-m", "bench.timed_bridge", "run", "--config", settings],
        ready=lambda: _listens(health),
        env={**pcscd.env, **stamps},
        cwd=folder,
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
