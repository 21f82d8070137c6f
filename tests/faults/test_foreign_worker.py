"""The real worker between a real Odoo 14 and a real Odoo 19, while things break."""

import time

import pytest
import redis as redis_client

from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import MEIER, Host
from tests.kit.worker_rig import Worker

FOREIGN = """
foreign:
  name: nord
  erp: {{url: "{url}", database: {database}, login: sync, secret: env:CARD_FOREIGN, transport: web}}
  mapping: odoo-14
  read: {{window_s: 5, poll_s: 0.5}}
"""
PATIENCE_S = 60


@pytest.fixture(scope="module")
def host(odoo):
    return Host(odoo, "nord")


@pytest.fixture(scope="module")
def worker(odoo, odoo14, redis, host, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARD_FOREIGN", "demo")
        more = FOREIGN.format(url=odoo14.url, database=odoo14.database)
        folder = tmp_path_factory.mktemp("worker")
        worker = Worker("test-worker-foreign", odoo, redis, folder, more)
        worker.start()
        yield worker
        worker.stop()


@pytest.fixture(scope="module")
def shop(odoo14):
    return ForeignErp(odoo14.url, odoo14.database)


def gains(host, points):
    """Wait until the customer has gained *points* and return how long it took."""
    began = time.monotonic()
    while host.points() != points:
        assert time.monotonic() - began < PATIENCE_S, (host.points(), points)
        time.sleep(0.1)
    return time.monotonic() - began


def test_an_invoice_over_there_is_points_here(shop, host, worker):
    """TM-17 TM-18: through the worker, from Odoo 14, within a few seconds."""
    shop.invoice(MEIER, ("CHK", 40.0), ("PS", 20.0))
    gains(host, 400)
    shop.invoice(MEIER, ("CHK", 40.0), kind="out_refund")
    gains(host, 200)


def test_redis_emptied_and_the_worker_killed_change_nothing(shop, host, worker, redis):
    before = host.points()
    shop.invoice(MEIER, ("PS", 20.0))
    redis_client.Redis.from_url(redis.url).flushall()
    worker.kill()
    shop.invoice(MEIER, ("PS", 20.0))
    worker.start()
    gains(host, before + 400)


def test_an_erp_that_is_away_is_told_and_caught_up_with(shop, host, worker, odoo14):
    before = host.points()
    shop.invoice(MEIER, ("PS", 20.0))
    gains(host, before + 200)
    odoo14.kill()
    domain = [["name", "=", "nord"]]
    until = time.monotonic() + PATIENCE_S
    error = ""
    while not error and time.monotonic() < until:
        (source,) = host.boss.call(
            "customer.card.sync.source", "search_read", domain=domain, fields=["last_error"]
        )
        error = source["last_error"] or ""
        time.sleep(0.2)
    assert "No answer from the ERP" in error
    odoo14.start()
    shop.invoice(MEIER, ("PS", 20.0))
    gains(host, before + 400)


def test_a_password_that_was_changed_is_one_clear_sentence(shop, host, worker):
    user = shop.one("res.users", ("login", "=", "sync"))
    before = host.points()
    shop.touch("res.users", [user], password="another")
    worker.kill()
    worker.start()
    assert worker.says("does not accept the password or API key of sync", PATIENCE_S)
    shop.invoice(MEIER, ("PS", 20.0))
    shop.touch("res.users", [user], password="demo")
    gains(host, before + 200)
    assert "demo" not in worker.log
