"""Runs the addon's tests, or Odoo's own, inside Odoo on a database made for that."""

import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dev import odoo, process, state, templates
from dev.paths import DEV, lock
from dev.postgres import Cluster
from dev.say import run, say

NATIVE_SUITES = ("loyalty", "sale_loyalty", "pos_loyalty")
COUNTS = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
FAILURE = re.compile(r": (FAIL|ERROR): (\w+\.\w+)$", re.MULTILINE)
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[^:]+): ")
LOUD = {"ERROR", "CRITICAL"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tests passed, failed and were skipped; a broken end counts as one that failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )


def ours(cluster: Cluster, tags: str = "") -> Outcome:
    """Install our modules on a copy of the base and run their tests on the way."""
    modules = templates.our_modules()
    tags = tags or ",".join(f"/{module}" for module in modules)
    title = "The addon's tests inside Odoo"
    return run_tests(title, cluster, templates.base(cluster), tags, ["-i", ",".join(modules)])


def native(cluster: Cluster) -> Outcome:
    """Run Odoo's own loyalty suites on a database where our modules are installed."""
    tags = ",".join(f"/{module}" for module in NATIVE_SUITES)
    arguments = ["-u", ",".join(NATIVE_SUITES)]
    return run_tests("Odoo's own tests", cluster, templates.ours(cluster), tags, arguments)


def run_tests(
    title: str,
    cluster: Cluster,
    template: str,
    tags: str,
    arguments: list[str],
    *,
    more: Sequence[Path] = (),
) -> Outcome:
    """Run with the log and the ports for itself; a second run in this clone waits.

    :param more: folders of modules beside Odoo's and ours
    """
    with lock("odoo-tests"):
        return _run_alone(title, cluster, template, tags, arguments, more)


def _run_alone(
    title: str,
    cluster: Cluster,
    template: str,
    tags: str,
    arguments: list[str],
    more: Sequence[Path],
) -> Outcome:
    database = f"tests_{uuid.uuid4().hex[:8]}"
    odoo.copy_database(cluster, template, database)
    ports = {"http_port": state.port("odoo-tests"), "gevent_port": state.port("odoo-tests-gevent")}
    conf = odoo.config("tests", cluster, more=more, **ports, screenshots=DEV / "screenshots")
    argv = odoo.command("-c", conf, "-d", database, *arguments)
    argv += ["--test-tags", tags, "--stop-after-init"]
    log = process.log_of("odoo-tests")
    began = time.monotonic()
    try:
        code = run(title, argv, log=log.stem, env=odoo.environment(), cwd="/", check=False)
    finally:
        odoo.drop_database(cluster, database)
    outcome = _read(log, code)
    say(f"  {outcome.passed} passed, {outcome.failed} failed ({time.monotonic() - began:.0f} s)")
    if outcome.failed:
        say(f"  the whole log: {log}")
    return outcome


def _read(log: Path, code: int) -> Outcome:
    """Count, and print what failed; an end without a count is a failure too."""
    text = log.read_text(errors="replace")
    counts = [tuple(map(int, match)) for match in COUNTS.findall(text)]
    failed = sum(failures + errors for failures, errors, _ in counts)
    total = sum(number for _, _, number in counts)
    if failed or code or not counts:
        say("\n".join(_loud_blocks(text)))
        say("\n".join(f"  {kind}: {test}" for kind, test in FAILURE.findall(text)))
        failed = failed or 1
    return Outcome(max(total - failed, 0), failed, text.count(": skipped "))


def _loud_blocks(text: str) -> list[str]:
    """Return the log's errors with their tracebacks."""
    blocks, loud = [], False
    for line in text.splitlines():
        start = LOG_LINE.match(line)
        if start:
            loud = start["level"] in LOUD
        elif not blocks and line.startswith(("Traceback", "odoo.", "usage:")):
            loud = True  # it ended before its log began
        if loud:
            blocks.append(f"    {line}")
    return blocks
