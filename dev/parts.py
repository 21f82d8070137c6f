"""Configures and starts our own daemons, the worker and the bridge, against an Odoo."""

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dev import process, state
from dev.paths import VENV
from dev.pcsc import Pcscd
from dev.redis import Redis

TILL_KEY, WORKER_KEY, CARDS = "till.key", "worker.key", "cards.json"
BRIDGE_SETTINGS = "bridge.yaml"
TILL_LOGIN, WORKER_LOGIN = "theke1", "worker"
PATIENCE = 1.5  # seconds a daemon must live to count as started

WORKER = """\
erp:
  url: {url}
  database: {database}
  login: {login}
  secret: file:{secret}
broker:
  url: {broker}
mapping: odoo-19
"""
BRIDGE = """\
erp:
  url: {url}
  database: {database}
  login: {login}
  secret: file:{secret}
spool: {spool}
health_port: {health}
heartbeat_s: 5
"""


def start_worker(
    name: str,
    folder: Path,
    keys: Path,
    url: str,
    database: str,
    redis: Redis,
    more: str = "",
    arguments: Sequence[str] = (),
) -> None:
    """Start the worker *name* with a settings file made in *folder*.

    :param more: further settings, as YAML
    """
    settings = folder / "worker.yaml"
    secret = keys / WORKER_KEY
    values = {"url": url, "database": database, "login": WORKER_LOGIN, "secret": secret}
    _write(settings, WORKER.format(**values, broker=redis.url) + more)
    argv = [VENV / "bin/customer-card-worker", "run", "--config", settings, *arguments]
    process.start(name, argv, ready=_alive(), cwd=folder)


def start_bridge(
    name: str, folder: Path, keys: Path, url: str, database: str, pcscd: Pcscd
) -> None:
    """Start the bridge *name* with a settings file and a spool in *folder*."""
    settings = folder / BRIDGE_SETTINGS
    secret = keys / TILL_KEY
    values = {"url": url, "database": database, "login": TILL_LOGIN, "secret": secret}
    health = state.port(f"{name}-health")
    _write(settings, BRIDGE.format(**values, spool=folder / "spool.sqlite", health=health))
    argv = [VENV / "bin/customer-card-bridge", "run", "--config", settings]
    process.start(name, argv, ready=lambda: _listens(health), env=pcscd.env, cwd=folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _alive() -> Callable[[], bool]:
    began = time.monotonic()
    return lambda: time.monotonic() - began > PATIENCE
