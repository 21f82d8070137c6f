"""Eight people write at once, and their transactions end late: nothing may be lost.

Beside it, in the same run, the reading that most scripts do: "changed since the last time stamp".
"""

import logging
import random
import threading
import time

import psycopg2
import pytest

from dev.postgres import ROLE
from tests.kit.clones import clone_sql
from tests.kit.sync_host import Host, puller, sign_in

_logger = logging.getLogger(__name__)
WRITERS = 8
EACH = 15
LONGEST_S = 2.5
WINDOW_S = 4.0


class Writer(threading.Thread):
    """One of them: begins a transaction, writes a customer, is interrupted, commits."""

    def __init__(self, foreign, template: int, number: int) -> None:
        super().__init__()
        self._cluster, self._database = foreign.cluster, foreign.database
        self._template, self._number = template, number

    def run(self) -> None:
        where = {"host": self._cluster.host, "user": ROLE, "dbname": self._database}
        with psycopg2.connect(**where) as connection:
            for turn in range(EACH):
                name = f"'late-{self._number}-{turn}'"
                with connection.cursor() as cursor:
                    cursor.execute(clone_sql("res_partner", self._template, 1, name=name, ref=name))
                    time.sleep(random.uniform(0, LONGEST_S))
                connection.commit()


class Naive(threading.Thread):
    """Remembers the latest time stamp it has seen and asks for what is younger."""

    def __init__(self, erp) -> None:
        super().__init__()
        self._erp = erp
        self.seen: set[str] = set()
        self.stop_now = threading.Event()

    def run(self) -> None:
        last = "1970-01-01 00:00:00"
        while not self.stop_now.wait(0.3):
            domain = [["name", "=like", "late-%"], ["write_date", ">", last]]
            ids = self._erp.call("res.partner", "search", domain=domain)
            fields = ["name", "write_date"]
            for row in self._erp.call("res.partner", "read", ids, fields=fields) if ids else []:
                self.seen.add(row["name"])
                last = max(last, row["write_date"])


@pytest.mark.parametrize("version", ["14", "19"])
def test_late_commits_lose_nothing(version, odoo, request):
    foreign = odoo if version == "19" else request.getfixturevalue("odoo14")
    host = Host(odoo, f"late-{version}")
    pull = puller(foreign, host, version, WINDOW_S, streams=("customer",))
    pull.changes()
    erp = sign_in(foreign, version)
    (template,) = erp.call("res.partner", "search", domain=[["ref", "=", "K-0001"]], limit=1)
    writers = [Writer(foreign, template, number) for number in range(WRITERS)]
    naive = Naive(sign_in(foreign, version))
    for thread in [naive, *writers]:
        thread.start()
    scans = 0
    while any(writer.is_alive() for writer in writers):
        pull.changes()
        scans += 1
        time.sleep(0.3)
    time.sleep(1)
    pull.changes()
    naive.stop_now.set()
    naive.join()
    written = WRITERS * EACH
    names = [name for _, _, name in host.kept("customer", "name") if name.startswith("late-")]
    (stream,) = host.boss.call(
        "customer.card.sync.stream",
        "search_read",
        domain=[["source_id.name", "=", host.remote.source], ["name", "=", "customer"]],
        fields=["lateness"],
    )
    _logger.info(
        "Odoo %s: %d customers by %d writers, %d scans: lost %d, doubled %d;"
        " naive lost %d (%.0f %%); latest commit %d s after its stamp",
        version,
        written,
        WRITERS,
        scans,
        written - len(set(names)),
        len(names) - len(set(names)),
        written - len(naive.seen),
        100 * (written - len(naive.seen)) / written,
        stream["lateness"],
    )
    assert len(names) == len(set(names)) == written
    assert len(naive.seen) < written
    assert 0 < stream["lateness"] <= WINDOW_S
