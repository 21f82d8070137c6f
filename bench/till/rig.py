"""Tills with a reader and a bridge each, against one Odoo that knows a hundred thousand cards."""

import contextlib
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from bench import timed_bridge
from bench.reader import CardReader, Stamps
from bench.shop import Shop
from dev import parts, process
from dev.paths import ROOT, VENV
from dev.pcsc import EventPcscd
from dev.postgres import ROLE
from dev.stack import DemoOdoo
from reader_bridge.messages import Translator
from reader_bridge.pairing import pair

TILLS = 4
CARDS = 100_000
PATIENCE_S = 15.0
# A card and its chip, as many as a chain has; nobody knows what they carry.
MANY_CARDS = """
INSERT INTO customer_card (number, card_type_id, holder_type, company_id, active, state)
SELECT 'B' || n, t.id, 'customer', c.id, true, 'active' FROM generate_series(1, %s) n,
    (SELECT id FROM customer_card_type WHERE holder_type = 'customer' ORDER BY id LIMIT 1) t,
    (SELECT id FROM res_company ORDER BY id LIMIT 1) c;
INSERT INTO customer_card_medium (card_id, company_id, kind, tier, key_hash, hint)
SELECT id, company_id, 'chip', '1', md5(id::text) || md5('-' || id), '0000'
FROM customer_card WHERE number LIKE 'B%%';
ANALYZE customer_card; ANALYZE customer_card_medium;
"""


@dataclass
class Till:
    """One running bridge with its reader.

    :param process: its name among our processes
    """

    process: str
    folder: Path
    health: int
    pcscd: EventPcscd
    reader: CardReader

    def start(self) -> float:
        """Start the bridge and return the seconds until it watches its reader."""
        began = time.monotonic()
        stamps = {timed_bridge.FILE: str(self.folder / "stamps.jsonl"), "PYTHONPATH": str(ROOT)}
        argv = [VENV / "bin/python", "-m", "bench.timed_bridge", "run"]
        process.start(
            self.process,
            [*argv, "--config", self.folder / "bridge.yaml"],
            ready=lambda: True,
            env={**self.pcscd.env, **stamps},
            cwd=self.folder,
        )
        self.wait_until_watching()
        return time.monotonic() - began

    def wait_until_watching(self) -> None:
        """Wait until the bridge sees its reader."""
        until = time.monotonic() + PATIENCE_S
        while "ready" not in self.status().get("readers", {}).values():
            if time.monotonic() > until:
                raise TimeoutError(f"{self.process} does not watch; see its log")
            time.sleep(0.001)

    def status(self) -> dict[str, Any]:
        """Return the health page; empty while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/healthz") as answer:
                return json.load(answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return json.load(answer)
        except OSError:
            return {}


@contextlib.contextmanager
def running(odoo: DemoOdoo, shop: Shop, folder: Path) -> Iterator[list[Till]]:
    """Run the tills; the first one is the demo's, with its screen and its key."""
    names = tuple(f"Event Reader {letter}" for letter in "ABCD"[:TILLS])
    with contextlib.ExitStack() as ends:
        pcscd = EventPcscd("bench-till", names)
        pcscd.start()
        ends.callback(pcscd.stop)
        tills = []
        for number, reader in enumerate(names):
            till = _configured(odoo, shop, folder / f"till{number}", pcscd, number, reader)
            ends.callback(process.stop, till.process)
            ends.callback(till.reader.stamps.close)
            ends.callback(till.reader.let_go)
            till.start()
            tills.append(till)
        yield tills


def _configured(
    odoo: DemoOdoo, shop: Shop, folder: Path, pcscd: EventPcscd, number: int, reader: str
) -> Till:
    folder.mkdir()
    login, key = parts.TILL_LOGIN, Path(odoo.keys) / parts.TILL_KEY
    if number:
        login, key = _paired(odoo, shop, folder, f"Theke {number + 1}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        health = free.getsockname()[1]
    settings = parts.BRIDGE.format(
        url=odoo.url,
        database=odoo.database,
        login=login,
        secret=key,
        spool=folder / "spool.sqlite",
        health=health,
    )
    (folder / "bridge.yaml").write_text(f"{settings}readers: ['{reader}*']\n")
    stamps = Stamps(folder / "stamps.jsonl")
    name = f"bench-till-{number}"
    process.stop(name)
    return Till(name, folder, health, pcscd, CardReader(pcscd.slot(number), stamps))


def _paired(odoo: DemoOdoo, shop: Shop, folder: Path, name: str) -> tuple[str, Path]:
    """Make one more till and pair it by its code, as the office does."""
    (till,) = shop.office.call("customer.till", "create", vals_list=[{"name": name}])
    action = shop.office.call("customer.till", "action_pair_reader", [till])
    code = action["context"]["shown_code"]
    paired = pair(odoo.url, code, Translator(), odoo.database)
    key = folder / "till.key"
    key.write_text(paired.key)
    return paired.login, key


def many_cards(odoo: DemoOdoo) -> None:
    """Put them into the database, past Odoo."""
    where = {"host": odoo.cluster.host, "user": ROLE, "dbname": odoo.database}
    with contextlib.closing(psycopg2.connect(**where)) as database, database.cursor() as cursor:
        cursor.execute(MANY_CARDS, [CARDS])
        database.commit()
