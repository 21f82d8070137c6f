"""The two virtual environments: ours with the tools, and the one Odoo runs in."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dev.paths import ODOO_VENV, ROOT, VENV, content_hash
from dev.say import Trouble, run

REQUIREMENTS = ROOT / "dev" / "odoo-requirements.txt"
OLDEST, NEWEST = (3, 11), (3, 13)  # ours need 3.11, Odoo 19 was not made for 3.14


def ensure() -> None:
    """Make or renew both environments."""
    ensure_ours()
    _ensure(ODOO_VENV, "Odoo's dependencies", ["-r", REQUIREMENTS], content_hash(REQUIREMENTS))


def ensure_ours() -> None:
    """Make or renew the environment of our packages and the tools."""
    packages = [path.parent.name for path in sorted(ROOT.glob("*/__init__.py"))]
    recipe = [ROOT / name for name in ("setup.cfg", "setup.py", "pyproject.toml")]
    # An installation compiles them.
    recipe += sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))
    _ensure(
        VENV,
        "our packages and the tools",
        ["-e", f"{ROOT}[worker,till,dev]"],
        content_hash(*recipe, *packages),
    )


def ensure_with(
    folder: Path, python: str, what: str, builders: list[str], requirements: Path
) -> None:
    """Make or renew an environment of another Python.

    :param builders: packages that have to be there before the others can be built
    """
    packages = ["-r", requirements]
    _ensure(folder, what, packages, content_hash(requirements), python=python, first=builders)


def _ensure(
    folder: Path,
    what: str,
    packages: list[str | Path],
    wanted: str,
    *,
    python: str = "",
    first: Sequence[str] = (),
) -> None:
    python = python or interpreter()
    wanted = content_hash(wanted, str(folder), python, *first)
    stamp = folder / "complete"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    name = folder.name
    if not (folder / "bin" / "pip").exists() or not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        run(f"Virtual environment {name}", [python, "-m", "venv", folder], log=name)
    stamp.unlink(missing_ok=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q"]
    if first:
        run(f"Preparing {name}", [*pip, *first], log=f"pip-{name}")
    run(f"Installing {what}", [*pip, *packages], log=f"pip-{name}", cwd=ROOT)
    stamp.write_text(wanted)


@cache
def interpreter() -> str:
    """Return a Python that fits both.

    :raises Trouble: when there is none on this machine
    """
    names = ["python3.11", "python3.12", "python3.13", "/usr/bin/python3"]
    for candidate in [sys.executable, *filter(None, map(shutil.which, names))]:
        probe = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
        answer = subprocess.run([candidate, "-c", probe], capture_output=True, text=True)
        version = tuple(map(int, answer.stdout.split()))
        if answer.returncode == 0 and OLDEST <= version <= NEWEST:
            return candidate
    raise Trouble("No Python 3.11, 3.12 or 3.13 with venv found: apt-get install python3-venv")
