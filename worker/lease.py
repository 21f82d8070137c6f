"""Two keys in Redis, both of which may vanish at any time: who drains, and a sign of life.

Nothing depends on them: if two drains run at once, the ERP hands each row to one of them.
"""

import json
import logging
import socket
import time
import uuid
from collections.abc import Callable
from typing import Any

import redis

_logger = logging.getLogger(__name__)
HOLDER = "customer-card:drain"
HOLDER_TTL_S = 12
ALIVE = "customer-card:alive:"
ALIVE_TTL_S = 3600
ASK_AGAIN_S = 5.0


def client(url: str) -> "redis.Redis":
    """Return a client that gives up quickly; nothing here is worth waiting for."""
    return redis.Redis.from_url(
        url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True
    )


class RedisLease:
    """The right to drain, as far as Redis knows; without Redis everybody may.

    :param stopping: asked at every renewal
    :param erp_state: what is wrong with the ERP, for the sign of life
    """

    def __init__(
        self,
        redis_client: "redis.Redis",
        stopping: Callable[[], bool] = lambda: False,
        erp_state: Callable[[], str] = str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis_client
        self._stopping = stopping
        self._erp_state = erp_state
        self._clock = clock
        self._token = uuid.uuid4().hex
        self._silent_until = 0.0

    @property
    def without_redis(self) -> bool:
        """True while Redis does not answer."""
        return self._silent_until > 0

    def take(self, *, over: bool = False) -> bool:
        """Get the lease if it is free; with *over*, from whoever has it."""
        answer = self._ask(
            lambda: self._redis.set(HOLDER, self._token, ex=HOLDER_TTL_S, nx=not over)
        )
        return bool(answer) or self.without_redis

    def keep(self) -> bool:
        """Renew the lease; False when somebody else has it or the worker stops."""
        if self._stopping():
            return False
        holder = self._ask(lambda: self._redis.get(HOLDER))
        if holder not in (None, self._token):
            return False
        self._ask(self._renew)
        return True

    def free(self) -> bool:
        """Return whether nobody drains."""
        return not self._ask(lambda: self._redis.exists(HOLDER))

    def release(self) -> None:
        """Let the next one have it at once."""
        if self._ask(lambda: self._redis.get(HOLDER)) == self._token:
            self._ask(lambda: self._redis.delete(HOLDER))

    def touch(self) -> None:
        """Leave this host's sign of life."""
        value = json.dumps({"at": time.time(), "erp": self._erp_state()})
        self._ask(lambda: self._redis.set(ALIVE + socket.gethostname(), value, ex=ALIVE_TTL_S))

    def _renew(self) -> None:
        self._redis.set(HOLDER, self._token, ex=HOLDER_TTL_S)
        self.touch()

    def _ask(self, question: Callable[[], Any]) -> Any:
        if self._clock() < self._silent_until:
            return None
        try:
            answer = question()
        except redis.RedisError as error:
            if not self.without_redis:
                _logger.warning("Going on without Redis: %s", error)
            self._silent_until = self._clock() + ASK_AGAIN_S
            return None
        if self.without_redis:
            _logger.info("Going on with Redis.")
            self._silent_until = 0.0
        return answer


def sign_of_life(redis_client: "redis.Redis") -> dict[str, Any] | None:
    """Return what this host's worker last left, None if nothing.

    :raises redis.RedisError: Redis does not answer
    """
    value = redis_client.get(ALIVE + socket.gethostname())
    return json.loads(str(value)) if value else None
