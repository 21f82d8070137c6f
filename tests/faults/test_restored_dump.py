"""A dump of the host is restored into a new PostgreSQL cluster: the worker goes on without loss."""

import os
import subprocess
import time

import pytest

from dev import process, state
from dev.postgres import ROLE, Cluster
from dev.stack import DemoOdoo
from tests.faults.test_foreign_worker import FOREIGN, gains
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import MEIER, Host
from tests.kit.worker_rig import Worker


@pytest.fixture
def new_cluster(real_parts):
    cluster = Cluster("restored", durable=False)
    cluster.start()
    yield cluster
    cluster.stop()


def dump(cluster: Cluster, database: str, path: str) -> None:
    pg_dump = ["pg_dump", "-h", cluster.host, "-U", ROLE, "-f", path, database]
    subprocess.run(pg_dump, check=True, env={**os.environ})


def restore(cluster: Cluster, database: str, path: str) -> None:
    cluster.create(database)
    psql = ["psql", "-X", "-q", "-h", cluster.host, "-U", ROLE, "-d", database, "-f", path]
    subprocess.run(psql, check=True, stdout=subprocess.DEVNULL)


def test_a_restored_dump_goes_on(odoo, odoo14, redis, new_cluster, tmp_path, monkeypatch):
    """Transaction ids begin anew there; what was booked after the dump is booked again."""
    monkeypatch.setenv("CARD_FOREIGN", "demo")
    more = FOREIGN.format(url=odoo14.url, database=odoo14.database)
    host, shop = Host(odoo, "nord"), ForeignErp(odoo14.url, odoo14.database)
    worker = Worker("test-worker-dump", odoo, redis, tmp_path, more)
    worker.start()
    shop.invoice(MEIER, ("PS", 20.0))
    gains(host, 200)
    worker.stop()
    host.boss.invoice(MEIER, ("PS", 20.0))  # our own: waits in the outbox
    path = str(tmp_path / "host.sql")
    dump(odoo.cluster, odoo.database, path)
    worker.start()
    shop.invoice(MEIER, ("CHK", 40.0))
    gains(host, 600)
    worker.stop()

    restore(new_cluster, odoo.database, path)
    restored = DemoOdoo("test-odoo-restored", new_cluster, odoo.database, keys=odoo.keys)
    try:
        restored.start()
        again = Worker("test-worker-restored", restored, redis, tmp_path, more)
        host.boss = ForeignErp(restored.url, restored.database)
        assert host.points() == 200
        shop.invoice(MEIER, ("PS", 20.0))
        again.start()
        gains(host, 800)
        time.sleep(2)
        assert host.points() == 800
        again.stop()
    finally:
        process.stop("test-worker-restored")
        restored.stop()
        state.forget(restored.name)
