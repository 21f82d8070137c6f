import redis

from worker.watchdog import Staleness


def test_only_a_sign_of_life_that_stops_changing_is_stale():
    now, signs = [0.0], iter([None, {"at": 1}, {"at": 2}, {"at": 2}, {"at": 2}])
    staleness = Staleness(lambda: next(signs), lambda: now[0])
    ages = []
    for _ in range(5):
        now[0] += 10
        ages.append(staleness.seconds())
    assert ages == [10, 0, 0, 10, 20]


def test_an_absent_redis_is_no_sign_of_a_hanging_worker():
    now = [0.0]

    def look():
        raise redis.ConnectionError

    staleness = Staleness(look, lambda: now[0])
    now[0] = 500
    assert staleness.seconds() == 0
