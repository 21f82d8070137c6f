"""Odoo 14 from Debian's package, the second real ERP: it stands for the foreign, older ones."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from dev import debian_tree, odoo, venvs
from dev.paths import DEV, ROOT, content_hash, lock
from dev.postgres import ROLE, Cluster
from dev.say import Trouble, run

HOME = DEV / "odoo14"
VENV = DEV / "odoo14-venv"
REQUIREMENTS = ROOT / "dev" / "odoo14-requirements.txt"
SUITE = "bullseye"
MODULES = "sale_management,stock,account,point_of_sale,l10n_de"
DEMO_DATA = ROOT / "dev" / "odoo14_data.py"
# Pip and setuptools of its day: several of its packages cannot be built by newer ones.
OLD_PIP = ["pip<24", "setuptools<60", "wheel"]
INSTALL_LOG = "odoo14-{}"


def ensure() -> None:
    """Provide the program and its environment.

    :raises Trouble: when there is no Python 3.8 or 3.9, or nothing to download
    """
    with lock("setup"):
        venvs.ensure_with(VENV, interpreter(), "Odoo 14's dependencies", OLD_PIP, REQUIREMENTS)
        if not (HOME / "root").is_dir():
            debian_tree.make(HOME, "Odoo 14 (about 70 MB)", {"odoo-14": SUITE}, "odoo-14")
        _link()


def version() -> str:
    """Return Debian's version of it."""
    return (HOME / "root" / "VERSION").read_text().strip()


@cache
def interpreter() -> str:
    """Return a Python 3.9 or 3.8.

    :raises Trouble: when there is none on this machine
    """
    pyenv = Path.home() / ".pyenv" / "versions"
    found = [
        path for name in ("3.9.*", "3.8.*") for path in sorted(pyenv.glob(f"{name}/bin/python"))
    ]
    for candidate in [shutil.which("python3.9"), shutil.which("python3.8"), *found]:
        if candidate and _runs(candidate):
            return str(candidate)
    raise Trouble("Odoo 14 needs Python 3.9 or 3.8, and this machine has neither.")


def _runs(candidate: str | Path) -> bool:
    probe = [str(candidate), "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"]
    answer = subprocess.run(probe, capture_output=True, text=True)
    return answer.stdout.split() in (["3", "8"], ["3", "9"])


def _link() -> None:
    """Put Odoo alone on the path: Debian's other modules would hide the environment's."""
    link = HOME / "path" / "odoo"
    link.parent.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(HOME / "root" / "usr/lib/python3/dist-packages/odoo")


def template(cluster: Cluster) -> str:
    """Return the name of the database with its modules and our demo data, made at the first use."""
    ensure()
    name = f"fourteen_{content_hash(version(), MODULES, DEMO_DATA)}"
    with lock("templates"):
        if name not in cluster.databases():
            for old in cluster.databases():
                if old.startswith("fourteen_"):
                    odoo.drop_database(cluster, old)
            new = f"{name}_new"
            cluster.create(new)
            odoo.drop_files(new)
            _once("Installing Odoo 14's modules", cluster, new, "-i", MODULES)
            _shell("Demo data of Odoo 14", cluster, new, DEMO_DATA.read_text())
            cluster.rename(new, name)
            _move_files(new, name)
    return name


def _move_files(new: str, name: str) -> None:
    files = odoo.DATA / "filestore"
    odoo.drop_files(name)
    if (files / new).is_dir():
        (files / new).rename(files / name)


def command(*arguments: str | Path) -> list[str | Path]:
    """Return the command line of Odoo 14."""
    return [VENV / "bin" / "python", HOME / "root" / "usr/bin/odoo", *arguments]


def environment() -> dict[str, str]:
    """Return what it needs in its environment."""
    return {"PYTHONPATH": str(HOME / "path"), "PYTHONWARNINGS": "ignore"}


def config(name: str, cluster: Cluster, **options: str | int) -> Path:
    """Write the configuration *name* and return its path."""
    values = {
        "addons_path": HOME / "root" / "usr/lib/python3/dist-packages/odoo/addons",
        "admin_passwd": "nobody",
        "data_dir": odoo.DATA,
        "db_host": cluster.host,
        "db_user": ROLE,
        "http_interface": "127.0.0.1",
        "list_db": False,
        "max_cron_threads": 0,
        "without_demo": "all",
        **options,
    }
    return odoo.write_config(name, values)


def _once(title: str, cluster: Cluster, database: str, *arguments: str) -> None:
    conf = config(f"once-{database}", cluster)
    stay_quiet = ["--no-http", "--stop-after-init", "--log-level=warn"]
    argv = command("-c", conf, "-d", database, *stay_quiet, *arguments)
    run(title, argv, log=INSTALL_LOG.format(database), env=environment(), cwd="/")


def _shell(title: str, cluster: Cluster, database: str, script: str) -> None:
    conf = config(f"once-{database}", cluster)
    argv = command("shell", "-c", conf, "-d", database, "--no-http", "--log-level=warn")
    run(title, argv, log=INSTALL_LOG.format("data"), stdin=script, env=environment(), cwd="/")


class Server(odoo.Server):
    """An Odoo 14 on one database."""

    def _long_polling(self, port: int) -> dict[str, int]:
        return {"longpolling_port": port}

    def _command(self, *arguments: str | Path) -> list[str | Path]:
        return command(*arguments)

    def _config(self, **options: str | int) -> Path:
        return config(self.name, self.cluster, dbfilter=f"^{self.database}$", **options)

    def _environment(self) -> dict[str, str]:
        return environment()
