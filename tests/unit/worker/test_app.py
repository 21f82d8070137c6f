from types import SimpleNamespace

import pytest

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
