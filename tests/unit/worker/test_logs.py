import logging

from worker.logs import CalmFilter


def record(text: str, level: int = logging.ERROR, name: str = "celery.worker.consumer.consumer"):
    return logging.LogRecord(name, level, "", 0, text, (), (ValueError, ValueError("x"), None))


def shown(broker: CalmFilter, *records: logging.LogRecord) -> list[str]:
    return [one.getMessage() for one in records if broker.filter(one)]


LOST = "consumer: Connection to broker lost. Trying to re-establish the connection..."
RETRY = (
    "consumer: Cannot connect to redis://:**@x:6379/0: Error 111. Trying again in 2.00 seconds..."
)


def test_an_outage_of_redis_is_one_line_and_one_when_it_is_back():
    broker = CalmFilter("redis://x:6379/0")
    assert shown(broker, record(LOST), record(RETRY), record(RETRY)) == [
        "Redis at redis://x:6379/0 does not answer; trying until it does."
    ]
    connected = record("Connected to redis://x:6379/0", logging.INFO)
    assert shown(broker, connected) == ["Redis at redis://x:6379/0 is back."]
    assert len(shown(broker, record(RETRY))) == 1


def test_no_traceback_and_no_error_level_for_what_heals_itself():
    lost = record(LOST)
    assert CalmFilter("x").filter(lost)
    assert lost.exc_info is None
    assert lost.levelname == "WARNING"


def test_the_schedule_does_not_repeat_it():
    text = "Message Error: Couldn't apply scheduled task tick: Error 111"
    assert shown(CalmFilter("x"), record(text, name="celery.beat")) == []


def test_other_warnings_stay_and_chatter_goes():
    broker = CalmFilter("x")
    assert shown(broker, record("Something else")) == ["Something else"]
    assert shown(broker, record("beat: Starting...", logging.INFO, "celery.beat")) == []


def test_a_killed_process_is_one_line():
    lost = record("Task handler raised error: WorkerLostError('Worker exited prematurely: 9')")
    assert shown(CalmFilter("x"), lost) == [
        "A process of the worker was killed; its work begins anew."
    ]
    assert lost.exc_info is None


def test_a_full_redis_is_said_as_such():
    full = record(LOST)
    full.exc_info = (ValueError, ValueError("MISCONF Redis is configured to save"), None)
    assert shown(CalmFilter("redis://x:6379/0"), full) == [
        "Redis at redis://x:6379/0 takes nothing in, its disk or memory is full; trying until it"
        " does."
    ]
