import json
import logging

import pytest
import redis

from worker.lease import HOLDER, RedisLease, sign_of_life


class TinyRedis:
    """The five commands that are used, and an off switch."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.down = False
        self.asked = 0

    def _up(self) -> None:
        self.asked += 1
        if self.down:
            raise redis.ConnectionError("Error 111 connecting to 127.0.0.1. Connection refused.")

    def set(self, key: str, value: str, ex: int, nx: bool = False) -> bool | None:
        self._up()
        assert ex > 0
        if nx and key in self.keys:
            return None
        self.keys[key] = value
        return True

    def get(self, key: str) -> str | None:
        self._up()
        return self.keys.get(key)

    def exists(self, key: str) -> int:
        self._up()
        return int(key in self.keys)

    def delete(self, key: str) -> int:
        self._up()
        return int(self.keys.pop(key, None) is not None)


@pytest.fixture
def server() -> TinyRedis:
    return TinyRedis()


def test_only_one_drains(server):
    first, second = RedisLease(server), RedisLease(server)
    assert first.free()
    assert first.take()
    assert not second.take()
    assert not second.free()
    assert first.keep()
    assert not second.keep()


def test_a_started_worker_takes_over_from_one_that_was_killed(server):
    killed, started = RedisLease(server), RedisLease(server)
    killed.take()
    assert started.take(over=True)
    assert not killed.keep()


def test_a_released_lease_is_free_at_once(server):
    first = RedisLease(server)
    first.take()
    first.release()
    assert first.free()


def test_nobody_releases_the_lease_of_another(server):
    first, second = RedisLease(server), RedisLease(server)
    first.take()
    second.release()
    assert first.keep()


def test_an_emptied_redis_leaves_one_drain(server):
    first, second = RedisLease(server), RedisLease(server)
    first.take()
    server.keys.clear()
    assert second.take()
    assert not first.keep()
    assert second.keep()


def test_without_redis_everybody_may_and_it_is_said_once(server, caplog):
    caplog.set_level(logging.INFO)
    now = [0.0]
    lease = RedisLease(server, clock=lambda: now[0])
    server.down = True
    assert lease.take()
    for _ in range(20):
        assert lease.keep()
        now[0] += 1.0
    assert lease.without_redis
    assert server.asked < 8  # a Redis that hangs must not slow every round
    server.down = False
    now[0] += 10
    assert lease.keep()
    assert not lease.without_redis
    assert caplog.messages == [
        "Going on without Redis: Error 111 connecting to 127.0.0.1. Connection refused.",
        "Going on with Redis.",
    ]


def test_a_stopping_worker_ends_its_drain(server):
    stopping = [False]
    lease = RedisLease(server, stopping=lambda: stopping[0])
    lease.take()
    assert lease.keep()
    stopping[0] = True
    assert not lease.keep()


def test_the_sign_of_life_says_whether_the_erp_is_away(server):
    assert sign_of_life(server) is None
    lease = RedisLease(server, erp_state=lambda: "ErpUnreachable")
    lease.take()
    lease.keep()
    assert sign_of_life(server)["erp"] == "ErpUnreachable"
    assert json.loads(server.keys[next(key for key in server.keys if key != HOLDER)])["at"] > 0
