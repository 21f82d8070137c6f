"""The foreign ERP with its invoice lines, the host, and what their processors do."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from connector.erp import Erp, ErpSettings
from dev import process, stack
from dev.say import say
from tests.kit import clones
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import LOGINS, MEIER, Host, puller, sign_in

EACH = 10
WINDOW_S = 30.0


@dataclass(slots=True)
class Rig:
    """Both ERPs.

    :param lines: invoice lines in the foreign one
    """

    version: str
    foreign: stack.odoo.Server
    host: Host
    lines: int
    stack: stack.Stack

    @property
    def settings(self) -> ErpSettings:
        """Return how the foreign ERP is reached."""
        where = (self.foreign.url, self.foreign.database)
        return ErpSettings(*where, LOGINS[self.version], "demo", "web", 120)

    def erp(self) -> Erp:
        """Return a new session at the foreign ERP."""
        return sign_in(self.foreign, self.version)

    def puller(self, **options):
        """Return what brings the foreign ERP here at full speed."""
        options = {"window_s": WINDOW_S, **options}
        return puller(self.foreign, self.host, self.version, **options)

    def cpu(self) -> "Cpu":
        """Return the processor seconds that each part has used so far."""
        return Cpu(
            cpu_s(process.running(self.foreign.name)["pid"]),
            0.0 if self.version == "19" else cpu_s(process.running(self.host.odoo.name)["pid"]),
            cpu_s(process.running(self.stack.postgres.name)["pid"], forked=True),
            time.process_time(),
        )

    def again(self) -> None:
        """Let the host forget what it read, so that it is read again."""
        name = f"bench-{time.monotonic_ns()}"
        self.host.boss.create("customer.card.sync.source", name=name)
        self.host.remote.source = name


@contextlib.contextmanager
def running(version: str, lines: int) -> Iterator[Rig]:
    """Start both and fill the foreign one."""
    with stack.test_stack() as parts, parts.odoo() as odoo, contextlib.ExitStack() as kept:
        foreign = odoo if version == "19" else kept.enter_context(parts.odoo14())
        host = Host(odoo, "bench")
        shop = ForeignErp(foreign.url, foreign.database)
        move = shop.invoice(MEIER, ("PS", 20.0))
        say(f"· {lines} invoice lines ...")
        line = shop.lines(move)[0]
        clones.invoices(foreign.cluster, foreign.database, move, line, lines // EACH, EACH)
        yield Rig(version, foreign, host, lines // EACH * EACH, parts)


@dataclass(frozen=True, slots=True)
class Cpu:
    """Processor seconds; where the foreign ERP is the host as well, all of both are its own.

    :param database: PostgreSQL's, for both of them
    :param worker: our own process'
    """

    foreign: float
    host: float
    database: float
    worker: float

    @property
    def erps(self) -> float:
        """Both ERPs without their database, as the targets mean it."""
        return self.foreign + self.host

    def __sub__(self, before: "Cpu") -> "Cpu":
        return Cpu(*(getattr(self, one.name) - getattr(before, one.name) for one in fields(self)))

    def each(self, thousands: float) -> "Cpu":
        """Return it for each of so many."""
        return Cpu(*(getattr(self, one.name) / thousands for one in fields(self)))


def cpu_s(pid: int, *, forked: bool = False) -> float:
    """Return the processor seconds of a process.

    :param forked: with those of its children, the gone ones too
    """
    values = _stat(pid)
    own = sum(map(int, values[11 : 15 if forked else 13])) / os.sysconf("SC_CLK_TCK")
    children = [int(one.name) for one in Path("/proc").glob("[0-9]*")] if forked else []
    return own + sum(cpu_s(one) for one in children if _stat(one)[1:2] == [str(pid)])


def _stat(pid: int) -> list[str]:
    """Return the fields after the name, zeros for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ["0"] * 20
