"""Debian packages: installs what is missing as root or through sudo, otherwise lists it."""

import os
import shutil
import subprocess

from dev.say import Trouble, run, say

PACKAGES = {
    "chromium": "the browser of the end-to-end tests",
    "fontconfig": "fonts in the browser",
    "fonts-dejavu-core": "fonts in the browser",
    "gcc": "builds Python packages",
    "git": "version control",
    "libcairo2-dev": "barcodes in PDF",
    "libmagic1": "file types in Odoo",
    "libpcsclite-dev": "builds pyscard",
    "make": "the commands",
    "pcscd": "smart cards",
    "pkg-config": "builds Python packages",
    "postgresql": "Odoo's database",
    "postgresql-client": "Odoo's database",
    "python3-dev": "builds Python packages",
    "python3-venv": "virtual environments",
    "redis-server": "the worker's queue",
    "swig": "builds pyscard",
    "vsmartcard-vpcd": "the virtual card reader",
    "wkhtmltopdf": "PDF in Odoo",
}


def missing() -> list[str]:
    """Return the packages that are not installed."""
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *PACKAGES]
    answer = subprocess.run(query, capture_output=True, text=True).stdout
    present = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [package for package in PACKAGES if package not in present]


def ensure() -> None:
    """Install the missing packages.

    :raises Trouble: when they are missing and this user may not install them
    """
    if not shutil.which("apt-get"):
        say("  This is no Debian: install by hand what is named in dev/debian.py.")
        return
    wanted = missing()
    if not wanted:
        return
    root = _root_prefix()
    if root is None:
        lines = "\n".join(f"    {package:18} {PACKAGES[package]}" for package in wanted)
        raise Trouble(
            f"These Debian packages are missing and only root can install them:\n{lines}\n\n"
            f"Run this once, then repeat the command:\n"
            f"    sudo apt-get install --no-install-recommends {' '.join(wanted)}"
        )
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    run("Reading the package lists", [*apt, "update"], log="apt-update", check=False)
    run(
        f"Installing {len(wanted)} Debian packages",
        [*apt, "install", "-y", "--no-install-recommends", *wanted],
        log="apt-install",
    )


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n"] if allowed else None
