"""Debian packages of any suite, unpacked into a folder of ours instead of installed."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from dev.say import Trouble, run


def make(
    folder: Path,
    what: str,
    packages: Mapping[str, str],
    main: str,
    complete: Callable[[Path], None] = lambda root: None,
) -> None:
    """Download *packages* (name -> suite) and unpack them into ``folder/root``.

    :param main: the package whose version is kept in ``root/VERSION``
    :param complete: called with the new tree before it gets its final name
    :raises Trouble: when nothing can be downloaded
    """
    cache, lists = folder / "cache", folder / "lists"
    debs = cache / "debs"
    shutil.rmtree(debs, ignore_errors=True)  # of an interrupted run, perhaps another version
    for part in (cache / "archives/partial", lists / "partial", debs):
        part.mkdir(parents=True, exist_ok=True)
    mirror = _mirror()
    sources = folder / "sources.list"
    suites = sorted(set(packages.values()))
    sources.write_text("".join(f"deb {mirror} {suite} main\n" for suite in suites))
    apt = _apt(sources, lists, cache)
    run(f"Reading Debian's package lists of {', '.join(suites)}", [*apt, "update"], log="apt-lists")
    wanted = [f"{package}/{suite}" for package, suite in packages.items()]
    run(f"Downloading {what}", [*apt, "download", *wanted], log="apt-download", cwd=debs)
    _unpack(folder, debs, main, complete)
    shutil.rmtree(cache)
    shutil.rmtree(lists)


def _apt(sources: Path, lists: Path, cache: Path) -> list[str]:
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::Lists": lists,
        "Dir::Cache": cache,
        "APT::Sandbox::User": "root",  # its own user cannot enter every clone
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
    }
    pairs = [f"{key}={value}" for key, value in options.items()]
    return ["apt-get", "-q", *(part for pair in pairs for part in ("-o", pair))]


def _unpack(folder: Path, debs: Path, main: str, complete: Callable[[Path], None]) -> None:
    root = folder / "root.new"  # only a whole tree gets its final name
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    each = 'for deb; do dpkg -x "$deb" "$0" || exit; done'
    run(f"Unpacking {main}", ["sh", "-c", each, root, *sorted(debs.glob("*.deb"))], log="unpack")
    (deb,) = debs.glob(f"{main}_*.deb")
    (root / "VERSION").write_text(_output("dpkg-deb", "--field", deb, "Version") + "\n")
    complete(root)
    root.rename(folder / "root")


def _mirror() -> str:
    """Return the Debian mirror this machine uses itself, with the key it trusts."""
    targets = _output(
        *("apt-get", "indextargets", "--format", "$(ORIGIN) $(RELEASE) $(REPO_URI)"),
        "Created-By: Packages",
    )
    for line in targets.splitlines():
        release, _, uri = line.removeprefix("Debian").strip().partition(" ")
        if "/debian" in uri and "-" not in release:
            key = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
            return f"[signed-by={key}] {uri}" if key.exists() else uri
    raise Trouble(
        "This machine's apt knows no Debian mirror to take Odoo from."
        "\nSet ODOO_HOME to a folder with Odoo 19 and repeat the command."
    )


def _output(*argv: str | Path) -> str:
    answer = subprocess.run([str(arg) for arg in argv], capture_output=True, text=True)
    return answer.stdout.strip()
