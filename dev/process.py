"""Starts and stops what a clone runs, by recorded process id and start time, never by name."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dev.paths import LOGS, RECORDS
from dev.say import Trouble, say, tail

# Fields of /proc/<pid>/stat, counted after the command's name
STATE, THREADS, STARTED = 0, 17, 19


def start(
    name: str,
    argv: Sequence[str | Path],
    *,
    ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path | None = None,
    timeout: float = 60,
    stop_signal: int = signal.SIGTERM,
    **info: Any,
) -> int:
    """Start a daemon in the background and wait until it is ready; return its process id.

    :param info: remembered beside the id, for example its port
    :raises Trouble: when it ends or is not ready in time, with the end of its log
    """
    RECORDS.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    path = log_of(name)
    with path.open("a") as log:
        process = subprocess.Popen(
            [str(arg) for arg in argv],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd or "/",
            start_new_session=True,
            **({"user": user, "group": user, "extra_groups": []} if user else {}),
        )
    record = {"pid": process.pid, "born": born(process.pid), "signal": int(stop_signal), **info}
    _record(name).write_text(json.dumps(record))
    deadline = time.monotonic() + timeout
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop(name)
            raise Trouble(f"{name} did not start, see {path}:\n{tail(path)}")
        time.sleep(0.05)
    process.returncode = 0  # it outlives this command: no warning about an unwaited child
    return process.pid


def log_of(name: str) -> Path:
    """Return the log file of *name*."""
    return LOGS / f"{name}.log"


def running(name: str) -> dict[str, Any] | None:
    """Return the record of *name* if exactly that process still runs."""
    try:
        record = json.loads(_record(name).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return record if born(record["pid"]) == record["born"] else None


def stop(name: str, timeout: float = 20) -> bool:
    """Stop *name* and what it started; return whether it was running."""
    record = running(name)
    if record:
        kill(record["pid"], record["born"], record["signal"], timeout)
    _record(name).unlink(missing_ok=True)
    return bool(record)


def crash(name: str) -> None:
    """End *name* as a crash would, without a word."""
    record = running(name)
    if record:
        kill(record["pid"], record["born"], signal.SIGKILL)
    _record(name).unlink(missing_ok=True)


def kill(pid: int, birth: str | None, first: int = signal.SIGTERM, timeout: float = 20) -> None:
    """End one process of ours, gently first; then whatever is left in its session."""
    if birth is None or born(pid) != birth:
        return
    os.kill(pid, first)
    deadline = time.monotonic() + timeout
    while born(pid) == birth and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    born(pid)


def stop_all(prefix: str = "") -> None:
    """Stop everything recorded under *prefix*, the latest first."""
    records = sorted(RECORDS.glob(f"{prefix}*.json"), key=lambda path: -path.stat().st_mtime)
    for record in records:
        if stop(record.stem):
            say(f"  {record.stem} stopped")


def born(pid: int) -> str | None:
    """Return what tells this process from a later one with the same id; None when it is gone."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A killed server's main thread may be gone while others still hold its port.
    gone = fields[STATE] in "ZX" and int(fields[THREADS]) <= 1
    return None if gone else f"{boot}:{fields[STARTED]}"


def _record(name: str) -> Path:
    return RECORDS / f"{name}.json"
