"""Several workers, a full Redis, figures and health: the worker as its supervisors see it."""

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest
import redis as redis_client
from celery import Celery

from dev import process, state
from dev.paths import ROOT, VENV
from tests.kit.busy_shop import BusyShop
from tests.kit.poison_worker import NAME
from tests.kit.worker_rig import Worker
from worker.health import WAITING, WORKING
from worker.notes import RedisNotes


@pytest.fixture(scope="module")
def port() -> int:
    return state.port("test-worker-metrics")


@pytest.fixture(scope="module")
def workers(odoo, redis, tmp_path_factory, port) -> Iterator[list[Worker]]:
    """Two workers, as on two hosts: of their own names, with one Redis."""
    redis.flush()
    made = []
    for name, more in (("one", f"metrics_port: {port}\n"), ("two", "")):
        folder = tmp_path_factory.mktemp(name)
        made.append(Worker(f"test-worker-{name}", odoo, redis, folder, more, ["--name", name]))
    for worker in made:
        worker.start()
    yield made
    for worker in made:
        worker.stop()
    state.forget("test-worker-metrics")


@pytest.fixture(autouse=True)
def everything_runs(real_parts, odoo, redis, workers) -> None:
    for part in (real_parts.postgres, redis, odoo, *workers):
        part.start()


@pytest.fixture(scope="module")
def shop(odoo) -> BusyShop:
    return BusyShop(odoo.url, odoo.database, odoo.keys)


def until(true, within_s: float = 30.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.3)
    return False


def test_the_schedule_of_each_worker_starts_what_was_lost(workers, shop, redis):
    """Whoever is killed, with all its messages: the other one's schedule begins anew."""
    for killed in workers:
        killed.kill()
        redis.flush()
        for _ in range(3):
            shop.issue()
        assert shop.settled(), shop.waiting()
        killed.start()
    shop.check()


def test_of_two_that_want_a_note_one_has_it(redis):
    """redis-py's lock, as the loops hold it: renewed, taken over, lost with Redis' memory."""
    notes = RedisNotes(redis.url)
    one, other = notes.hold("a-test", 12), notes.hold("a-test", 12)
    assert [one.take(), other.take(), one.take()] == [True, False, True]
    other.release()
    assert not other.take(), "nobody gives away what is another's"
    assert other.take(over=True)
    assert not one.take()
    one.release()
    assert other.take()
    redis.flush()
    assert one.take(), "what was lost is free"
    assert not other.take()
    one.release()
    assert other.take()
    other.release()
    assert notes.get("a-test") == ""
    short = notes.hold("a-test", 1)
    assert short.take()
    assert until(other.take, 5), "it ends by itself"


def test_both_are_well_and_say_so(workers):
    for worker, name in zip(workers, ("one", "two"), strict=True):
        assert until(lambda one=worker, node=name: one.health("--name", node)[0] == WORKING)
        _, found = worker.health("--name", name)
        assert found["state"] == "working"
        assert found["worker"] == f"{name}@{socket.gethostname()}"
        assert found["age_s"] < 60


def test_an_erp_that_is_away_and_a_redis_that_is_away_are_told_apart(workers, odoo, redis):
    odoo.kill()
    assert until(lambda: workers[0].health("--name", "one")[1]["state"] == "erp_away", 60)
    code, found = workers[0].health("--name", "one")
    assert (code, "No answer from the ERP" in found["text"]) == (WAITING, True)
    odoo.start()
    assert until(lambda: workers[0].health("--name", "one")[0] == WORKING, 60)
    redis.stop()
    code, found = workers[0].health("--name", "one")
    assert (code, found["state"]) == (WAITING, "broker_away")
    redis.start()
    assert until(lambda: workers[0].health("--name", "one")[0] == WORKING, 60)


def test_a_full_redis_stops_nothing_and_is_said(workers, shop, redis):
    server = redis_client.Redis.from_url(redis.url)
    server.config_set("maxmemory-policy", "noeviction")
    server.config_set("maxmemory", 1)
    try:
        shop.issue()
        assert shop.settled(), "who drains goes on without it"
        code, found = workers[0].health("--name", "one")
        assert (code, found["state"]) == (WAITING, "broker_full")
        assert "its disk or memory is full" in found["text"]
        assert any(worker.says("Going on without Redis: ", 10) for worker in workers)
    finally:
        server.config_set("maxmemory", 0)
    assert until(lambda: workers[0].health("--name", "one")[0] == WORKING, 60)
    shop.issue()
    shop.check()


def test_a_disk_that_is_full_is_told_from_a_redis_that_is_away(workers, tmp_path):
    """A real Redis whose disk takes no snapshot: it refuses every write."""
    number, folder = state.port("test-full-redis"), tmp_path / "disk"
    folder.mkdir()
    where = ["--bind", "127.0.0.1", "--port", str(number), "--dir", str(folder)]
    server = redis_client.Redis(port=number)

    def answers() -> bool:
        try:
            return bool(server.ping())
        except redis_client.ConnectionError:
            return False

    process.start(
        "test-full-redis", ["redis-server", *where, "--save", "1 1"], ready=answers, port=number
    )
    try:
        shutil.rmtree(folder)
        server.set("something", 1)
        assert until(lambda: server.info()["rdb_last_bgsave_status"] == "err")
        settings = workers[0].settings.read_text()
        other = tmp_path / "worker.yaml"
        old = next(line for line in settings.splitlines() if "url: redis://" in line)
        other.write_text(settings.replace(old, f"  url: redis://127.0.0.1:{number}/0"))
        code, found = workers[0].health("--name", "one", "--config", str(other))
        assert (code, found["state"]) == (WAITING, "broker_full")
        assert "MISCONF" in found["text"]
    finally:
        process.stop("test-full-redis")
        state.forget("test-full-redis")


def test_the_figures_are_told_on_the_loopback_only(workers, shop, port):
    shop.issue()
    shop.check()

    def figures() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    # Whichever of the two drains: this one's own tasks are counted here in any case.
    assert until(lambda: 'task="customer_card.ping"' in figures())
    listening = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True).stdout
    bound = [line for line in listening.splitlines() if f":{port} " in line]
    assert all(f"127.0.0.1:{port}" in line for line in bound)
    two = workers[1]
    two.stop()
    workers[0].kill()
    workers[0].start()
    shop.issue()
    shop.check()
    assert until(lambda: 'customer_card_rows_total{outcome="done",stream="issue"}' in figures())
    assert 'customer_card_erp_up{erp="cards"} 1.0' in figures()
    assert 'customer_card_erp_seconds_count{erp="cards",method="pull"}' in figures()
    two.start()


def test_a_task_that_kills_its_process_ends_in_the_erp(workers, shop, tmp_path):
    """Three starts, then a row of the outbox with the reason; its button starts it again."""
    starts = tmp_path / "starts"
    starts.touch()
    config = workers[0].settings
    name = "test-worker-poison"
    argv = [VENV / "bin/python", "-m", "tests.kit.poison_worker", config, starts]
    process.start(name, argv, ready=lambda: True, cwd=ROOT)
    try:
        app = Celery(broker=workers[0].broker)
        app.conf.broker_transport_options = {"global_keyprefix": "customer-card:"}
        app.send_task(NAME, queue="poison")

        def buried() -> list[dict]:
            return [row for row in shop.waiting() if row["model"] == NAME]

        assert until(buried, 60)
        (row,) = buried()
        assert (row["state"], row["error"]) == (
            "dead",
            "It has killed the worker's process three times.",
        )
        assert starts.read_text().count("started") == 3
        time.sleep(6)
        assert starts.read_text().count("started") == 3, "it is left alone"
    finally:
        process.stop(name)
        rows = shop.boss.call("customer.card.outbox", "search", domain=[["model", "=", NAME]])
        shop.boss.call("customer.card.outbox", "action_retry", rows)
    assert until(lambda: not buried()), "the schedule takes it up again"
