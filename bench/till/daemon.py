"""The bridge as a process: how soon it watches, what it needs while nothing happens."""

import threading
import time
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


def idle(till: Till, seconds: float) -> tuple[float, float]:
    """Return the memory in MiB and the share of one core, in percent, of a bridge at rest."""
    record = process.running(till.process)
    assert record
    proc = Path("/proc") / str(record["pid"])
    before = _on_core_s(proc)
    time.sleep(seconds)
    used = _on_core_s(proc) - before
    (memory,) = (
        int(line.split()[1])
        for line in (proc / "status").read_text().splitlines()
        if line.startswith("VmRSS:")
    )
    return memory / 1024, used / seconds * 100


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
