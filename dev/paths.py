"""Where things lie. All of it below ``.dev``, which git ignores."""

import contextlib
import fcntl
import hashlib
import os
import stat
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
LOGS = DEV / "logs"
RECORDS = DEV / "run"
VENV = DEV / "venv"
ODOO_VENV = DEV / "odoo-venv"
ADDONS = ROOT / "odoo_addon"

SLOW = {"setup", "templates", "odoo-tests"}  # locks for which one may wait minutes
NOT_INSTALLED = {"__pycache__", "tests"}
SOCKET_PATH_LIMIT = 70  # the kernel takes 107 bytes; sockets lie two levels deeper


@cache
def private() -> Path:
    """Return the folder of clusters and sockets: below the clone, if all who need it can get there.

    As root, PostgreSQL runs as the user postgres, who cannot enter a clone below ``/root``.
    """
    inside = DEV / "private"
    if len(str(inside)) <= SOCKET_PATH_LIMIT and (os.geteuid() or _postgres_reaches(ROOT)):
        inside.mkdir(parents=True, exist_ok=True)
        return inside
    digest = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    outside = Path(f"/var/tmp/customer-card-{os.geteuid()}-{digest}")
    with contextlib.suppress(FileExistsError):
        outside.mkdir(mode=0o711)
    found = outside.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise RuntimeError(f"{outside} belongs to somebody else; remove it first.")
    return outside


def _postgres_reaches(folder: Path) -> bool:
    try:
        test = subprocess.run(["test", "-x", folder], user="postgres", group="postgres", cwd="/")
    except LookupError:  # the user comes with the Debian package
        return False
    return test.returncode == 0


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Let one command of this clone at a time prepare *name*; others wait for it."""
    DEV.mkdir(exist_ok=True)
    with (DEV / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if name in SLOW:
                print(f"  another command of this clone is at work on: {name}; waiting", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def content_hash(*parts: Path | str) -> str:
    """Return a short hash of texts, files and whole folders (names, contents; without tests)."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode() + b"\0")
            continue
        files = sorted(part.rglob("*")) if part.is_dir() else [part]
        for file in files:
            if file.is_file() and not NOT_INSTALLED & set(file.parts):
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
