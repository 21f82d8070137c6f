from types import SimpleNamespace

import pytest
from celery.concurrency import get_implementation

from worker import app as worker_app


@pytest.fixture
def app(monkeypatch):
    monkeypatch.setattr(worker_app, "_connect_signals", lambda app: None)  # these are global
    settings = SimpleNamespace(broker_url="memory://", foreign=(), stock=None, metrics_port=0)
    return worker_app.create_app(settings)


@pytest.mark.filterwarnings("ignore::celery.exceptions.SecurityWarning")  # some are root
def test_loops_hear_of_the_end_also_when_celery_itself_fails(app):
    """Celery gives no signal then, and waits for its tasks for ever."""

    def fails():
        raise ValueError("file descriptor is None")

    worker = app.Worker(pool="solo", quiet=True)
    worker.consumer.start = fails
    assert not app.stopping.is_set()
    worker.start()
    assert app.stopping.is_set()
    assert worker.exitcode


def test_a_process_that_is_gone_is_no_reason_to_give_up(app):
    """It ended while Redis was away; the pool is watched anew, and Celery met its closed pipe."""
    watched = []
    hub = SimpleNamespace(add_reader=lambda fd, *_: watched.append(fd.__index__()))
    pool = object.__new__(get_implementation(app.conf.worker_pool).Pool)
    pool._track_child_process(SimpleNamespace(_sentinel_poll=None), hub)
    pool._track_child_process(SimpleNamespace(_sentinel_poll=7), hub)
    assert watched == [7]
