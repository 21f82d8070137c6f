"""Odoo 19: from ODOO_HOME, from an installed odoo-19, or from Debian's package unpacked here."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dev import debian_tree
from dev.paths import DEV
from dev.say import Trouble, say

WANTED = "19"
UNPACKED = DEV / "odoo"
DIST = Path("usr/lib/python3/dist-packages")
# Odoo links to the JavaScript and fonts of other packages by relative paths. Newer suites have
# moved some of the files, hence the older one.
ODOO_SUITE, ASSETS_SUITE = "sid", "bookworm"
PACKAGES = {
    "odoo-19": ODOO_SUITE,
    "fonts-montserrat": ODOO_SUITE,
    "fonts-font-awesome": ASSETS_SUITE,
    "fonts-inconsolata": ASSETS_SUITE,
    "fonts-ocr-b": ASSETS_SUITE,
    "fonts-roboto-unhinted": ASSETS_SUITE,
    "libjs-jquery": ASSETS_SUITE,
    "libjs-jquery-form": ASSETS_SUITE,
    "libjs-underscore": ASSETS_SUITE,
}
# Debian strips this library; the 404 is a console error, on which every browser test fails
STRIPPED = Path("mail/static/lib/selfie_segmentation/selfie_segmentation.js")


@dataclass(frozen=True, slots=True)
class OdooHome:
    """An Odoo found: what to put on the path, its addons, its version and where it is from."""

    python_path: Path
    addons: tuple[Path, ...]
    version: str
    origin: str


@cache
def find() -> OdooHome:
    """Return the Odoo to use, downloading it if there is none.

    :raises Trouble: when ODOO_HOME is wrong or nothing can be downloaded
    """
    given = os.environ.get("ODOO_HOME")
    if given:
        home = _at(Path(given).expanduser().resolve(), "ODOO_HOME")
        if not home:
            raise Trouble(f"ODOO_HOME={given} holds no Odoo {WANTED}.")
        return home
    home = _at(Path("/"), "installed package") or _at(UNPACKED / "root", "Debian sid, unpacked")
    if not home:
        _download()
        home = _at(UNPACKED / "root", "Debian sid, unpacked")
    if not home:
        raise Trouble(f"The package odoo-{WANTED} did not contain what was expected.")
    return home


def _at(place: Path, origin: str) -> OdooHome | None:
    for parent in (place, place / DIST):
        release = parent / "odoo" / "release.py"
        if release.is_file():
            break
    else:
        return None
    found = re.search(r"^version_info = \((\d+), (\d+), (\d+)", release.read_text(), re.MULTILINE)
    if not found or found[1] != WANTED:
        return None
    version = ".".join(found.groups())
    addons = [path for path in (parent / "addons", parent / "odoo" / "addons") if path.is_dir()]
    python_path = parent
    if parent.name == DIST.name:  # on the path alone: Debian's other modules would hide the venv's
        version = _debian_version(place) or version
        python_path = DEV / "odoo" / "path"
        python_path.mkdir(parents=True, exist_ok=True)
        link = python_path / "odoo"
        if not link.is_symlink() or link.readlink() != parent / "odoo":
            link.unlink(missing_ok=True)
            link.symlink_to(parent / "odoo")
    return OdooHome(python_path, tuple(addons), version, origin)


def _debian_version(place: Path) -> str:
    changelog = place / "VERSION"
    if changelog.exists():
        return changelog.read_text().strip()
    query = ["dpkg-query", "--show", "--showformat", "${Version}", f"odoo-{WANTED}"]
    return subprocess.run(query, capture_output=True, text=True).stdout.strip()


def _download() -> None:
    debian_tree.make(UNPACKED, "Odoo 19 (about 130 MB)", PACKAGES, f"odoo-{WANTED}", _complete)


def _complete(root: Path) -> None:
    stripped = root / DIST / "odoo/addons" / STRIPPED
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()
    dangling = [link for link in root.rglob("*") if link.is_symlink() and not link.exists()]
    for link in dangling:
        say(f"  {link.relative_to(root)} points to nothing: a script or font will be missing.")


def tell() -> None:
    """Print and record which Odoo is used."""
    home = find()
    line = f"Odoo {home.version} ({home.origin})"
    (DEV / "odoo-version.txt").write_text(line + "\n")
    say(f"  {line}")
