"""The bridge as a process: how soon it watches, what it needs while nothing happens."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Row
from bench.till.rig import Till
from dev import process

REPEATS = 10


def restarts(till: Till) -> Row:
    """Kill the card service; measure from its being back until our readers are watched."""
    found = []
    for _ in range(REPEATS):
        till.pcscd.kill()
        while "ready" in till.status().get("readers", {}).values():
            time.sleep(0.002)
        time.sleep(0.3)
        back = _start(till)
        till.wait_until_watching()
        found.append(time.monotonic() - back)
    return Row("card service back → watching", found)


def cold_starts(till: Till) -> Row:
    """Measure from the start of the process, with the file cache warm."""
    found = []
    for _ in range(REPEATS):
        process.stop(till.process)
        found.append(till.start())
    return Row("cold start → watching", found)


@dataclass(frozen=True, slots=True)
class Rest:
    """What a bridge needs while nothing happens.

    :param percent: share of one core
    :param wakes: how often one of its threads woke up, per second
    """

    memory_mib: float
    percent: float
    wakes: float


def idle(till: Till, seconds: float) -> Rest:
    """Look at a bridge at rest for so long."""
    record = process.running(till.process)
    assert record
    proc = Path("/proc") / str(record["pid"])
    before, waits = _on_core_s(proc), _waits(proc)
    time.sleep(seconds)
    percent = (_on_core_s(proc) - before) / seconds * 100
    wakes = (_waits(proc) - waits) / seconds
    (memory_kib,) = _numbers(proc / "status", "VmRSS")
    return Rest(memory_kib / 1024, percent, wakes)


def _start(till: Till) -> float:
    """Start the card service and return the moment its socket was there."""
    moment = []

    def look() -> None:
        while not till.pcscd.socket.exists():
            time.sleep(0.0005)
        moment.append(time.monotonic())

    looking = threading.Thread(target=look)
    till.pcscd.socket.unlink(missing_ok=True)
    looking.start()
    till.pcscd.start()
    looking.join()
    return moment[0]


def _on_core_s(proc: Path) -> float:
    tasks = (proc / "task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _waits(proc: Path) -> int:
    """Return how often its threads have gone to sleep by themselves."""
    threads = (proc / "task").glob("*/status")
    return sum(sum(_numbers(thread, "voluntary_ctxt_switches")) for thread in threads)


def _numbers(status: Path, name: str) -> list[int]:
    lines = (line.split() for line in status.read_text().splitlines())
    return [int(words[1]) for words in lines if words[0] == f"{name}:"]
