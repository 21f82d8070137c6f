"""Whether this host's worker works, and if not, who has to do something."""

import time
from dataclasses import dataclass

import redis
from kombu.connection import Connection
from kombu.exceptions import KombuError

from worker.lease import Alive
from worker.logs import FULL
from worker.notes import Notes, NotesAway
from worker.schedule import loops
from worker.settings import REDIS, WorkerSettings

STALE_S = 60.0
WORKING, SILENT, WAITING = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Health:
    """The answer.

    :param state: working, silent, erp_away, broker_away or broker_full
    :param code: 0 works, 1 does nothing (a restart helps), 3 waits for something else
    :param text: a sentence for people
    :param age_s: since the last sign of life, None where there was none or nobody can know
    """

    state: str
    code: int
    text: str
    age_s: float | None = None


def look(settings: WorkerSettings, notes: Notes, node: str) -> Health:
    """Return the health of the worker *node*."""
    if broker := _broker(settings):
        return broker
    try:
        seen = Alive(notes, node).seen()
        troubles = [notes.get(f"state:{loop.what}") for loop in loops(settings)]
    except NotesAway as error:
        state = "broker_away" if settings.notes_url else "erp_away"
        return Health(state, WAITING, f"{settings.notes_name} does not answer: {error}")
    if not seen:
        return Health("silent", SILENT, f"No worker {node} has worked within the last hour.")
    age_s = time.time() - seen
    if age_s > STALE_S:
        return Health("silent", SILENT, f"The last sign of life is {age_s:.0f} s old.", age_s)
    if trouble := " ".join(dict.fromkeys(filter(None, troubles))):
        text = f"It tries again until it works, nothing is lost: {trouble}"
        return Health("erp_away", WAITING, text, age_s)
    return Health("working", WORKING, f"Last sign of life {age_s:.0f} s ago. All well.", age_s)


def _broker(settings: WorkerSettings) -> Health | None:
    """Return what is wrong with the broker, if something is."""
    name = f"{settings.broker_kind} at {settings.broker_name}"
    try:
        if settings.broker_url.partition(":")[0] in REDIS:
            client = redis.Redis.from_url(
                settings.broker_url, socket_timeout=2, socket_connect_timeout=2
            )
            client.set("customer-card:probe", "1", ex=5)
        else:
            with Connection(settings.broker_url, connect_timeout=3) as rabbit:  # type: ignore[no-untyped-call]
                rabbit.connect()
    except (KombuError, redis.RedisError, OSError) as error:
        if any(sign in str(error) for sign in FULL):
            text = (
                f"{name} takes nothing in, its disk or memory is full: {error} Make room there;"
                " nothing is lost meanwhile."
            )
            return Health("broker_full", WAITING, text)
        return Health("broker_away", WAITING, f"{name} does not answer: {error}")
    return None
