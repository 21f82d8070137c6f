"""RabbitMQ instead of Redis: nothing but the address differs. A real one, and a real Odoo."""

import os
import time
from collections.abc import Iterator

import pytest

from dev import state
from dev.rabbitmq import RabbitMq
from dev.say import Trouble
from tests.kit.busy_shop import BusyShop
from tests.kit.worker_rig import Worker


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMq]:
    server = RabbitMq("test")
    try:
        server.start()
    except Trouble as trouble:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO RABBITMQ HERE: {trouble}")
    yield server
    server.stop()
    state.forget(server.name)


@pytest.fixture(scope="module")
def workers(odoo, rabbitmq, tmp_path_factory) -> Iterator[list[Worker]]:
    made = []
    for name in ("one", "two"):
        folder = tmp_path_factory.mktemp(name)
        worker = Worker(f"test-worker-{name}", odoo, rabbitmq, folder, arguments=["--name", name])
        worker.start()
        made.append(worker)
    yield made
    for worker in made:
        worker.stop()


@pytest.fixture(scope="module")
def shop(odoo) -> BusyShop:
    return BusyShop(odoo.url, odoo.database, odoo.keys)


def test_two_workers_share_the_work_and_one_may_be_killed(workers, shop):
    for number in range(12):
        shop.issue()
        if number == 6:
            workers[0].kill()
            time.sleep(1)
            workers[0].start()
    shop.check()


def test_health_knows_where_the_notes_are(workers, odoo):
    until = time.monotonic() + 30
    while (found := workers[1].health("--name", "two"))[0] and time.monotonic() < until:
        time.sleep(0.5)
    assert found[0] == 0, found
    assert f"notes {odoo.url}" in workers[1].log


def test_a_rabbitmq_that_is_away_stops_no_drain(workers, shop, rabbitmq):
    rabbitmq.stop()
    shop.issue()
    assert shop.settled(60)
    code, found = workers[0].health("--name", "one")
    assert (code, found["state"]) == (3, "broker_away")
    rabbitmq.start()
    shop.issue()
    shop.check()
