"""A few short-lived notes that all workers see: who does what, and who is alive.

They may vanish at any time: if two workers do the same, the ERP hands each row to one of them. Kept
in Redis, or in the ERP itself where there is none (RabbitMQ as broker).
"""

import uuid
from collections.abc import Callable
from typing import Any, Protocol

import redis
from redis.exceptions import LockNotOwnedError
from redis.lock import Lock

from connector.erp import Erp, connect
from connector.exceptions import CardSystemError
from worker.settings import WorkerSettings

# Beside the queues of a broker in the same Redis, of which one is called "push" as well.
PREFIX = "customer-card:note:"
MODEL = "customer.card.worker.note"


class NotesAway(CardSystemError):
    """The notes cannot be read or written now."""


class Hold(Protocol):
    """One holder's claim on a note; every method may raise :class:`NotesAway`."""

    def take(self, *, over: bool = False) -> bool:
        """Take or renew the note; False while somebody else has it, unless taken *over*."""

    def release(self) -> None:
        """Remove the note if it is ours."""


class Notes(Protocol):
    """Notes with a name and an end; every method may raise :class:`NotesAway`.

    :ivar renew_s: how often a note may be renewed at most, for what it costs
    """

    renew_s: float

    @property
    def name(self) -> str:
        """Where the notes are kept, for people."""

    def hold(self, name: str, seconds: int) -> Hold:
        """Return a new holder's claim on the note *name*, which ends unless it is renewed."""

    def put(self, name: str, value: str, seconds: int) -> None:
        """Note *value*."""

    def get(self, name: str) -> str:
        """Return what is noted, or nothing."""


class RedisNotes:
    """Notes in Redis; gives up quickly, nothing here is worth waiting for."""

    name = "Redis"
    renew_s = 1.0

    def __init__(self, url: str, client: Any = None) -> None:
        self._redis = client or redis.Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True
        )

    def hold(self, name: str, seconds: int) -> Hold:
        lock = Lock(self._redis, PREFIX + name, timeout=seconds, blocking=False, thread_local=False)
        return _RedisHold(lock)

    def put(self, name: str, value: str, seconds: int) -> None:
        _ask(lambda: self._redis.set(PREFIX + name, value, ex=seconds))

    def get(self, name: str) -> str:
        return str(_ask(lambda: self._redis.get(PREFIX + name)) or "")


class _RedisHold:
    """redis-py's own lock, which two never have at once."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._had = False

    def take(self, *, over: bool = False) -> bool:
        self._had = _ask(lambda: self._renewed() or self._acquired(over))
        return self._had

    def release(self) -> None:
        if not self._had:
            return
        self._had = False
        try:
            _ask(self._lock.release)
        except LockNotOwnedError:
            return  # it ended, or another one has taken over

    def _renewed(self) -> bool:
        try:
            return self._had and self._lock.reacquire()
        except LockNotOwnedError:
            return False

    def _acquired(self, over: bool) -> bool:
        if over:
            self._lock.redis.delete(self._lock.name)
        return bool(self._lock.acquire())


class ErpNotes:
    """Notes in the ERP with our addon."""

    name = "the ERP's notes"
    renew_s = 3.0

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def hold(self, name: str, seconds: int) -> Hold:
        return _ErpHold(self, name, seconds)

    def put(self, name: str, value: str, seconds: int) -> None:
        self.ask("put", name=name, value=value, seconds=seconds)

    def get(self, name: str) -> str:
        return str(self.ask("get", name=name) or "")

    def ask(self, method: str, **values: Any) -> Any:
        """Call one method of the notes' model."""
        try:
            return self._erp.call(MODEL, method, **values)
        except CardSystemError as error:
            raise NotesAway(str(error)) from error


class _ErpHold:
    """A note with our token in it."""

    def __init__(self, notes: ErpNotes, name: str, seconds: int) -> None:
        self._notes = notes
        self._note = {"name": name, "token": uuid.uuid4().hex}
        self._seconds = seconds

    def take(self, *, over: bool = False) -> bool:
        return bool(self._notes.ask("claim", **self._note, seconds=self._seconds, over=over))

    def release(self) -> None:
        self._notes.ask("release", **self._note)


def notes_of(settings: WorkerSettings) -> Notes:
    """Return the notes that the settings mean; nothing is sent before the first note."""
    if settings.notes_url:
        return RedisNotes(settings.notes_url)
    return ErpNotes(connect(settings.erp))


def _ask(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except LockNotOwnedError:
        raise  # an answer
    except redis.RedisError as error:
        raise NotesAway(str(error)) from error
