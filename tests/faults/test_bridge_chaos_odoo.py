"""Cards all day long while bridge, card service and the real Odoo are killed.

The long run, with its figures:
``CARD_ODOO_INSERTS=1000 .dev/venv/bin/python -m pytest -s tests/faults/test_bridge_chaos_odoo.py``
"""

import json
import os
import random
import sqlite3
import time
from collections import Counter

import pytest

from connector.erp import ErpSettings, connect
from dev.pcsc import EventPcscd
from tests.kit.bridge_rig import Rig
from tests.kit.chaos import Chaos, judge
from tests.kit.virtual_card import blank

INSERTS = int(os.environ.get("CARD_ODOO_INSERTS", "40"))
SEED = int(os.environ.get("CARD_SEED", "5"))
HOLDERS = ("meier", "schulz", "berg", "becker")
KINDS = ("chip", "type2", "type4", "sle4442")
KILLS_S = {"bridge": 1.5, "pcscd": 4.0, "erp": 3.0}  # an Odoo that is up again
PAUSE_S = 0.7
LONG_S = 11.0  # what waited for ten seconds is too late for a screen
LONGEST_WAIT_S = 45.0  # of the sender, with the start of all parts
BOOKINGS = ("loyalty_card_entry", "sale_order", "pos_order", "stock_move")


@pytest.fixture
def pcscd():
    pcscd = EventPcscd("bridge-chaos-odoo")
    pcscd.start()
    yield pcscd
    pcscd.stop()


class MortalOdoo:
    """The real Odoo: it dies, and later comes back; a screen of its till listens all the time."""

    def __init__(self, server):
        self._server, self._deaths = server, 0
        office = ErpSettings(server.url, server.database, "admin", "demo", "web")
        self._office = connect(office)
        (till,) = self._rows("SELECT id FROM customer_till WHERE name = 'Theke 1'")
        self._screen = self._call("pair_screen", till_id=till)["secret"]
        self._booked = self._bookings()

    @property
    def target(self):
        server = self._server
        key = f"file:{server.keys / 'till.key'}"
        where = {"url": server.url, "database": server.database}
        return {**where, "login": "theke1", "secret": key}

    def kill(self):
        """One of three outages, the first among them, lasts longer than a card stays fresh."""
        self._server.kill()
        time.sleep(0 if self._deaths % 3 else LONG_S)
        self._deaths += 1
        self._server.start()
        assert self._call("screen_alive", screen=self._screen)["till"] == "Theke 1"

    def presented(self):
        """Return what it knows of presented cards, in its order, and who holds each."""
        return self._rows(
            "SELECT json_build_object('id', event.id, 'key', key, 'status', status,"
            " 'holder', partner.name) FROM customer_card_event event"
            " LEFT JOIN customer_card card ON card.id = customer_card_id"
            " LEFT JOIN res_partner partner ON partner.id = card.partner_id ORDER BY event.id"
        )

    def shown(self):
        """Return how often each presented card was sent to the screen."""
        return Counter(
            self._rows(
                "SELECT message::json->'payload'->>'id' FROM bus_bus"
                " WHERE message::json->>'type' = 'customer_card.event'"
            )
        )

    def has_booked(self):
        """Tell whether anything was booked since the beginning."""
        return self._bookings() != self._booked

    def _bookings(self):
        return [self._rows(f"SELECT count(*) FROM {table}") for table in BOOKINGS]

    def _rows(self, query):
        answer = self._server.cluster.sql(query, self._server.database)
        return [json.loads(line) for line in answer.splitlines()]

    def _call(self, method, **arguments):
        return self._office.call("customer.till", method, **arguments)


def spooled(rig):
    """Return what the till's disk says of its cards: state by key."""
    with sqlite3.connect(rig.folder / "spool.sqlite", timeout=10) as spool:
        states = dict(spool.execute("SELECT key, state FROM event"))
    spool.close()
    return states


def card_of(row):
    """Return which of the cards a row is; one that is neither known nor unreadable is strange."""
    if row["status"] == "unreadable":
        return None
    holder = (row["holder"] or "").lower()
    return next((at for at, name in enumerate(HOLDERS) if name in holder), -1)


def test_cards_all_day_while_odoo_is_killed(tmp_path, pcscd, odoo):
    """Each insertion one row and at most once on the screen; late ones are told as too late."""
    tokens = json.loads((odoo.keys / "cards.json").read_text())
    images = [blank(kind, token=tokens[who]) for kind, who in zip(KINDS, HOLDERS, strict=True)]
    erp = MortalOdoo(odoo)
    with Rig(tmp_path, pcscd, erp.target) as rig:
        rig.start(ready=False)
        rig.until(lambda: rig.status()["ok"], "the bridge runs")
        chances = (random.Random(SEED), KILLS_S, PAUSE_S, LONGEST_WAIT_S)
        chaos = Chaos(rig, erp.kill, images, *chances)
        chaos.run(INSERTS, erp_kills=2)
        waiting = spooled(rig)
    rows, shown = erp.presented(), erp.shown()
    verdict = judge(chaos.inserts, [card_of(row) for row in rows])
    told = Counter(row["status"] for row in rows)
    print(f"\n{chaos.figures(verdict)}; told: {dict(told)}")  # noqa: T201
    assert not verdict.strange, "\n".join([*verdict.strange, *sorted(chaos.story)])
    assert verdict.read > len(chaos.inserts) / 3
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    assert set(waiting) <= set(keys)
    assert set(waiting.values()) == {"answered"}
    assert set(told) <= {"pushed", "refused", "unreadable", "stale"}
    assert told["pushed"], "cards reach the screen while Odoo is there"
    assert told["stale"], "those of a long outage are kept, for the record"
    for row in rows:
        times = shown[row["id"]]
        assert times <= (row["status"] != "stale"), row
        assert times or row["status"] != "pushed", row
    assert not erp.has_booked(), "only a screen books"
