"""The real worker between a real Odoo 14 and a real Odoo 19, while things break."""

import time

import pytest
import redis as redis_client

from connector import cli
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import MEIER, Host
from tests.kit.worker_rig import Worker

FOREIGN = """
foreign:
- name: nord
  erp: {{url: "{url}", database: {database}, login: sync, secret: env:CARD_FOREIGN, transport: web}}
  mapping: odoo-14
  read: {{window_s: 5, poll_s: 0.5}}
- name: sued
  erp: {{url: "{url}", database: {database}, login: sync, secret: env:CARD_FOREIGN, transport: web}}
  mapping: odoo-14
  read: {{window_s: 5, poll_s: 0.5, streams: [product]}}
"""
PATIENCE_S = 60


@pytest.fixture(scope="module")
def host(odoo):
    return Host(odoo, "nord")


@pytest.fixture(scope="module")
def other(odoo):
    """The same ERP once more, of which only the articles are read."""
    return Host(odoo, "sued")


@pytest.fixture(scope="module")
def worker(odoo, odoo14, redis, host, other, tmp_path_factory):
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
    """TM-17 TM-18 TM-26: through the worker, from Odoo 14, within a few seconds."""
    shop.invoice(MEIER, ("CHK", 40.0), ("PS", 20.0))
    gains(host, 400)
    shop.invoice(MEIER, ("CHK", 40.0), kind="out_refund")
    gains(host, 200)
    shop.invoice(MEIER, ("PS", 20.0), discount=10)
    gains(host, 380)


def test_the_check_of_both_erps_finds_nothing_wrong(shop, worker, capsys):
    assert cli.main(["check", str(worker.settings)]) == 0
    said = capsys.readouterr().out
    assert "ERROR" not in said
    for text in (
        "nord: Odoo 14.0 answers",
        "nord: The ERP with the app Customer Cards knows it by this name.",
        "nord: invoice_line: the",
        "nord: stock_move: stock.move, all fields there and readable.",
    ):
        assert text in said, said


def test_each_of_several_foreign_erps_is_read_on_its_own(shop, host, other, worker):
    def known(source, kind):
        mine = [["source_id.name", "=", source], ["kind", "=", kind]]
        return host.boss.call("customer.card.sync.link", "search_count", domain=mine)

    until = time.monotonic() + PATIENCE_S
    while not (known("nord", "product") == known("sued", "product") > 0):
        assert time.monotonic() < until, (known("nord", "product"), known("sued", "product"))
        time.sleep(0.2)
    assert known("nord", "customer") > 0 == known("sued", "customer")


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
    assert _until(host, lambda one: "No answer from the ERP" in (one["last_error"] or ""))
    until = time.monotonic() + PATIENCE_S
    while (found := worker.health())[1]["text"].count(": No answer") < 2:
        assert time.monotonic() < until, found
    assert (found[0], found[1]["state"]) == (3, "erp_away")
    assert "nord: No answer" in found[1]["text"]
    assert "sued: No answer" in found[1]["text"]
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


def test_a_right_that_was_taken_away_is_one_clear_sentence(shop, host, worker):
    user, before = shop.one("res.users", ("login", "=", "sync")), host.points()
    rights = shop.one("res.groups", ("name", "=", "Billing"))
    others = shop.call("res.users", "read", [user], fields=["groups_id"])[0]["groups_id"]
    account = shop.call(
        "ir.model.access",
        "search_read",
        domain=[["model_id.model", "=", "account.move.line"], ["perm_read", "=", True]],
        fields=["group_id"],
    )
    taken = [one["group_id"][0] for one in account if one["group_id"][0] in others]
    assert rights in taken
    shop.touch("res.users", [user], groups_id=[[3, group] for group in taken])
    shop.invoice(MEIER, ("PS", 20.0))
    (source,) = _until(host, lambda one: "account.move.line" in (one["last_error"] or ""))
    assert "not allowed to access" in source["last_error"]
    shop.touch("res.users", [user], groups_id=[[4, group] for group in taken])
    gains(host, before + 200)
    assert _until(host, lambda one: not one["last_error"])


def _until(host, holds):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = host.boss.call(
            "customer.card.sync.source",
            "search_read",
            domain=[["name", "=", "nord"]],
            fields=["last_error"],
        )
        if holds(found[0]):
            return found
        time.sleep(0.2)
    raise AssertionError(found)
