"""All suites, and the one summary that counts.

Those that run an Odoo run at the same time, each on a stack of its own: they wait for browsers,
for answers and for what they killed. Tests in a browser that measure what a seller waits for come
last and alone.
"""

import contextlib
import os
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

from dev import checks, neighbours, odoo14, odoo_tests, process, stack, templates
from dev.odoo_tests import Outcome
from dev.paths import DEV, ROOT, VENV
from dev.postgres import Cluster
from dev.say import DIES_WITH_US, Trouble, kept, say

PATIENCE = 3600  # seconds for one suite; faults restart two ERPs many times
ORDER = ("lint", "unit", "contract", "erp", "faults", "e2e")
TELL_S = 60


def run(names: tuple[str, ...], *arguments: str) -> int:
    """Run suites, print the summary, return 0 only if every one ran tests and none failed.

    :param arguments: handed to the suite, if it is only one
    """
    began = time.monotonic()
    outcomes: dict[str, tuple[Outcome, float]] = {}
    with stack.test_stack() as parts:
        lanes = {}
        if names == ORDER:
            parts.start(parts.postgres)
            lanes = {name: Lane(name, parts, work) for name, work in LANES.items()}
        for name in names:
            if name == names[-1]:
                outcomes |= {lane: running.wait() for lane, running in lanes.items()}
            if name in lanes:
                continue
            say(f"\n== {name}")
            outcomes[name] = _timed(_suite(name, parts), *arguments)
    return _summary(outcomes, time.monotonic() - began)


def _timed(suite: Callable[..., Outcome], *arguments: str) -> tuple[Outcome, float]:
    start = time.monotonic()
    try:
        outcome = suite(*arguments)
    except Trouble as trouble:
        say(str(trouble))
        outcome = Outcome(failed=1)
    return outcome, time.monotonic() - start


class Lane(threading.Thread):
    """A suite that runs beside the others; what it says is kept until it is asked for."""

    def __init__(
        self, name: str, parts: stack.Stack, work: Callable[[stack.Stack], Outcome]
    ) -> None:
        super().__init__(daemon=True)
        self._suite, self._parts, self._work = name, parts, work
        self._outcome: tuple[Outcome, float] = Outcome(failed=1), 0.0
        self._said: list[str] = []
        self.start()

    def run(self) -> None:
        """Run the tests and keep what there is to say."""
        with kept() as self._said:
            self._outcome = _timed(self._work, self._parts)

    def wait(self) -> tuple[Outcome, float]:
        """Wait for the end, say what was kept and return the outcome and the seconds."""
        began = time.monotonic()
        while self.is_alive():
            self.join(TELL_S)
            if self.is_alive():
                say(f"  waiting for {self._suite}: {time.monotonic() - began:.0f} s")
        say(f"\n== {self._suite}")
        say("\n".join(self._said))
        return self._outcome


def _inside(parts: stack.Stack) -> Outcome:
    base = templates.base(parts.postgres)
    with stack.stack_beside("inside") as own:
        own.take_over(parts, base)
        return odoo_tests.ours(own.postgres)


def _erp_beside(parts: stack.Stack) -> Outcome:
    return _pytest("erp", log="suite-erp")


def _faults_beside(parts: stack.Stack) -> Outcome:
    needed = [templates.base(parts.postgres), templates.demo(parts.postgres)[0]]
    with contextlib.suppress(Trouble):  # without an Odoo 14 its tests say so themselves
        needed.append(odoo14.template(parts.postgres))
    with stack.stack_beside("faults") as own:
        own.take_over(parts, *needed)
        own.start()
        return _pytest("faults", log="suite-faults", env={stack.TEST_STACK: own.name})


# Begun in this order: the one that takes longest first.
LANES = {"inside": _inside, "erp": _erp_beside, "faults": _faults_beside}


def _suite(name: str, parts: stack.Stack) -> Callable[..., Outcome]:
    def in_odoo(tests: Callable[..., Outcome]) -> Callable[..., Outcome]:
        parts.start(parts.postgres)
        return lambda *arguments: tests(parts.postgres, *arguments)

    if name == "lint":
        return _lint
    if name == "erp":
        return in_odoo(_erp)
    if name == "native":
        return in_odoo(odoo_tests.native)
    if name == "neighbours":
        return in_odoo(neighbours.tests)
    if name in {"e2e", "faults"}:
        parts.start()
    return lambda *arguments: _pytest(name, *arguments)


def _lint() -> Outcome:
    return Outcome(failed=sum(not passed for passed in checks.run_all().values()))


def _erp(cluster: Cluster, tags: str = "") -> Outcome:
    """Run the tests that run inside Odoo and, unless told which, those that talk to it."""
    inside = odoo_tests.ours(cluster, tags)
    return inside if tags else inside + _pytest("erp")


def _pytest(
    name: str, *arguments: str, log: str = "", env: dict[str, str] | None = None
) -> Outcome:
    """Run a folder of tests.

    :param log: the log file that takes its output; it is said at the end
    """
    report = DEV / f"report-{name}.xml"
    report.unlink(missing_ok=True)
    options = ["-q", "--color=yes" if os.isatty(1) else "--color=no", f"--junitxml={report}"]
    argv = [
        *DIES_WITH_US,
        VENV / "bin/python",
        "-m",
        "pytest",
        *options,
        *(arguments or [f"tests/{name}"]),
    ]
    with contextlib.ExitStack() as output:
        file = output.enter_context(process.log_of(log).open("w")) if log else None
        try:
            code = subprocess.run(
                argv,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**os.environ, **(env or {})},
                timeout=PATIENCE,
            ).returncode
        except subprocess.TimeoutExpired:
            raise Trouble(f"{name} did not end within {PATIENCE} s.") from None
        finally:
            if log:
                say(process.log_of(log).read_text(errors="replace"))
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
