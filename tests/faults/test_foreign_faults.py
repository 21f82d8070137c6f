"""A foreign ERP is read while everything is killed: each row is there once, the bad ones wait.

CARD_KILLS and CARD_LINES make it longer, as before a release.
"""

import json
import logging
import os
import random
import subprocess
import sys
import time

import pytest

from dev.paths import ROOT
from tests.kit import clones
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import LOGINS, MEIER, Host, puller

_logger = logging.getLogger(__name__)
KILLS = int(os.environ.get("CARD_KILLS", "10"))
LINES = int(os.environ.get("CARD_LINES", "4000"))
POISON = 1000
WINDOW_S = 5.0
PATIENCE_S = 120


class Victim:
    """The process that reads; it may be killed and comes back as under systemd."""

    def __init__(self, foreign, host: Host, version: str) -> None:
        key = (host.odoo.keys / "worker.key").read_text().strip()
        theirs = {"url": foreign.url, "database": foreign.database, "transport": "web"}
        ours = {"url": host.odoo.url, "database": host.odoo.database, "login": "worker"}
        settings = {
            "foreign": {**theirs, "login": LOGINS[version], "secret": "demo", "timeout_s": 10},
            "host": {**ours, "secret": key, "transport": "json2", "timeout_s": 10},
            "mapping": f"odoo-{version}",
            "name": host.remote.source,
            "streams": ["invoice_line"],
            "window_s": WINDOW_S,
        }
        self._argv = [sys.executable, "-m", "tests.kit.reading_process", json.dumps(settings)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._argv, cwd=ROOT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def in_database(foreign) -> dict[str, float]:
    """Return what the foreign ERP holds, by SQL: rows that fit, with their gross amount."""
    rows = foreign.cluster.sql(
        "SELECT id, price_total FROM account_move_line WHERE move_name LIKE 'CLONE/%'"
        " AND date IS NOT NULL",
        foreign.database,
    )
    pairs = (line.split("|") for line in rows.splitlines())
    return {f"account.move.line:{number}": float(gross) for number, gross in pairs}


@pytest.mark.parametrize("version", ["14", "19"])
def test_nothing_is_lost_or_doubled_whatever_is_killed(version, odoo, request, real_parts):
    foreign = odoo if version == "19" else request.getfixturevalue("odoo14")
    host = Host(odoo, f"killed-{version}")
    shop = ForeignErp(foreign.url, foreign.database)
    move = shop.invoice(MEIER, ("PS", 20.0))
    line = shop.lines(move)[0]
    clones.invoices(foreign.cluster, foreign.database, move, line, LINES // 10, 10)
    foreign.cluster.sql(
        "UPDATE account_move_line SET date = NULL"
        f" WHERE move_name LIKE 'CLONE/%' AND id % {POISON} = 7",
        foreign.database,
    )
    change = (
        "UPDATE account_move_line SET price_total = price_total + 1, write_date = now() AT TIME"
        " ZONE 'UTC' WHERE move_name LIKE 'CLONE/%' AND id % 97 = {}"
    )
    victim = Victim(foreign, host, version)
    victim.start()
    try:
        for turn in range(KILLS):
            time.sleep(random.uniform(0.5, 2.5))
            if turn % 5 == 3:
                random.choice([foreign, odoo]).kill()
            if turn % 5 == 4:
                real_parts.postgres.stop()
                real_parts.postgres.start()
            else:
                foreign.cluster.sql(change.format(turn % 97), foreign.database)
            victim.kill()
            for part in (foreign, odoo):
                part.start()
            victim.start()
        wanted = in_database(foreign)
        until = time.monotonic() + PATIENCE_S
        while _here(host) != wanted and time.monotonic() < until:
            time.sleep(1)
    finally:
        victim.kill()
    found = _here(host)
    _logger.info(
        "Odoo %s: %d lines, %d kills: lost %d, wrong %d, rejected %d",
        version,
        len(wanted),
        KILLS,
        len(set(wanted) - set(found)),
        sum(found.get(key) != gross for key, gross in wanted.items()),
        len(_rejected(host)),
    )
    assert found == wanted
    assert len(_rejected(host)) == LINES // POISON
    pull = puller(foreign, host, version, WINDOW_S, streams=("invoice_line",))
    assert pull.compare()["invoice_line"].new == 0


def _here(host: Host) -> dict[str, float]:
    kept = host.kept("invoice_line", "number", "gross")
    return {key: float(gross) for key, _, name, gross in kept if name.startswith("CLONE/")}


def _rejected(host: Host) -> list[int]:
    domain = [["source_id.name", "=", host.remote.source]]
    return list(host.boss.call("customer.card.sync.reject", "search", domain=domain))
