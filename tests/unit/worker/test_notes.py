import pytest
import redis

from connector.exceptions import ErpUnreachable
from worker.app import QUEUES
from worker.notes import ErpNotes, NotesAway, RedisNotes


class TinyRedis:
    """The commands that notes need; who holds one is asked of a real Redis in tests/faults."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def set(self, key: str, value: str, ex: int) -> bool:
        if value == "too much":
            raise redis.ResponseError("OOM command not allowed when used memory > 'maxmemory'.")
        self.keys[key] = value
        return True

    def get(self, key: str) -> str | None:
        return self.keys.get(key)


class Addon:
    """The addon's side."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict]] = []
        self.answer: object = True

    def call(self, model, method, ids=None, /, **kwargs):
        self.asked.append((model, method, kwargs))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_redis_keeps_notes_under_a_prefix():
    server = TinyRedis()
    notes = RedisNotes("redis://127.0.0.1:1/0", server)
    notes.put("alive:x", "1", 60)
    assert (notes.get("alive:x"), notes.get("nothing")) == ("1", "")
    assert set(server.keys) == {"customer-card:note:alive:x"}


def test_a_full_redis_means_notes_that_are_away():
    notes = RedisNotes("redis://127.0.0.1:1/0", TinyRedis())
    with pytest.raises(NotesAway, match="OOM"):
        notes.put("alive:x", "too much", 60)


def test_the_erp_keeps_notes_where_there_is_no_redis():
    addon = Addon()
    notes = ErpNotes(addon)
    mine, other = notes.hold("drain", 12), notes.hold("drain", 12)
    assert mine.take()
    assert other.take(over=True)
    mine.release()
    (_, first, claim), (_, _, claim_over), (_, last, release) = addon.asked
    assert (first, last) == ("claim", "release")
    assert claim == {"name": "drain", "token": claim["token"], "seconds": 12, "over": False}
    assert claim_over["over"]
    assert claim_over["token"] != claim["token"]
    assert release == {"name": "drain", "token": claim["token"]}
    addon.answer = False
    assert not other.take()
    assert notes.get("drain") == ""
    addon.answer = ErpUnreachable("No answer.")
    with pytest.raises(NotesAway, match="No answer"):
        notes.put("x", "1", 5)


def test_a_note_never_has_the_key_of_a_queue():
    """The queue and the loop "push" once shared one: its list was overwritten, the worker died."""
    server = TinyRedis()
    notes = RedisNotes("redis://127.0.0.1:1/0", server)
    for queue in QUEUES:
        notes.put(queue, "1", 60)
    assert not set(server.keys) & {f"customer-card:{queue}" for queue in QUEUES}
