import inspect
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.beat import Scheduler

from tests.unit.table_notes import TableNotes
from worker import tasks
from worker.app import QUEUES
from worker.schedule import BILL, DRAIN, PUSH, READ, beat_schedule, loops
from worker.schedule import QUEUES as QUEUE_OF


def settings(*foreign: SimpleNamespace) -> SimpleNamespace:
    stock = next((one for one in foreign if one.stock), None)
    return SimpleNamespace(foreign=foreign, stock=stock)


NORD = SimpleNamespace(name="nord", read=True, stock=None)
SUED = SimpleNamespace(name="sued", read=True, stock=True)


def test_every_loop_is_started_again_and_again():
    wanted = settings(NORD, SUED)
    assert [loop.what for loop in loops(wanted)] == ["drain", "read:nord", "read:sued", "push"]
    entries = beat_schedule(wanted)
    for loop in loops(wanted):
        assert entries[loop.what]["schedule"] <= 5
        assert entries[loop.what]["kwargs"] == {"scheduled": True, **loop.arguments}


def test_without_foreign_erps_there_is_one_loop_and_the_bills():
    assert {entry["task"] for entry in beat_schedule(settings()).values()} >= {DRAIN, BILL}
    assert not {READ, PUSH} & {entry["task"] for entry in beat_schedule(settings()).values()}


def test_what_is_sent_fits_the_task_and_a_queue_that_is_worked_off():
    known = {task.name: task for task in vars(tasks).values() if hasattr(task, "apply_async")}
    for entry in beat_schedule(settings(NORD, SUED)).values():
        inspect.signature(known[entry["task"]].run).bind(**entry["kwargs"])
        assert QUEUE_OF[entry["task"]] in QUEUES


def test_a_worker_that_is_restarted_often_comes_to_what_is_done_hourly():
    app = Celery("test", broker="memory://")
    app.conf.update(beat_schedule=beat_schedule(settings(NORD)), timezone="UTC")
    scheduler = Scheduler(app)
    now = datetime.now(UTC)
    due = {name for name, entry in scheduler.schedule.items() if entry.is_due().is_due}
    assert due == set(scheduler.schedule) - {"reconcile:nord"}
    sent = scheduler.schedule["bill"]._next_instance(now)
    assert not sent.is_due().is_due


@pytest.mark.parametrize(("down", "runs"), [(False, 1), (True, 0)])
def test_the_schedule_starts_no_loop_while_nobody_can_tell_who_is_at_work(monkeypatch, down, runs):
    """Everybody may then: each worker would begin one more every few seconds."""
    notes, ran = TableNotes(), []
    notes.down = down
    app = SimpleNamespace(
        card=settings(),
        stopping=SimpleNamespace(is_set=lambda: False),
        send_task=lambda name, kwargs: ran.append(("next", kwargs)),
    )
    monkeypatch.setattr(tasks, "current_app", app)
    monkeypatch.setattr(tasks.parts, "notes", lambda: notes)
    monkeypatch.setattr(tasks.parts, "outage", lambda _: SimpleNamespace(reason=""))
    monkeypatch.setattr(tasks.parts, "alive", lambda: SimpleNamespace(touch=lambda: None))
    drain = SimpleNamespace(run=lambda *_: ran.append("run"))
    monkeypatch.setattr(tasks.parts, "drain", lambda: drain)
    tasks.drain.run(scheduled=True)
    assert ran.count("run") == runs
    tasks.drain.run()
    assert ran.count("run") == runs + 1, "who was told to go on goes on"
