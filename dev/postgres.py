"""A PostgreSQL cluster of our own: reached by a unix socket in a folder only its user can enter."""

import os
import signal
import subprocess
from pathlib import Path

from dev import process
from dev.paths import private
from dev.say import Trouble, run

ROLE = "odoo"
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",  # Odoo asks many short questions
    "timezone": "UTC",
}


class Cluster:
    """One cluster, named after what it is for; *durable* data survives a power cut."""

    def __init__(self, name: str, *, durable: bool, kin: str = "") -> None:
        """Name it; the databases of *kin*, another cluster, may be taken over as they are."""
        self.name = f"{name}-postgres"
        self.kin = f"{kin or name}-postgres"
        self.home = private() / f"pg-{name}"
        self.data = self.home / "data"
        self.settings = SETTINGS | ({} if durable else UNSAFE_AND_FAST)
        self.user = None if os.geteuid() else "postgres"

    @property
    def host(self) -> str:
        """Return the folder of the socket: what libpq takes for a host."""
        return str(self.home)

    def start(self) -> None:
        """Create the cluster if needed and start it if it does not run."""
        if process.running(self.name):
            return
        binaries = _binaries()
        if not (self.data / "PG_VERSION").exists():
            self._create(binaries)
        elif (self.data / "PG_VERSION").read_text().strip() != binaries.parent.name:
            raise Trouble(f"{self.data} is of another PostgreSQL. Run `make clean` and repeat.")
        options = [
            part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")
        ]
        process.start(
            self.name,
            [binaries / "postgres", "-D", self.data, "-k", self.home, *options],
            ready=lambda: self._answers(binaries),
            user=self.user,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients
        )

    def stop(self) -> None:
        """Stop it, if it runs."""
        process.stop(self.name)

    def take_over(self, other: "Cluster") -> None:
        """Become a copy of *other*, which runs; what was here before is gone."""
        self.stop()
        binaries = _binaries()
        argv = [binaries / "pg_basebackup", "-h", other.host, "-U", ROLE, "-D", self._fresh()]
        run(
            f"Copying {other.name} for {self.name}",
            [*argv, "--checkpoint=fast", "--no-sync", "--wal-method=stream"],
            log=f"{self.name}-copy",
            user=self.user,
            cwd="/",
        )
        self._become_whole()

    def databases(self) -> set[str]:
        """Return the names of all databases."""
        return set(self.sql("SELECT datname FROM pg_database").split())

    def copy(self, template: str, name: str) -> None:
        """Make a database from a template; one of that name is replaced."""
        self.drop(name)
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def create(self, name: str) -> None:
        """Make an empty database; one of that name is replaced."""
        self.copy("template0", name)

    def drop(self, name: str) -> None:
        """Remove a database, with whoever is connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def rename(self, old: str, new: str) -> None:
        """Rename a database nobody is connected to."""
        self.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement and return its bare result.

        :raises Trouble: with the server's message
        """
        psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.host]
        argv = [*psql, "-U", ROLE, "-d", database, "-c", statement]
        answer = subprocess.run(argv, capture_output=True, text=True, cwd="/")
        if answer.returncode:
            raise Trouble(f"PostgreSQL refused: {statement}\n{answer.stderr.strip()}")
        return answer.stdout

    def _create(self, binaries: Path) -> None:
        fresh = self._fresh()
        options = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        run(
            f"Creating the PostgreSQL cluster {self.name}",
            [binaries / "initdb", "-D", fresh, "-U", ROLE, *options],
            log=f"{self.name}-init",
            user=self.user,
            cwd="/",
        )
        self._become_whole()

    def _fresh(self) -> Path:
        """Return a new folder: who fills it may be interrupted, only a whole one gets the name."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            import pwd

            entry = pwd.getpwnam(self.user)
            os.chown(self.home, entry.pw_uid, entry.pw_gid)
        fresh = self.home / "new"
        subprocess.run(["rm", "-rf", str(fresh)], check=True)
        return fresh

    def _become_whole(self) -> None:
        subprocess.run(["rm", "-rf", str(self.data)], check=True)
        (self.home / "new").rename(self.data)

    def _answers(self, binaries: Path) -> bool:
        check = [str(binaries / "pg_isready"), "-q", "-h", self.host, "-U", ROLE]
        return subprocess.run(check).returncode == 0


def _binaries() -> Path:
    found = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise Trouble("PostgreSQL is not installed: apt-get install postgresql")
    return max(found, key=lambda path: int(path.parent.name))
