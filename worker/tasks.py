"""The tasks, thin: who may work, for how long, and who comes next."""

import logging
import uuid
from functools import cache
from typing import Any

from celery import Task, current_app, shared_task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from kombu.exceptions import OperationalError

from connector.erp import Erp, connect
from connector.exceptions import CardSystemError, RetryableError
from connector.host import Host
from connector.issues import Issues
from connector.mapping.schema import load
from connector.outbound import ForeignStock
from connector.reader import Reader
from worker import __version__
from worker.app import DRAIN, PING, PUSH, TICK
from worker.board import Board, BoardAway
from worker.boards import board_of
from worker.dead import DeadTasks
from worker.drain import Drain
from worker.lease import Alive, Lease
from worker.outage import Outage
from worker.push import Push
from worker.resident import Resident
from worker.schedule import BILL, JOBS
from worker.suspects import Suspects

_logger = logging.getLogger(__name__)
RUN_S = 50.0
OUTAGE_S = 480.0


class Job(Task):
    """A task that must not loop for ever: what fails, or kills its process, ends in the ERP."""

    abstract = True
    throws = (CardSystemError,)  # no traceback: the sentence says it

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Refuse a task that has killed its process too often."""
        if self.request.delivery_info.get("redelivered") and _dead().is_deadly(task_id):
            _dead().bury(self.name, kwargs, "It has killed the worker's process three times.")
            raise Ignore

    def on_failure(self, exc: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Leave the reason where somebody sees it and can try again."""
        if isinstance(exc, RetryableError):
            _logger.warning("%s will be done later: %s", self.name, exc)
        else:
            _dead().bury(self.name, kwargs, f"{type(exc).__name__}: {exc}")


@shared_task(name=PING)
def ping() -> None:
    """Show that this worker takes tasks."""
    _alive().touch()


@shared_task(name=TICK)
def tick() -> None:
    """Start what is not alive or is due: whatever was lost with the broker begins anew here."""
    _alive().touch()
    for name, resident in (("drain", drain), ("push", push)):
        if name == "drain" or _has_push():
            try:
                is_free = not _board().get(name)
            except BoardAway:
                is_free = True
            if is_free:
                _start(resident.name)
    for job in JOBS:
        if (current_app.card.foreign or not job.foreign) and _is_due(job.task, job.every_s):
            _start(job.task)
    for name, kwargs in _dead().risen():
        _start(name, kwargs)


@shared_task(name=DRAIN)
def drain(take_over: bool = False) -> None:
    """Work off the outbox for a while, then hand over to the next task."""
    _reside("drain", DRAIN, _drain, take_over)


@shared_task(name=PUSH)
def push(take_over: bool = False) -> None:
    """Carry issues to the foreign ERP for a while, then hand over to the next task."""
    if _has_push():
        _reside("push", PUSH, _push, take_over)


@shared_task(name=BILL, base=Job)
def bill() -> None:
    """Have the ERP bill the payers for what was issued in the months that are over."""
    _erp().call("customer.card.bill", "bill_payers")


def _reside(what: str, task: str, make: Any, take_over: bool) -> None:
    lease = Lease(
        _board(),
        what,
        stopping=current_app.stopping.is_set,
        state=lambda: _outage(what).reason,
        alive=_alive().touch,
    )
    if not lease.take(over=take_over):
        return
    try:
        resident: Resident = make()
        resident.run(lease, RUN_S, OUTAGE_S)
    except SoftTimeLimitExceeded:
        _logger.warning("A call to the ERP took too long; going on with a new task.")
    mine = lease.keep()
    lease.release()
    if mine:
        _start(task)


def _start(name: str, kwargs: dict[str, Any] | None = None) -> None:
    try:
        current_app.send_task(name, kwargs=kwargs or {})
    except OperationalError:
        _logger.debug("The broker is away; the next tick starts it.")


def _is_due(name: str, every_s: int) -> bool:
    try:
        return _board().claim(f"once:{name}", uuid.uuid4().hex, every_s)
    except BoardAway:
        return False


def _has_push() -> bool:
    foreign = current_app.card.foreign
    return bool(foreign and foreign.stock)


@cache
def _outage(_what: str) -> Outage:
    return Outage()


@cache
def _board() -> Board:
    return board_of(current_app.card)


@cache
def _alive() -> Alive:
    return Alive(_board(), current_app.node)


@cache
def _erp() -> Erp:
    erp: Erp = current_app.metrics.timed(connect(current_app.card.erp), "cards")
    return erp


@cache
def _dead() -> DeadTasks:
    return DeadTasks(_erp(), _board())


@cache
def _drain() -> Drain:
    settings = current_app.card
    return Drain(
        Host(_erp(), current_app.node, __version__),
        Reader(_erp(), load(settings.mapping)),
        _outage("drain"),
        Suspects(_board(), "drain"),
        page=settings.page,
        poll_s=settings.poll_s,
        count=current_app.metrics.rows,
    )


@cache
def _push() -> Push:
    settings = current_app.card
    foreign = current_app.metrics.timed(connect(settings.foreign.erp), "foreign")
    return Push(
        Issues(_erp(), current_app.node, __version__),
        ForeignStock(foreign, settings.foreign.stock),
        _outage("push"),
        Suspects(_board(), "push"),
        page=settings.page,
        poll_s=settings.poll_s,
        count=current_app.metrics.rows,
    )
