"""Runs Odoo: one-off commands on a database, and servers that stay."""

import os
import secrets
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev import odoo_home, process, state
from dev.paths import ADDONS, DEV, ODOO_VENV, ROOT, lock
from dev.postgres import ROLE, Cluster
from dev.say import run

DATA = DEV / "data"
PEPPER = DEV / "pepper"


def environment() -> dict[str, str]:
    """Return what Odoo needs in its environment: its path and the pepper of the card hashes."""
    with lock("pepper"):
        if not PEPPER.exists():
            PEPPER.touch(mode=0o600)
            PEPPER.write_text(secrets.token_hex(32))
    path = {"PYTHONPATH": str(odoo_home.find().python_path), "PYTHONWARNINGS": "ignore"}
    return path | {"CUSTOMER_CARD_PEPPER": PEPPER.read_text()}


def config(
    name: str,
    cluster: Cluster,
    *,
    ours: Path = ADDONS,
    more: Sequence[Path] = (),
    **options: str | int,
) -> Path:
    """Write the configuration *name* and return its path.

    :param ours: the folder of our modules
    :param more: folders of other modules
    """
    addons = [*odoo_home.find().addons, ours, *more]
    values = {
        "addons_path": ",".join(str(path) for path in addons if path.is_dir()),
        "admin_passwd": secrets.token_hex(16),
        "data_dir": DATA,
        "db_host": cluster.host,
        "db_user": ROLE,
        "http_interface": "127.0.0.1",
        "list_db": False,
        "max_cron_threads": 0,
        "without_demo": True,
        **options,
    }
    return write_config(name, values)


def write_config(name: str, values: Mapping[str, object]) -> Path:
    """Write the options of one Odoo, for its owner's eyes only, and return the file's path."""
    path = DEV / "odoo-conf" / f"{name}.conf"
    path.parent.mkdir(exist_ok=True)
    path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    path.chmod(0o600)
    return path


def command(*arguments: str | Path) -> list[str | Path]:
    """Return the command line of Odoo's own command."""
    return [ODOO_VENV / "bin" / "python", ROOT / "dev" / "bin" / "odoo", *arguments]


def install(
    title: str, cluster: Cluster, database: str, *arguments: str, ours: Path = ADDONS
) -> None:
    """Run Odoo on a database until its modules are installed or updated."""
    conf = config(f"once-{database}", cluster, ours=ours)
    stay_quiet = ["--no-http", "--stop-after-init", "--log-level=warn"]
    argv = command("-c", conf, "-d", database, *stay_quiet, *arguments)
    run(title, argv, log=f"odoo-{database}", env=environment(), cwd="/")


def shell(
    title: str, cluster: Cluster, database: str, script: str, *, ours: Path = ADDONS, **env: str
) -> None:
    """Run a script with Odoo's ``env`` at hand."""
    conf = config(f"once-{database}", cluster, ours=ours)
    argv = command("shell", "-c", conf, "-d", database, "--no-http", "--log-level=warn")
    run(
        title,
        argv,
        log=f"odoo-shell-{database}",
        stdin=script,
        env=environment() | env,
        cwd="/",
    )


def copy_database(cluster: Cluster, template: str, name: str) -> None:
    """Copy a database with its files; these never change, so links do."""
    cluster.copy(template, name)
    drop_files(name)
    files = DATA / "filestore" / template
    if files.is_dir():
        shutil.copytree(files, DATA / "filestore" / name, copy_function=os.link)


def drop_database(cluster: Cluster, name: str) -> None:
    """Remove a database with its files."""
    cluster.drop(name)
    drop_files(name)


def drop_files(name: str) -> None:
    """Remove the files of a database."""
    shutil.rmtree(DATA / "filestore" / name, ignore_errors=True)


class Server:
    """An Odoo that answers on a free port of the loopback, on one database."""

    def __init__(self, name: str, cluster: Cluster, database: str, **options: str | int) -> None:
        self.name = name
        self.cluster = cluster
        self.database = database
        self.options = options

    @property
    def port(self) -> int:
        """Return its port; it stays the same after a restart."""
        record = process.running(self.name)
        return record["port"] if record else state.load()[f"port-{self.name}"]

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return its log file."""
        return process.log_of(self.name)

    def start(self) -> None:
        """Start it if it does not run, and wait until it answers."""
        if process.running(self.name):
            return
        port, gevent_port = state.port(self.name), state.port(f"{self.name}-gevent")
        conf = self._config(http_port=port, **self._long_polling(gevent_port), **self.options)
        process.start(
            self.name,
            self._command("-c", conf, "-d", self.database),
            ready=lambda: _answers(f"http://127.0.0.1:{port}/web/login"),
            env=self._environment(),
            timeout=120,
            port=port,
        )

    def _long_polling(self, port: int) -> dict[str, int]:
        return {"gevent_port": port}

    def _command(self, *arguments: str | Path) -> list[str | Path]:
        return command(*arguments)

    def _config(self, **options: str | int) -> Path:
        return config(self.name, self.cluster, dbfilter=f"^{self.database}$", **options)

    def _environment(self) -> dict[str, str]:
        return environment()

    def stop(self) -> None:
        """Stop it, if it runs."""
        process.stop(self.name)

    def kill(self) -> None:
        """End it as a crash would."""
        process.crash(self.name)

    def restart(self) -> None:
        """Stop it and start it again on the same address."""
        self.stop()
        self.start()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except (urllib.error.URLError, OSError):
        return False
