"""Two foreign ERPs in one settings file, everything happens in both, and the worker is killed.

CARD_KILLS makes it longer, as before a release.
"""

import logging
import os
import random
import time
from collections import Counter

import pytest

from tests.kit.eventful_shop import SHOP, EventfulShop, Invoices, Receipts, mapping_of, welcome
from tests.kit.sync_host import Host
from tests.kit.worker_rig import Worker

_logger = logging.getLogger(__name__)
KILLS = int(os.environ.get("CARD_KILLS", "6"))
PATIENCE_S = 180
ERP = """\
- name: {name}
  erp: {{url: "{url}", database: {database}, login: sync, secret: env:CARD_FOREIGN,
    transport: web, timeout_s: 20}}
  mapping: {mapping}
  read:
    streams: [customer, product, invoice_line, pos_line]
    window_s: 5
    poll_s: 0.5
    night: {{from: "00:00", until: "00:00"}}
"""


@pytest.fixture(scope="module")
def nineteen(real_parts):
    with real_parts.plain_odoo(SHOP) as server:
        yield server


@pytest.fixture(scope="module")
def shops(odoo14, nineteen) -> dict[str, EventfulShop]:
    return {"14": Receipts(odoo14), "19": Invoices(nineteen)}


@pytest.fixture(scope="module")
def hosts(odoo) -> dict[str, Host]:
    hosts = {version: Host(odoo, f"both-{version}") for version in ("14", "19")}
    welcome(hosts["14"])
    return hosts


@pytest.fixture(scope="module")
def worker(odoo, redis, odoo14, nineteen, shops, hosts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    more = "foreign:\n" + "".join(
        ERP.format(
            name=hosts[version].remote.source,
            url=foreign.url,
            database=foreign.database,
            mapping=mapping_of(version, folder),
        )
        for version, foreign in (("14", odoo14), ("19", nineteen))
    )
    redis.flush()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARD_FOREIGN", "demo")
        worker = Worker("test-worker-both", odoo, redis, folder, more)
        yield worker
        worker.stop()


def test_points_are_who_they_belong_to_whatever_is_killed(worker, shops, hosts, odoo14):
    """Case integrator: all events in both, kill -9 between them, one of both away for a while."""
    for shop in shops.values():
        shop.before()
    worker.start()
    began, killed = time.monotonic(), Counter()
    todo = [
        (version, event)
        for version, shop in shops.items()
        for event in (*shop.STAMPED, *shop.SILENT)
    ]
    # In any order, but each ERP's own one after the other; one of them is away for the last ones.
    alone = [one for one in todo if one[0] == "19"][-3:]
    order = {version: [one for one in todo if one[0] == version] for version in shops}
    turns = [version for version, _ in todo if (version, _) not in alone]
    random.shuffle(turns)
    turns += [version for version, _ in alone]
    strikes = Counter(random.choices(range(len(turns)), k=KILLS))
    for number, version in enumerate(turns):
        if number == len(turns) - len(alone):
            odoo14.kill()
            assert away(hosts["14"])
        _, event = order[version].pop(0)
        shops[version].happen(event)
        if event in shops[version].SILENT:
            hosts[version].compare()
        for _ in range(strikes[number]):
            time.sleep(random.uniform(0.1, 1.5))
            strike = random.choice([worker.kill, worker.kill_a_child])
            strike()
            killed[strike.__name__] += 1
            worker.start()
    _agree(shops["19"], hosts["19"])  # it waits for nobody
    odoo14.start()
    for version, shop in shops.items():
        hosts[version].compare()
        _agree(shop, hosts[version])
    _logger.info("%s: %.0f s", dict(killed), time.monotonic() - began)
    assert "is given up" not in worker.log  # both parts of it begin at the same moment
    for host in hosts.values():
        assert not host.vanished()
        assert host.rejected() == []


def away(host: Host) -> bool:
    """Wait until its form says that the ERP is away."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and "No answer" not in host.form("last_error"):
        time.sleep(0.5)
    return "No answer" in host.form("last_error")


def _agree(shop: EventfulShop, host: Host) -> None:
    """Wait until everybody has what SQL says, and the comparison that was asked for is over."""
    until, wanted = time.monotonic() + PATIENCE_S, shop.worth()
    while time.monotonic() < until:
        if host.form("reconciled_at") and host.earned() == wanted:
            return
        time.sleep(0.5)
    assert host.earned() == wanted
    assert host.form("reconciled_at")
