"""A foreign ERP is read while everything is killed: each row is there once, the bad ones wait.

CARD_KILLS and CARD_LINES make it longer, as before a release.
"""

import logging
import os
import random
import time
from collections import Counter

import pytest

from connector.foreign.changes import Position
from connector.foreign.source import is_read
from dev import process
from tests.kit import clones
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import LOGINS, MEIER, Host, puller
from tests.kit.worker_rig import Worker

_logger = logging.getLogger(__name__)
KILLS = int(os.environ.get("CARD_KILLS", "10"))
LINES = int(os.environ.get("CARD_LINES", "4000"))
EACH = 10
POISON = 1000
WINDOW_S = 5.0
PATIENCE_S = 150 + LINES // 50
POINTS_PER_EURO = 10  # 10 % of articles, 100 points for an euro
FOREIGN = """
foreign:
  name: {name}
  erp: {{url: "{url}", database: {database}, login: {login}, secret: env:CARD_FOREIGN,
    transport: web, timeout_s: 10}}
  mapping: odoo-{version}
  read:
    streams: [customer, product, invoice_line]
    window_s: {window}
    poll_s: 0.5
    night: {{from: "00:00", until: "00:00"}}
"""
CHANGE = (
    "UPDATE account_move_line SET price_total = price_total + 1, write_date = now() AT TIME"
    " ZONE 'UTC' WHERE move_name LIKE 'CLONE/%' AND id % 97 = {}"
)


class Chaos:
    """What can break between the two ERPs; everything comes back as under systemd."""

    def __init__(self, worker, foreign, host, redis, postgres) -> None:
        self.ways = {
            "worker": worker.kill,
            "process of the worker": worker.kill_a_child,
            "foreign ERP": foreign.kill,
            "Odoo 19": host.odoo.kill,
            "PostgreSQL": postgres.stop,
            "Redis emptied": redis.flush,
            "Redis": lambda: process.crash(redis.name),
        }
        self._parts = (postgres, redis, foreign, host.odoo, worker)
        # Each of them as often as the others, in any order.
        self._deck = [list(self.ways)[turn % len(self.ways)] for turn in range(KILLS)]
        random.shuffle(self._deck)
        self.counted = Counter(self._deck)

    def strike(self, turn: int) -> None:
        self.ways[self._deck[turn]]()
        time.sleep(random.uniform(0, 0.5))

    def mend(self) -> None:
        for part in self._parts:
            part.start()


def in_database(foreign) -> dict[str, float]:
    """Return what the foreign ERP holds, by SQL: rows that fit, with their gross amount."""
    return {
        f"account.move.line:{number}": float(gross)
        for number, gross in _rows(
            foreign,
            "SELECT id, price_total FROM account_move_line WHERE move_name LIKE 'CLONE/%'"
            " AND date IS NOT NULL",
        )
    }


def worth(foreign) -> dict[str, float]:
    """Return the points of each receipt without a bad row, by SQL."""
    rows = _rows(
        foreign,
        "SELECT move_name, sum(price_total) FROM account_move_line WHERE move_name LIKE 'CLONE/%'"
        " GROUP BY move_name HAVING count(date) = count(*)",
    )
    return {name: float(gross) * POINTS_PER_EURO for name, gross in rows}


def bad(foreign) -> list[list[str]]:
    """Return the rows that fit no mapping."""
    return _rows(
        foreign, "SELECT id FROM account_move_line WHERE move_name LIKE 'CLONE/%' AND date IS NULL"
    )


def _rows(foreign, query: str) -> list[list[str]]:
    return [line.split("|") for line in foreign.cluster.sql(query, foreign.database).splitlines()]


def sell(foreign, move: int, line: int, lines: int) -> None:
    """Make receipts; one row in a thousand is without its date."""
    # A copy takes two numbers of the sequence, one for its name.
    date = f"CASE WHEN (m.id / 2 * {EACH} + m.i) % {POISON} <> 7 THEN original.date END"
    clones.invoices(foreign.cluster, foreign.database, move, line, lines // EACH, EACH, date=date)


@pytest.mark.parametrize("version", ["14", "19"])
def test_nothing_is_lost_or_doubled_whatever_is_killed(
    version, odoo, redis, request, real_parts, tmp_path, monkeypatch
):
    foreign = odoo if version == "19" else request.getfixturevalue("odoo14")
    host = Host(odoo, f"killed-{version}")
    shop = ForeignErp(foreign.url, foreign.database)
    move = shop.invoice(MEIER, ("PS", 20.0))
    line = shop.lines(move)[0]
    sell(foreign, move, line, LINES // 2)
    monkeypatch.setenv("CARD_FOREIGN", "demo")
    more = FOREIGN.format(
        name=host.remote.source,
        url=foreign.url,
        database=foreign.database,
        login=LOGINS[version],
        version=version,
        window=WINDOW_S,
    )
    worker = Worker(f"test-worker-killed-{version}", odoo, redis, tmp_path, more)
    chaos = Chaos(worker, foreign, host, redis, real_parts.postgres)
    redis.flush()
    worker.start()
    began = time.monotonic()
    try:
        for turn in range(KILLS):
            time.sleep(random.uniform(0.2, 1.5))
            if turn % 2:
                sell(foreign, move, line, LINES // 2 // (KILLS // 2))
            foreign.cluster.sql(CHANGE.format(turn % 97), foreign.database)
            chaos.strike(turn)
            chaos.mend()
        wanted = in_database(foreign)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if (found := _here(host)) == wanted and _caught_up(foreign, host):
                break
            time.sleep(1)
    finally:
        worker.stop()
    _logger.info(
        "Odoo %s: %d lines, %d kills (%s) in %.0f s: lost %d, wrong %d, rejected %d, points %.0f",
        version,
        len(wanted),
        KILLS,
        ", ".join(f"{number} {what}" for what, number in chaos.counted.items()),
        time.monotonic() - began,
        len(set(wanted) - set(found)),
        sum(found.get(key) != gross for key, gross in wanted.items()),
        len(_rejected(host)),
        sum(booked(host).values()),
    )
    assert found == wanted
    assert len(_rejected(host)) == len(bad(foreign)) > 0
    assert booked(host) == worth(foreign)
    assert _caught_up(foreign, host)
    pull = puller(foreign, host, version, WINDOW_S, streams=("invoice_line",))
    compared = pull.compare()["invoice_line"]
    assert (compared.new, compared.changed, compared.gone) == (0, 0, 0)


def _caught_up(foreign, host: Host) -> bool:
    """The past is read, the next scan goes on after the last change, and all is settled."""
    opened = host.remote.open(["invoice_line"])
    latest = _rows(foreign, "SELECT max(write_date) FROM account_move_line")[0][0]
    since = Position.parse(opened.live["invoice_line"]).since
    read = is_read(Position.parse(opened.history["invoice_line"])) and since > latest
    return read and not opened.due


def _here(host: Host) -> dict[str, float]:
    kept = host.kept("invoice_line", "number", "gross")
    ours = [(key, float(gross)) for key, _, name, gross in kept if name.startswith("CLONE/")]
    assert len(ours) == len(dict(ours)), "kept twice"
    return dict(ours)


def booked(host: Host) -> dict[str, float]:
    """Return the points that each receipt has brought."""
    rows = _rows(
        host.odoo,
        "SELECT document.name, sum(entry.delta) FROM loyalty_card_entry entry"
        " JOIN customer_card_sync_document document ON document.id = entry.origin_id"
        " JOIN customer_card_sync_source source ON source.id = document.source_id"
        " WHERE entry.origin_model = 'customer.card.sync.document'"
        f" AND document.name LIKE 'CLONE/%' AND source.name = '{host.remote.source}'"
        " GROUP BY document.name",
    )
    return {name: float(points) for name, points in rows}


def _rejected(host: Host) -> list[int]:
    domain = [["source_id.name", "=", host.remote.source]]
    return list(host.boss.call("customer.card.sync.reject", "search", domain=domain))
