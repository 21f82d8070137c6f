"""The tasks, thin: who may work, for how long, and who comes next."""

import logging
import time
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
from worker.app import PING, TICK
from worker.board import Board, BoardAway
from worker.boards import board_of
from worker.dead import DeadTasks
from worker.drain import Drain
from worker.lease import Alive, Lease
from worker.outage import Outage
from worker.push import Push
from worker.reading import Reading
from worker.resident import Resident
from worker.residents import DRAIN, PUSH, READ, loops
from worker.scan import Scan
from worker.schedule import BACKFILL, BILL, JOBS, RECONCILE
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
    for loop in loops(current_app.card):
        if _is_free(loop.what):
            _start(loop.task)
    for job in JOBS:
        if (_reads() or not job.reading) and _is_due(job.task, job.every_s):
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
    _reside("push", PUSH, _push, take_over)


@shared_task(name=READ)
def read(take_over: bool = False) -> None:
    """Read the changes of the foreign ERP for a while, then hand over to the next task."""
    _reside("read", READ, _read, take_over)


@shared_task(name=BILL, base=Job)
def bill() -> None:
    """Have the ERP bill the payers for what was issued in the months that are over."""
    with _alive().busy():
        _erp().call("customer.card.bill", "bill_payers")


@shared_task(name=BACKFILL, base=Job)
def backfill() -> None:
    """Go on with the past of the foreign ERP for a while, then hand over to the next task."""
    lease = _lease("backfill")
    if not lease.take():
        return
    until = time.monotonic() + RUN_S
    try:
        left = _reading().backfill(lambda: lease.keep() and time.monotonic() < until)
    finally:
        lease.release()
    if left and not current_app.stopping.is_set():
        _start(BACKFILL)


@shared_task(name=RECONCILE, base=Job)
def reconcile() -> None:
    """Compare with the foreign ERP, if the night has come."""
    with _alive().busy():
        if found := _reading().reconcile():
            _logger.info("%s", found)


def _reside(what: str, task: str, make: Any, take_over: bool) -> None:
    if not any(loop.what == what for loop in loops(current_app.card)):
        return
    lease = _lease(what)
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


def _is_free(what: str) -> bool:
    try:
        return not _board().get(what)
    except BoardAway:
        return True


def _reads() -> bool:
    return any(loop.what == "read" for loop in loops(current_app.card))


def _lease(what: str) -> Lease:
    return Lease(
        _board(),
        what,
        stopping=current_app.stopping.is_set,
        state=lambda: _outage(what).reason,
        alive=_alive().touch,
    )


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


@cache
def _reading() -> Reading:
    card, metrics = current_app.card, current_app.metrics
    return Reading(
        _erp(),
        card.foreign,
        current_app.node,
        __version__,
        observe=metrics.page,
        connect_to=lambda settings: metrics.timed(connect(settings), "foreign"),
    )


@cache
def _read() -> Scan:
    return Scan(
        _reading(),
        _outage("read"),
        Suspects(_board(), "read"),
        poll_s=current_app.card.foreign.read.poll_s,
    )
