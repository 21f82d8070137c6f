"""The tasks, thin: who may work, for how long, and who comes next."""

import logging
import os
import socket
from functools import cache
from typing import Any

from celery import current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from kombu.exceptions import OperationalError

from connector.erp import connect
from connector.host import Host
from connector.mapping.schema import load
from connector.reader import Reader
from worker import __version__
from worker.app import DRAIN, TICK
from worker.drain import Drain
from worker.lease import RedisLease, client
from worker.outage import Outage

_logger = logging.getLogger(__name__)
DRAIN_S = 50.0
OUTAGE_S = 480.0


@shared_task(name=TICK)
def tick() -> None:
    """Start a drain if none is alive: whatever was lost with Redis begins anew here."""
    lease = _lease()
    lease.touch()
    if lease.free():
        _start_drain()


@shared_task(name=DRAIN)
def drain(take_over: bool = False) -> None:
    """Work off the outbox for a while, then hand over to the next task."""
    lease = _lease()
    if not lease.take(over=take_over):
        return
    try:
        _drain().run(lease, DRAIN_S, OUTAGE_S)
    except SoftTimeLimitExceeded:
        _logger.warning("A call to the ERP took too long; going on with a new task.")
    mine = lease.keep()
    lease.release()
    if mine:
        _start_drain()


def _start_drain() -> None:
    try:
        drain.delay()
    except OperationalError:
        _logger.debug("Redis is away; the next tick starts the drain.")


@cache
def _outage() -> Outage:
    return Outage()


@cache
def _redis() -> Any:
    return client(current_app.card.broker_url)


@cache
def _drain() -> Drain:
    settings = current_app.card
    erp = connect(settings.erp)
    # One name per process of a host is too many: the ERP shows who works, not which child.
    host = Host(erp, f"{socket.gethostname()}:{os.getppid()}", __version__)
    reader = Reader(erp, load(settings.mapping))
    return Drain(host, reader, _outage(), page=settings.page, poll_s=settings.poll_s)


def _lease() -> RedisLease:
    return RedisLease(_redis(), current_app.stopping.is_set, lambda: _outage().reason)
