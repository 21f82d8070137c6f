"""The linters: what each must not find is said in setup.cfg and ruff.toml."""

import os
import subprocess
import time

from dev.paths import ADDONS, ROOT, VENV
from dev.say import say

PACKAGES = ("connector", "reader_bridge", "worker")


def commands() -> dict[str, list[str]]:
    """Return name and command line of each check that has something to look at."""
    checks = {
        "ruff": ["ruff", "check", "--quiet", "--output-format=concise", "."],
        "ruff format": ["ruff", "format", "--quiet", "--check", "--output-format=concise", "."],
    }
    if all((ROOT / package / "__init__.py").exists() for package in PACKAGES):
        checks["mypy"] = ["mypy", "--no-error-summary"]
        checks["import-linter"] = ["lint-imports", "--no-cache"]
    modules = sorted(str(path.parent) for path in ADDONS.glob("*/__manifest__.py"))
    if modules:
        checks["pylint-odoo"] = ["pylint", "--rcfile=setup.cfg", "--jobs=2", *modules]
    return checks


def run_all() -> dict[str, bool]:
    """Run all checks, show what they found, and return which passed."""
    results = {}
    path = {"PATH": f"{VENV / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": f"{ROOT}:{ADDONS}"}
    for name, argv in commands().items():
        began = time.monotonic()
        answer = subprocess.run(
            argv,
            cwd=ROOT,
            env={**os.environ, **path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        results[name] = answer.returncode == 0
        verdict = "ok" if results[name] else "FAILED"
        say(f"  {name:14} {verdict}  ({time.monotonic() - began:.1f} s)")
        if not results[name]:
            say((answer.stdout + answer.stderr).strip())
    return results


def report(results: dict[str, bool]) -> int:
    """Return the exit code that says whether all passed."""
    return 0 if all(results.values()) else 1
