"""A till on the bench: the real daemon, a real pcscd with virtual cards, and an ERP."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

from dev.pcsc import Pcscd
from tests.kit.fake_erp import FakeErp
from tests.kit.insertion import NEXT_LOOK_S, Insertion

ROOT = Path(__file__).resolve().parents[2]


class Rig:
    """Close it, and nothing is left running.

    :param folder: for settings, spool and log
    :param target: the ``erp:`` settings of a real ERP; without them a fake one is started
    """

    def __init__(self, folder: Path, pcscd: Pcscd, target: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.pcscd = pcscd
        self.erp = FakeErp().start()
        target = target or {
            "url": f"http://127.0.0.1:{self.erp.port}",
            "database": "fake",
            "login": "till",
            "secret": "env:TILL_KEY",
        }
        self.log_path = folder / "bridge.log"
        self.health = f"http://127.0.0.1:{_free_port()}/healthz"
        self.config = folder / "bridge.yaml"
        self.config.write_text(
            f"erp: {json.dumps(target)}\n"
            f"spool: {folder / 'spool.sqlite'}\n"
            f"health_port: {self.health.split(':')[2].split('/')[0]}\n"
        )
        self._daemon: subprocess.Popen[bytes] | None = None
        self._card: Insertion | None = None

    def __enter__(self) -> "Rig":
        return self

    def __exit__(self, *_: object) -> None:
        self.crash()
        self.remove()
        self.erp.stop()

    @property
    def log(self) -> str:
        """What the daemon has said."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    @property
    def environment(self) -> dict[str, str]:
        """What the bridge's programs need."""
        return {**os.environ, **self.pcscd.env, "TILL_KEY": "secret"}

    def start(self, ready: bool = True) -> None:
        """Start the daemon, and wait until it watches."""
        with self.log_path.open("ab") as log:
            self._daemon = subprocess.Popen(
                [sys.executable, "-m", "reader_bridge.cli", "run", "--config", str(self.config)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        if ready:
            self.until(lambda: len(self.status()["readers"]) == 2, "readers are watched")

    def crash(self, how: signal.Signals = signal.SIGKILL) -> int | None:
        """End the daemon, the hard way unless told otherwise."""
        if self._daemon is None:
            return None
        self._daemon.send_signal(how)
        code = self._daemon.wait(10)
        self._daemon = None
        return code

    def status(self) -> dict[str, Any]:
        """Return what the health page says; empty parts while nobody answers."""
        try:
            facts: dict[str, Any] = json.loads(self._health_page())
        except (OSError, ValueError, HTTPException):  # killed while it spoke
            facts = {}
        return facts or {"ok": False, "readers": {}, "trouble": {}, "spool_depth": None}

    def _health_page(self) -> bytes:
        try:
            with urllib.request.urlopen(self.health, timeout=5) as answer:
                page: bytes = answer.read()
        except urllib.error.HTTPError as unwell:
            with unwell:
                page = unwell.read()
        return page

    def insert(self, card: Path | dict[str, Any] | Insertion) -> Insertion:
        """Push a card in."""
        self._card = card if isinstance(card, Insertion) else Insertion(self.pcscd.port, card)
        self._card.open()
        threading.Thread(target=self._card.serve, daemon=True).start()
        return self._card

    def remove(self) -> None:
        """Pull the card out, and wait until pcscd and the daemon have seen it."""
        if self._card is None:
            return
        self._card.close()
        self._card = None
        time.sleep(NEXT_LOOK_S)
        self.until(lambda: "card" not in self.status()["readers"].values(), "reader is empty")

    def run(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start one of the other commands; it does not outlive half a minute."""
        process = subprocess.Popen(
            [sys.executable, "-m", "reader_bridge.cli", *arguments, "--config", str(self.config)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        end = threading.Timer(30, process.kill)
        end.daemon = True
        end.start()
        return process

    def until(self, true: Callable[[], Any], what: str, timeout_s: float = 10.0) -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + timeout_s
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {timeout_s} s: {what}\n{self.log}")
            time.sleep(0.02)

    def heard(self, count: int, timeout_s: float = 10.0) -> None:
        """Wait until the ERP has booked so many different events."""
        self.until(lambda: len(self.erp.events) >= count, f"{count} events", timeout_s)

    def said(self, text: str) -> None:
        """Wait until the daemon's log has the text."""
        self.until(lambda: text in self.log, f"the log says {text!r}")


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
