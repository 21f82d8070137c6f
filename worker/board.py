"""A few short-lived notes that all workers see: who does what, and who is alive.

They may vanish at any time: if two workers do the same, the ERP hands each row to one of them. Kept
in Redis, or in the ERP itself where there is none (RabbitMQ as broker).
"""

from collections.abc import Callable
from typing import Any, Protocol

import redis

from connector.erp import Erp
from connector.exceptions import CardSystemError

# Beside the queues of a broker in the same Redis, of which one is called "push" as well.
PREFIX = "customer-card:note:"
NOTES = "customer.card.worker.note"
# Free or mine: take it. In one step, or two would have it.
CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and ARGV[3] == '0' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"


class BoardAway(CardSystemError):
    """The notes cannot be read or written now."""


class Board(Protocol):
    """Notes with a name and an end; every method may raise :class:`BoardAway`.

    :ivar renew_s: how often a note may be renewed at most, for what it costs
    """

    renew_s: float

    @property
    def name(self) -> str:
        """Where the notes are kept, for people."""

    def claim(self, name: str, token: str, seconds: int, *, over: bool = False) -> bool:
        """Note *token* under *name* unless another one stands there; with *over*, even then."""

    def release(self, name: str, token: str) -> None:
        """Remove the note if it is *token*."""

    def put(self, name: str, value: str, seconds: int) -> None:
        """Note *value*."""

    def get(self, name: str) -> str:
        """Return what is noted, or nothing."""


class RedisBoard:
    """Notes in Redis; gives up quickly, nothing here is worth waiting for."""

    name = "Redis"
    renew_s = 1.0

    def __init__(self, url: str, client: Any = None) -> None:
        self._redis = client or redis.Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True
        )

    def claim(self, name: str, token: str, seconds: int, *, over: bool = False) -> bool:
        answer = self._ask(
            lambda: self._redis.eval(CLAIM, 1, PREFIX + name, token, seconds, int(over))
        )
        return bool(answer)

    def release(self, name: str, token: str) -> None:
        self._ask(lambda: self._redis.eval(RELEASE, 1, PREFIX + name, token))

    def put(self, name: str, value: str, seconds: int) -> None:
        self._ask(lambda: self._redis.set(PREFIX + name, value, ex=seconds))

    def get(self, name: str) -> str:
        return str(self._ask(lambda: self._redis.get(PREFIX + name)) or "")

    @staticmethod
    def _ask(question: Callable[[], Any]) -> Any:
        try:
            return question()
        except redis.RedisError as error:
            raise BoardAway(str(error)) from error


class ErpBoard:
    """Notes in the ERP with our addon."""

    name = "the ERP's notes"
    renew_s = 3.0

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def claim(self, name: str, token: str, seconds: int, *, over: bool = False) -> bool:
        return bool(self._ask("claim", name=name, token=token, seconds=seconds, over=over))

    def release(self, name: str, token: str) -> None:
        self._ask("release", name=name, token=token)

    def put(self, name: str, value: str, seconds: int) -> None:
        self._ask("put", name=name, value=value, seconds=seconds)

    def get(self, name: str) -> str:
        return str(self._ask("get", name=name) or "")

    def _ask(self, method: str, **values: Any) -> Any:
        try:
            return self._erp.call(NOTES, method, **values)
        except CardSystemError as error:
            raise BoardAway(str(error)) from error
