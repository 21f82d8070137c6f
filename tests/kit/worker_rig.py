"""The real worker, which can be killed and asked; its log is kept over all its lives."""

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dev import parts, process, stack
from dev.paths import VENV

READY = " ready."


class Worker:
    """A worker that can be killed; its log is kept over all its lives."""

    def __init__(
        self,
        name: str,
        odoo: stack.DemoOdoo,
        redis: stack.Redis,
        folder: Path,
        more: str = "",
        arguments: Sequence[str] = (),
    ) -> None:
        self.name = name
        self._target = (odoo.keys, odoo.url, odoo.database, redis, more, arguments)
        self._folder = folder
        process.log_of(name).parent.mkdir(parents=True, exist_ok=True)
        process.log_of(name).write_text("")

    def start(self) -> None:
        """Start it if it does not run, as its service manager does."""
        if process.running(self.name):
            return
        before = self.log.count(READY)
        parts.start_worker(self.name, self._folder, *self._target)
        until = time.monotonic() + 30
        while self.log.count(READY) == before and time.monotonic() < until:
            time.sleep(0.05)

    def stop(self) -> None:
        process.stop(self.name)

    def kill(self) -> None:
        process.crash(self.name)

    def children(self) -> list[int]:
        """Return the processes of its pool."""
        main = process.running(self.name)["pid"]
        # Processes that were started again are children of another thread.
        tasks = Path(f"/proc/{main}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]

    def kill_a_child(self) -> None:
        while not (children := self.children()):
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(children), signal.SIGKILL)

    @property
    def log(self) -> str:
        return process.log_of(self.name).read_text(errors="replace")

    def says(self, text: str, within_s: float = 20.0, times: int = 1) -> bool:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if self.log.count(text) >= times:
                return True
            time.sleep(0.1)
        return False

    @property
    def settings(self) -> Path:
        """Its settings file."""
        return self._folder / "worker.yaml"

    @property
    def broker(self) -> str:
        """The address of its Redis."""
        return self._target[3].url

    def health(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Ask it as its supervisor does: exit code and answer."""
        asked = ["health", "--json", "--config", self.settings, *options]
        argv = [VENV / "bin/customer-card-worker", *asked]
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        return answer.returncode, json.loads(answer.stdout)
