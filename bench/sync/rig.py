"""The foreign ERP with its invoice lines, the host, and what their processors do."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
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

    def cpu_s(self) -> float:
        """Return the processor seconds that the ERPs have used so far."""
        names = {self.foreign.name, self.host.odoo.name}
        return sum(cpu_s(process.running(name)["pid"]) for name in names)

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


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
