import pytest
import redis

from connector.exceptions import ErpUnreachable
from worker.app import QUEUES
from worker.board import CLAIM, RELEASE, BoardAway, ErpBoard, RedisBoard


class TinyRedis:
    """The commands that are used; the scripts are those of a real Redis in tests/faults."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def eval(self, script: str, _number: int, key: str, token: str, *rest: int) -> int | None:
        mine = self.keys.get(key) in (None, token)
        if script == RELEASE:
            return self.keys.pop(key, None) and 1 if mine else None
        assert script == CLAIM
        if not mine and not rest[1]:
            return 0
        self.keys[key] = token
        return 1

    def set(self, key: str, value: str, ex: int) -> bool:
        if value == "too much":
            raise redis.ResponseError("OOM command not allowed when used memory > 'maxmemory'.")
        self.keys[key] = value
        return True

    def get(self, key: str) -> str | None:
        return self.keys.get(key)


class Notes:
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
    board = RedisBoard("redis://127.0.0.1:1/0", server)
    assert board.claim("drain", "a", 12)
    assert not board.claim("drain", "b", 12)
    assert board.claim("drain", "b", 12, over=True)
    board.put("alive:x", "1", 60)
    assert (board.get("alive:x"), board.get("nothing")) == ("1", "")
    assert set(server.keys) == {"customer-card:note:drain", "customer-card:note:alive:x"}
    board.release("drain", "a")
    assert board.get("drain") == "b"


def test_a_full_redis_is_a_board_that_is_away():
    board = RedisBoard("redis://127.0.0.1:1/0", TinyRedis())
    with pytest.raises(BoardAway, match="OOM"):
        board.put("alive:x", "too much", 60)


def test_the_erp_keeps_notes_where_there_is_no_redis():
    notes = Notes()
    board = ErpBoard(notes)
    assert board.claim("drain", "a", 12)
    given = {"name": "drain", "token": "a", "seconds": 12, "over": False}
    assert notes.asked == [("customer.card.worker.note", "claim", given)]
    notes.answer = False
    assert not board.claim("drain", "b", 12)
    assert board.get("drain") == ""
    notes.answer = ErpUnreachable("No answer.")
    with pytest.raises(BoardAway, match="No answer"):
        board.put("x", "1", 5)


def test_a_note_never_has_the_key_of_a_queue():
    """The queue and the loop "push" once shared one: its list was overwritten, the worker died."""
    server = TinyRedis()
    board = RedisBoard("redis://127.0.0.1:1/0", server)
    for queue in QUEUES:
        board.put(queue, "1", 60)
    assert not set(server.keys) & {f"customer-card:{queue}" for queue in QUEUES}
