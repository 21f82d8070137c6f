"""All suites, and the one summary that counts.

One after the other, but for the addon's tests inside Odoo: those have a PostgreSQL of their own and
run beside the others, which wait for killed servers most of the time. Tests in a browser come last
and alone, since they look at what a seller waits for.
"""

import os
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

from dev import checks, odoo_tests, stack
from dev.odoo_tests import Outcome
from dev.paths import DEV, ROOT, VENV
from dev.postgres import Cluster
from dev.say import Trouble, kept, say

PATIENCE = 1800  # seconds for one suite; faults restart two ERPs many times
ORDER = ("lint", "unit", "contract", "erp", "faults", "e2e")


def run(names: tuple[str, ...], *arguments: str) -> int:
    """Run suites, print the summary, return 0 only if every one ran tests and none failed.

    :param arguments: handed to the suite, if it is only one
    """
    began = time.monotonic()
    outcomes: dict[str, tuple[Outcome, float]] = {}
    with stack.test_stack() as parts:
        beside = Beside() if {"erp", "faults"} <= set(names) else None
        for name in names:
            if name == names[-1] and beside:
                say("\n== inside Odoo, beside the others")
                outcomes["inside"] = beside.wait()
            say(f"\n== {name}")
            suite = _suite("erp-outside" if beside and name == "erp" else name, parts)
            outcomes[name] = _timed(suite, *arguments)
    return _summary(outcomes, time.monotonic() - began)


def _timed(suite: Callable[..., Outcome], *arguments: str) -> tuple[Outcome, float]:
    start = time.monotonic()
    try:
        outcome = suite(*arguments)
    except Trouble as trouble:
        say(str(trouble))
        outcome = Outcome(failed=1)
    return outcome, time.monotonic() - start


class Beside(threading.Thread):
    """The addon's tests inside Odoo, on a stack of their own."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._outcome: tuple[Outcome, float] = Outcome(failed=1), 0.0
        self._said: list[str] = []
        self.start()

    def run(self) -> None:
        """Run the tests and keep what there is to say."""
        with kept() as self._said, stack.Stack("inside") as parts:
            parts.start(parts.postgres)
            self._outcome = _timed(odoo_tests.ours, parts.postgres)

    def wait(self) -> tuple[Outcome, float]:
        """Wait for the end, say what was kept and return the outcome and the seconds."""
        self.join()
        say("\n".join(self._said))
        return self._outcome


def _suite(name: str, parts: stack.Stack) -> Callable[..., Outcome]:
    def in_odoo(tests: Callable[..., Outcome]) -> Callable[..., Outcome]:
        parts.start(parts.postgres)
        return lambda *arguments: tests(parts.postgres, *arguments)

    if name == "lint":
        return _lint
    if name == "erp-outside":
        parts.start(parts.postgres)
        return lambda *arguments: _pytest("erp", *arguments)
    if name == "erp":
        return in_odoo(_erp)
    if name == "native":
        return in_odoo(odoo_tests.native)
    if name in {"e2e", "faults"}:
        parts.start()
    return lambda *arguments: _pytest(name, *arguments)


def _lint() -> Outcome:
    return Outcome(failed=sum(not passed for passed in checks.run_all().values()))


def _erp(cluster: Cluster, tags: str = "") -> Outcome:
    """Run the tests that run inside Odoo and, unless told which, those that talk to it."""
    inside = odoo_tests.ours(cluster, tags)
    return inside if tags else inside + _pytest("erp")


def _pytest(name: str, *arguments: str) -> Outcome:
    report = DEV / f"report-{name}.xml"
    report.unlink(missing_ok=True)
    options = ["-q", "--color=yes" if os.isatty(1) else "--color=no", f"--junitxml={report}"]
    argv = [VENV / "bin/python", "-m", "pytest", *options, *(arguments or [f"tests/{name}"])]
    try:
        code = subprocess.run(argv, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=PATIENCE).returncode
    except subprocess.TimeoutExpired:
        raise Trouble(f"{name} did not end within {PATIENCE} s.") from None
    if not report.exists():
        return Outcome(failed=1)
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(key, 0)) for suite in suites)
        for key in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    passed = max(total - failed - skipped, 0)
    return Outcome(passed, failed or (1 if code else 0), skipped)


def _summary(outcomes: dict[str, tuple[Outcome, float]], seconds: float) -> int:
    say(f"\n== summary ({seconds:.0f} s)")
    version = DEV / "odoo-version.txt"
    if version.exists():
        say(f"  tested with {version.read_text().strip()}")
    passed = failed = 0
    for name, (outcome, took) in outcomes.items():
        if name == "lint":
            text = f"{outcome.failed} checks failed" if outcome.failed else "clean"
        else:
            text = f"{outcome.passed} passed, {outcome.failed} failed"
            text += f", {outcome.skipped} skipped" if outcome.skipped else ""
        say(f"  {name:9} {text}  ({took:.0f} s)")
        passed += outcome.passed
        failed += outcome.failed
    if not passed and set(outcomes) != {"lint"}:
        say("  No test ran.")
        failed = failed or 1
    say(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0
